"""The admins' folder over the years: sessions are planned, supporters join, rest and leave."""

import csv
import io
import random
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

from demo.prepare import add_nominations, add_referrals
from program import Program
from tests.nominating import SESSION
from tests.world import CHECK_IN_DAYS, FEEDBACK_AFTER

#: Kinds of sessions: how many in a month, how many seats, and on which day.
PLANNED = (("lunch-and-learn", 8, 8), ("lunch-and-learn", 8, 15), ("long-session", 6, 22))
#: Refreshers come in these months, and supporters are invited to a group debrief in others.
REFRESHERS, REFRESHER_SEATS = (2, 5, 8, 11), 12
DEBRIEFS, DEBRIEF_SEATS = (1, 4, 7, 10), 40
TITLES = {"lunch-and-learn": "Lunch with colleagues", "long-session": "A day together",
          "refresher": "An hour together", "group-debrief": "Time with colleagues"}  # fmt: skip
#: How many requests every other supporter takes at a time.
MANY = "3"
KEPT_AFTER, LATE = timedelta(days=60), "jordan-reyes"
LINE = re.compile(r'<p class="written whole">(.*?)</p>')
#: What keeps numbers on one line, and lets other words break; no one copies it.
MARKS = re.compile(r"</?(?:span|wbr)[^>]*>")
#: All that the page lists are these, so that one with other words is noticed.
LISTED, RENEWED = re.compile(r"<li>(.+?)</li>"), re.compile(r"(.+): set refresher_due to (\S+)")


def with_life(config: Path) -> Path:
    """Let the program have all forms, ask first who wishes it and how it was, and check in.

    It deletes in Qualtrics, too, and mails its guide to those who lead. Half of its supporters take
    several requests at a time.
    """
    add_nominations(config / "survey.toml")
    add_referrals(config / "survey.toml")
    survey = config / "survey.toml"
    asks = 'asks_first = { key = "QID16", choices = { 1 = "yes", 2 = "no" } }'
    facts = survey.read_text().replace("[survey.facts]\n", f"[survey.facts]\n{asks}\n", 1)
    survey.write_text(facts.replace("delete_in_qualtrics = false", "delete_in_qualtrics = true"))
    roster = config / "supporters.csv"
    header, *lines = roster.read_text().splitlines()
    away = [f"{header},away_from,away_until", *(f"{line},," for line in lines)]
    roster.write_text("\n".join(away) + "\n")
    program = config / "program.toml"
    written = program.read_text()
    led = 'coordinators = ["priya-nair", "marcus-bell"]\n'
    for was, now in (
        ('days = "none"', CHECK_IN_DAYS), ('after = "none"', FEEDBACK_AFTER),
        (led, f'{led}leads = ["priya-nair"]\n'),
    ):  # fmt: skip
        assert was in written
        written = written.replace(was, now, 1)
    program.write_text(written)
    supporters = config / "supporters.csv"
    columns, *rows = csv.reader(io.StringIO(supporters.read_text()))
    place = columns.index("capacity")
    for row in rows[::2]:
        row[place] = MANY
    saved = io.StringIO()
    csv.writer(saved, lineterminator="\n").writerows([columns, *rows])
    supporters.write_text(saved.getvalue())
    return config


@dataclass
class Files:
    """What the admin writes; nothing is in force before the service has read it."""

    config: Path
    chance: random.Random
    programs: Callable[[], Program]

    # training.toml

    def plan(self, months: Sequence[date]) -> None:
        """Plan the sessions of some months, and drop those that have long been over."""
        path = self.config / "training.toml"
        begin, *planned = re.split(r"\n(?=\[sessions\.)", path.read_text())
        kept = [one.strip() for one in planned if _day(one) >= months[0] - KEPT_AFTER]
        for month in months:
            refresher = [("refresher", REFRESHER_SEATS, 17)] if month.month in REFRESHERS else []
            debrief = [("group-debrief", DEBRIEF_SEATS, 24)] if month.month in DEBRIEFS else []
            kinds = [*PLANNED, *refresher, *debrief]
            kept += [self._session(kind, seats, month, day) for kind, seats, day in kinds]
        path.write_text(begin.rstrip() + "\n\n" + "\n\n".join(kept) + "\n")

    def _session(self, kind: str, seats: int, month: date, day: int) -> str:
        on = month.replace(day=day)
        on += timedelta(days=(7 - on.weekday()) % 7 if on.weekday() > 4 else 0)
        leaders = [LATE, *self.programs().supporters]
        return SESSION.format(
            id=f"{on}-{kind}", day=on, kind=kind, title=TITLES[kind], seats=seats,
            led_by=self.chance.choice(leaders),
        ).strip()  # fmt: skip

    # supporters.csv

    def adopt(self, html: str) -> int:
        """Do what the page for admins says: add lines, and write the days of refreshers."""
        lines = [unescape(MARKS.sub("", line)) for line in LINE.findall(html)]
        renewed = dict(_renewed(unescape(one)) for one in LISTED.findall(html))
        columns, rows = self._rows()
        there = {row["email"] for row in rows}
        new = [dict(zip(columns, row, strict=True)) for row in csv.reader(lines)]
        new = [row for row in new if row["email"] not in there]
        rows += new
        for row in rows:
            row["refresher_due"] = renewed.get(row["name"], row["refresher_due"])
        if new or renewed:
            self._save(columns, rows)
        return len(new)

    def leave(self, number: int) -> list[str]:
        """Remove some supporters who left; returns their ids."""
        columns, rows = self._rows()
        active = self.active()
        # The service takes no file without an active supporter.
        may_go = [row for row in rows if active != [row["id"]]]
        gone = {row["id"] for row in self.chance.sample(may_go, min(number, len(rows) - 12))}
        self._save(columns, [row for row in rows if row["id"] not in gone])
        path = self.config / "training.toml"
        written = path.read_text()
        for id in gone:
            written = written.replace(f'led_by = "{id}"', f'led_by = "{LATE}"')
        path.write_text(written)
        return sorted(gone)

    def active(self) -> list[str]:
        return [row["id"] for row in self._rows()[1] if row["status"] == "active"]

    def set_status(self, ids: Collection[str], status: str) -> None:
        columns, rows = self._rows()
        for row in rows:
            row["status"] = status if row["id"] in ids else row["status"]
        self._save(columns, rows)

    def set_away(self, id: str, first: date, last: date) -> None:
        columns, rows = self._rows()
        for row in rows:
            if row["id"] == id:
                row |= {"away_from": f"{first}", "away_until": f"{last}"}
        self._save(columns, rows)

    def _rows(self) -> tuple[list[str], list[dict[str, str]]]:
        reader = csv.DictReader(io.StringIO((self.config / "supporters.csv").read_text()))
        rows = list(reader)
        return list(reader.fieldnames or ()), rows

    def _save(self, columns: list[str], rows: list[dict[str, str]]) -> None:
        written = io.StringIO()
        writer = csv.DictWriter(written, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (self.config / "supporters.csv").write_text(written.getvalue())

    # program.toml

    def change_coordinator(self, number: int) -> str:
        """Let somebody new take the place of a coordinator of Surgery; returns the new one's id."""
        path = self.config / "program.toml"
        written = path.read_text()
        id, name = f"newly-here-{number}", f"Newly Here{'abcdefghij'[number % 10]}"
        person = (f'[people.{id}]\nname = "{name}"\nemail = "{id}@example.org"\n'
                  f'phone = "860-555-02{number:02}"\n\n')  # fmt: skip
        written = written.replace("[people.sam-whitaker]", f"{person}[people.sam-whitaker]", 1)
        before = 'coordinators = ["priya-nair", "'
        head, mark, tail = written.partition(before)
        assert mark
        _, _, rest = tail.partition('"')
        path.write_text(f'{head}{mark}{id}"{rest}')
        return id


def _renewed(line: str) -> tuple[str, str]:
    """Return who came to a refresher, and until when that counts."""
    found = RENEWED.fullmatch(line)
    assert found, line
    return found[1], found[2]


def _day(session: str) -> date:
    found = re.search(r"begins = (\d{4}-\d\d-\d\d)T", session)
    assert found
    return datetime.fromisoformat(found[1]).date()
