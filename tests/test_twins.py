"""Programs that live the same days but for one secret: who may not know it sees the same in both.

If no view differs, then no difference between views can tell either.
"""

import re
from collections import Counter
from pathlib import Path

from tests.asking import AMARA, BETH
from tests.world import DAVID, ELENA, JORDAN, RUTH, SAM, World, example_config, living

HANNAH, ROBIN = "hannah.oyelaran@example.org", "robin@example.org"
#: Nobody of these may look after the second request: it does not want Jordan.
UNAWARE = (JORDAN, HANNAH, ELENA, DAVID, RUTH)
COMMANDS = (
    ("roster",), ("check",), ("report", "--supporters"), ("qualtrics", "arrivals"),
    ("match", "--what-if", "role=nurse", "wish.role=similar"),
)  # fmt: skip
Views = dict[str, Counter[str]]


def words(text: str) -> Counter[str]:
    """Return the words of a view without order, references and what differs each time.

    Equal candidates stand in the order of a number that their request's reference gives.
    """
    text = re.sub(r'name="csrf_token" value="[^"]+"|https?://\S+|\b[0-9a-f]{16,}\b', "", text)
    return Counter(re.findall(r"[\w’-]+", re.sub(r"PS-[A-Z0-9]{5}", "PS", text)))


def views_of(world: World, first: str) -> Views:
    """Return what everybody sees who may not know of the second request."""
    seen = {}
    for address in (*UNAWARE, BETH):
        own = world.own_page(address)
        seen[f"{address}: own page"] = words(own.answer.text)
        if address != BETH:
            board = own.person.look(f"{world.url}/board").answer.text
            seen[f"{address}: board"] = words(board)
    seen["candidates"] = words(world.open(world.mails(JORDAN, first)[0]).answer.text)
    runner = world.app.test_cli_runner()
    for command in (*COMMANDS, ("match", first), ("history", first)):
        name = " ".join(command).replace(first, "the first")
        output = runner.invoke(args=list(command)).output
        seen[name] = words(output.replace(str(world.folder), ""))
    for address in (*UNAWARE, BETH, SAM):
        mails = (mail for mail in world.mails(address) if "your page" not in mail.subject)
        seen[f"{address}: mails"] = words(" ".join(m.subject + m.text for m in mails))
    return seen


def lived(folder: Path, who: str, says: dict[str, str] | None = None) -> Views:
    """Let two people ask on a Monday; return all views of that day and of the next morning."""
    folder.mkdir()
    with living(folder, example_config(folder, digest_at="08:00")) as world:
        first = world.request(QID11_TEXT=None)
        world.submit(QID1_TEXT="Somebody", QID2_TEXT=who, QID3_TEXT=None, QID11_TEXT="Jordan Reyes")
        world.passes(minutes=11)
        world.passes(minutes=11)
        own = world.own_page(AMARA)
        if says:
            assert own.choose("away_until", **says).status == 200
        today = views_of(world, first)
        world.passes(hours=23)
        tomorrow = views_of(world, first)
    return {f"today, {name}": view for name, view in today.items()} | {
        f"tomorrow, {name}": view for name, view in tomorrow.items()
    }


def differing(one: Views, other: Views) -> dict[str, tuple[Counter[str], Counter[str]]]:
    return {
        name: (one[name] - other[name], other[name] - one[name])
        for name in one
        if one[name] != other[name]
    }


def test_nobody_learns_that_a_supporter_asked_except_as_an_absence(tmp_path: Path) -> None:
    # From Tuesday on, a contact would be due on a day on which they are away.
    from_thursday = {"first": "2026-11-26", "last": "2026-12-24"}
    supporter = lived(tmp_path / "supporter", AMARA)
    stranger = lived(tmp_path / "stranger", ROBIN)
    absence = lived(tmp_path / "absence", ROBIN, from_thursday)
    assert differing(supporter, absence) == {}
    assert differing(supporter, stranger).keys() == {"tomorrow, candidates"}
