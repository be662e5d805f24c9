"""What readers do before the page of a request, each in their role."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pages.forms import NOBODY
from people.units import NOT_SAID
from tests.simulation.presence import ask_for_link
from tests.world import Page

if TYPE_CHECKING:
    from tests.simulation.people import Everybody

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# What coordinators do with a request.
STEPS_BACK, CLOSES, REFERS, NAMES_STAND_INS, UNDOES, LOOKS = 0.05, 0.02, 0.10, 0.6, 0.03, 0.3
COMES_BACK, ASKS_FOR_ONE_MORE = 0.3, 0.7
FORGETS_THE_CALL, SAYS_HOW_IT_WENT, TAKES_BACK_FROM = 0.35, 0.5, 0.4
SAYS_SAME, SETTLES_UNIT, WAITS_FOR_SOMEBODY, HEARS_OF_WITHDRAWAL = 0.65, 0.1, 0.7, 0.03
# What supporters do with an offer and after their yes.
STAYS_SILENT, DECLINES = 0.15, 0.10
HANDS_BACK, DOES_NOT_REACH, FORGETS_TO_SAY, GOES_QUIET = 0.03, 0.25, 0.12, 0.07
WANTS_TO_TALK = 0.05
POINTS_ON, SUPPORT_DECLINED, IS_DONE = 0.11, 0.10, 0.6
# What requesters do.
ASKS_IN_PERSON, ANSWERS, CONFIRMS = 0.3, 0.5, "contact_confirmed"
SAYS_WHO, WANTS_OTHER = 0.7, 0.12
BY_NEW_ADDRESS, ERASES, ASKS_BY_FORM = 0.7, 0.4, 0.1
SAYS_HOW_THEY_ARE, WOULD_TALK_AGAIN, STOPS = 0.4, 0.1, 0.1
AGREES, WOULD_RATHER_NOT, TAKES_BACK = 0.55, 0.2, 0.1
# What support services do, and how often supporters find it hard.
TELLS_OF_TOUCH, IS_HARD = 0.6, 0.15
WITHDRAWS, CORRECTS, ASKS_FOR_ANOTHER, SAYS_NOT_SO = 0.03, 0.03, 0.04, 0.03


def reference_on(page: Page) -> str:
    """Return the request that a page is about; no address tells it."""
    found = re.search(r"(?:PS|HO)-[A-Z2-9]{5}", page.answer.text)
    return found[0] if found else ""


@dataclass
class Reader:
    """One person before one page."""

    all: "Everybody"
    address: str
    link: str
    reference: str
    page: Page

    @property
    def choices(self) -> set[str]:
        return set(self.page.values("choice"))

    def chances(self, share: float) -> bool:
        return self.all.chance.random() < share

    def choose(self, choice: str, **more: str | list[str]) -> None:
        """Choose, where it is still possible; the answer is the page that they see then."""
        if choice in self.choices:
            self.page = self.all.choose(self.address, self.page, choice, **more)

    def comes_back(self, mean: timedelta, plan: str) -> None:
        """Do something later, once, by the same link."""
        key = (self.address, self.reference, plan)
        if key in self.all.planned:
            return
        self.all.planned.add(key)
        at = self.all.calendar_of(self.address).reads_at(
            self.all.chance, self.all.now() + self.all.chance.expovariate(1.0) * mean
        )

        def act() -> None:
            self.all.planned.discard(key)
            self.all.follow(self.address, self.link, plan)

        self.all.later(at, act)


# Coordinators, deputies and the outside person


def review(reader: Reader) -> None:
    """Decide what can be decided; for what others owe, pick up the phone."""
    is_overdue = 'class="late"' in reader.page.answer.text
    _hand_over(reader)
    if not _call(reader):
        return
    if "consented" in reader.choices and reader.chances(ASKS_IN_PERSON):
        reader.choose("other_wanted" if reader.chances(WANTS_OTHER) else "consented")
    if reader.chances(ASKS_IN_PERSON):
        _answer_confirmation(reader)
    for subject in reader.page.values("subject"):
        reader.choose("told", subject=subject)
    others = reader.page.values("other")
    if others:
        reader.choose("same_request" if reader.chances(SAYS_SAME) else "different_requests",
                      other=others[0])  # fmt: skip
    if "text" in reader.choices:
        _settle(reader)
    if {"offered", "referred"} & reader.choices:
        _decide(reader)
    elif is_overdue:
        _phone(reader)


def _call(reader: Reader) -> bool:
    """Take the call about somebody who may not be safe; False if the review waits for it.

    Who sees that a colleague is calling leaves it to them. Some forget to say how it went.
    """
    is_free = "call_taken" in reader.choices
    reader.choose("call_taken")
    if "called" not in reader.choices:
        return True
    if not is_free or reader.chances(FORGETS_THE_CALL):
        return False
    if reader.chances(SAYS_HOW_IT_WENT):
        reader.choose("called")
    return True


def _answer_confirmation(reader: Reader) -> None:
    """Say whether a second way to be reached is theirs; by an older link only a no counts."""
    asked = reader.page.values("confirmation")
    if asked:
        no = "separated" if "separated" in reader.choices else "contact_refused"
        reader.choose(CONFIRMS if CONFIRMS in reader.choices and reader.chances(0.6) else no,
                      confirmation=asked[0])  # fmt: skip


def _settle(reader: Reader) -> None:
    """Say who is meant, and where they work, as far as they said; the same page goes on."""
    page = reader.page
    if "settle this" not in page.text and not reader.chances(SETTLES_UNIT):
        return
    reader.choose("text")
    looked = reader.page
    for typed, ids in zip(looked.values("typed"), looked.values("could_mean"), strict=True):
        reader.page = looked
        meant = ids.split() or [NOBODY]
        reader.choose("recognized", typed=typed, could_mean=ids, meant=meant)
    for unit in looked.values("unit"):
        reader.page = looked
        reader.choose("recognized", unit=unit, meant=NOBODY if unit else NOT_SAID)
    reader.page = page.again()


def _decide(reader: Reader) -> None:
    candidates = reader.page.values("first")
    if not candidates and reader.chances(WAITS_FOR_SOMEBODY):
        reader.comes_back(4 * DAY, "look again")
        return
    if reader.chances(LOOKS) and "identity" in reader.choices:
        # Who looked goes back to the same page.
        page = reader.page
        reader.choose("identity")
        reader.page = page.again()
    if reader.chances(STEPS_BACK):
        reader.choose("handed_over")
        if reader.chances(COMES_BACK):
            reader.choose("undone")
    elif reader.chances(CLOSES):
        outcome = reader.all.chance.choice(["reached_otherwise", "could_not_be_reached"])
        reader.choose("closed", outcome=outcome)
    elif reader.chances(HEARS_OF_WITHDRAWAL):
        reader.choose("withdrawn")
    elif reader.chances(REFERS) or not candidates:
        reader.choose("referred", resource=reader.page.values("resource")[:1])
    else:
        _offer(reader, candidates)


def _offer(reader: Reader, candidates: list[str]) -> None:
    """Mostly the first of the list; sometimes one further down."""
    best = candidates[: 1 if reader.chances(0.6) else 6]
    first = _same_as_before(reader, candidates) or reader.all.chance.choice(best)
    reader.all.asked_last[reader.address] = reader.all.now().date(), first
    rest = [each for each in candidates[:8] if each != first]
    more: dict[str, str | list[str]] = {"first": first, "although": "looked_into", "read": "yes"}
    if reader.chances(NAMES_STAND_INS) and len(rest) > 1:
        more["backup"] = rest[:2]
    reader.choose("offered", **more)
    if reader.chances(UNDOES):
        reader.choose("undone")


def _same_as_before(reader: Reader, candidates: list[str]) -> str:
    """Return whom a coordinator asked already today, if they ask them for one more; or ""."""
    day, before = reader.all.asked_last.get(reader.address, (None, ""))
    is_known = day == reader.all.now().date() and before in candidates
    return before if is_known and reader.chances(ASKS_FOR_ONE_MORE) else ""


def _phone(reader: Reader) -> None:
    """Ask the supporter how it stands, and record it or take the request back."""
    draw = reader.all.chance.random()
    if "contacted" in reader.choices:
        is_over = draw < TAKES_BACK_FROM
        reader.choose("taken_back" if is_over else "contacted" if draw < 0.85 else "")
    elif "continued" in reader.choices:
        reader.choose("continued" if draw < 0.4 else "completed", outcome="supported")
    elif "offer_withdrawn" in reader.choices:
        reader.choose("declined" if draw < 0.3 else "accepted" if draw < 0.6 else "offer_withdrawn")


# Supporters


def support(reader: Reader, plan: str) -> None:
    if "accepted" in reader.choices:
        _answer(reader)
        return
    if "handed_back" in reader.choices and reader.chances(WANTS_TO_TALK):
        reader.all.carries[reader.address] = reader.reference
        if reader.address not in reader.all.wishes:
            ask_for_link(reader.all, reader.address, None)
    if "contacted" in reader.choices or "completed" in reader.choices:
        _get_on(reader, plan)


def _answer(reader: Reader) -> None:
    key = (reader.address, reader.reference)
    if reader.all.silent.setdefault(key, reader.chances(STAYS_SILENT)):
        return
    if reader.chances(DECLINES):
        reader.choose("declined")
        return
    reader.choose("accepted")
    reader.all.silent[key] = reader.chances(GOES_QUIET)
    if not reader.all.silent[key]:
        reader.comes_back(18 * HOUR, "call")


def _get_on(reader: Reader, plan: str) -> None:
    """Call, and say what came of it; who forgot to say so does when reminded."""
    if "contacted" in reader.choices:
        if reader.all.silent.get((reader.address, reader.reference)):
            return
        if reader.chances(HANDS_BACK):
            reader.choose("handed_back")
        elif reader.chances(DOES_NOT_REACH):
            reader.choose("tried")
            reader.comes_back(20 * HOUR, "call")
        elif plan != "call" or not reader.chances(FORGETS_TO_SAY):
            reader.choose("contacted")
            reader.comes_back(9 * DAY, "finish")
        return
    _hand_over(reader)
    if reader.chances(POINTS_ON) and plan == "finish":
        reader.choose("referred", resource=reader.page.values("resource")[:1])
    if reader.chances(IS_DONE):
        outcome = "support_declined" if reader.chances(SUPPORT_DECLINED) else "supported"
        hard = {"hard": "yes"} if reader.all.hands_over and reader.chances(IS_HARD) else {}
        reader.choose("completed", outcome=outcome, **hard)
    else:
        reader.choose("continued")


def _hand_over(reader: Reader) -> None:
    """Ask whether a support service may hear of the requester, and go on with the same page."""
    partners = reader.page.values("partner")
    if partners and reader.all.hands_over and reader.chances(reader.all.hands_over):
        page = reader.page
        reader.choose("hand_over_asked", partner=reader.all.chance.choice(partners))
        reader.page = page.again()


# Support services


def be_in_touch(reader: Reader) -> None:
    """Call who would like to hear from them, and mostly say so."""
    if reader.chances(TELLS_OF_TOUCH):
        reader.choose("hand_over_made")


# Requesters


def ask(reader: Reader, plan: str) -> None:
    """Look where things stand; a few want something else, and those who never hear say so."""
    if plan == "still waiting":
        if reader.chances(0.6) and "will get in touch" in reader.page.text:
            reader.choose("not_heard")
        return
    if reader.chances(ANSWERS):
        _answer_confirmation(reader)
    if reader.page.values("hand_over") and _answer_hand_over(reader):
        return
    proposed = reader.page.values("proposed")
    if proposed:
        if reader.chances(SAYS_WHO):
            choice = "other_wanted" if reader.chances(WANTS_OTHER) else "consented"
            reader.choose(choice, proposed=proposed[0])
        return
    if "check_in_answered" in reader.choices:
        _check_in(reader)
    elif reader.chances(WITHDRAWS):
        reader.choose("withdrawn_erased" if reader.chances(ERASES) else "withdrawn")
    elif reader.chances(CORRECTS):
        _correct(reader)
    elif reader.chances(ASKS_BY_FORM):
        reader.all.asks_anew(reader.address)
    elif reader.chances(ASKS_FOR_ANOTHER):
        reader.choose("rematch_asked")
    elif reader.chances(SAYS_NOT_SO):
        reader.choose("reopened")
    else:
        reader.comes_back(5 * DAY, "still waiting")


def _correct(reader: Reader) -> None:
    """Give a new phone, and mostly an address of one's own."""
    number = reader.all.chance.randrange(100, 999)
    is_mailed = reader.chances(BY_NEW_ADDRESS)
    reader.choose(
        "contact_corrected",
        phone=f"203-555-0{number}",
        email=f"home{number}.{reader.address}" if is_mailed else "",
        how=["mail", "text", "call"] if is_mailed else ["text", "call"],
    )


def _check_in(reader: Reader) -> None:
    """Say how one is doing, or that one would like to talk again, or to hear no more of it."""
    if reader.chances(WOULD_TALK_AGAIN):
        reader.choose("asked_again")
    elif reader.chances(STOPS):
        reader.choose("check_ins_stopped")
    elif reader.chances(SAYS_HOW_THEY_ARE):
        reader.choose("check_in_answered")


def _answer_hand_over(reader: Reader) -> bool:
    """Say whether a support service may hear of them, or take a yes back; False if they do not."""
    mark, draw = reader.page.values("hand_over")[0], reader.all.chance.random()
    if "hand_over_stopped" in reader.choices:
        if draw < TAKES_BACK:
            reader.choose("hand_over_stopped", hand_over=mark)
        return draw < TAKES_BACK
    if draw < AGREES:
        way = reader.all.chance.choice(reader.page.values("way"))
        reader.choose("hand_over_agreed", hand_over=mark, way=way)
    elif draw < AGREES + WOULD_RATHER_NOT:
        reader.choose("hand_over_refused", hand_over=mark)
    return draw < AGREES + WOULD_RATHER_NOT
