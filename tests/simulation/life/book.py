"""The simulation's own account: who may be asked what, and what may be known of it until when.

It says in its own way what docs/admin.md promises, and reads none of the service's rules.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from invitations.model import Answer, Kind
from lib.addresses import canonical

DAY = timedelta(days=1)
#: As config.example has them.
ANSWER_WITHIN, KEPT, LAST_MAIL = 14 * DAY, 180 * DAY, 7 * DAY
RESTS = {Kind.NOMINATION: 365 * DAY, Kind.REFERRAL: 90 * DAY}
AFTER_SESSION, LISTED = 14 * DAY, 30 * DAY
AFTER_GROUP_SESSION = timedelta(hours=12)
COMPLETE = {"lunch-and-learn": 2, "long-session": 1}
#: The service keeps such moments by the minute.
MINUTE = timedelta(minutes=1)
#: The most mails about one thing: asked, reminded, and what follows from a yes.
MOST_MAILS = {
    Kind.NOMINATION: 5, Kind.TRAINING: 7, Kind.REFERRAL: 1, Kind.OUTREACH: 1, Kind.GROUP_SESSION: 3,
    Kind.REFERRER: 1,
}  # fmt: skip

NEVER_COUNTED = datetime.min.replace(tzinfo=UTC)


@dataclass
class Asked:
    """One thing that somebody is asked, or a nomination that waits."""

    id: int
    kind: Kind
    address: str
    begun: datetime
    ends: datetime
    #: A session's id; of who is written to the group's, and of a guest the number and the group.
    session: str = ""
    #: A supporter's id, or the nominee's invitation.
    who: str = ""
    answer: Answer = Answer.NONE
    #: All that was answered, and when.
    said: list[tuple[datetime, Answer]] = field(default_factory=list)
    #: When those who come to a group session are counted.
    counts_at: datetime = NEVER_COUNTED
    is_described: bool = False
    is_doubted: bool = False
    is_invited: bool = False
    is_declined: bool = False
    is_ready: bool = False
    #: It was decided that nothing of it is kept.
    may_go: bool = False
    mails: Counter[str] = field(default_factory=Counter)


@dataclass
class Book:
    """What was asked, and what came of it."""

    asked: dict[int, Asked] = field(default_factory=dict)
    never: set[tuple[Kind, str]] = field(default_factory=set)
    asked_on: dict[tuple[Kind, str], date] = field(default_factory=dict)
    #: Forms that were sent and groups that were given: each may lead to one new thing.
    expected: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    #: Days of the sessions to which somebody came, by kind.
    came: dict[str, dict[str, set[date]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    #: Whoever was asked to a group session, by its number and group; and which are canceled.
    guests: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    canceled: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def expect(self, kind: Kind, address: str) -> None:
        self.expected[kind, canonical(address)] += 1

    def begin(self, one: Asked, today: date) -> str:
        """Note something new; return what is wrong with it, if anything."""
        key = (one.kind, canonical(one.address))
        self.asked[one.id] = one
        self.counts[f"asked: {one.kind}"] += one.kind is not Kind.GROUP
        if key in self.never:
            return "is asked again after “never again”"
        if one.kind is not Kind.TRAINING and self.expected[key] <= 0:
            return f"is asked, and nothing led to that ({one.kind})"
        self.expected[key] -= 1
        if one.kind is Kind.GROUP_SESSION:
            self.guests[one.session].append(one)
        # Nobody is asked at an address elsewhere before a coordinator says so.
        if one.kind not in RESTS or one.is_doubted:
            return ""
        last = self.asked_on.get(key)
        if last is not None and today < last + RESTS[one.kind]:
            return f"was asked on {last}, and is asked again too soon ({one.kind})"
        self.asked_on[key] = today
        return ""

    def of(self, address: str, kind: Kind) -> list[Asked]:
        mine = canonical(address)
        return [x for x in self.asked.values() if x.kind is kind and canonical(x.address) == mine]

    def members(self, group: str) -> list[Asked]:
        """Return those of a group who are written to."""
        several = self.asked.values()
        return [x for x in several if x.kind is Kind.OUTREACH and x.session == group]

    def nominee(self, who: str) -> Asked | None:
        """Return the nominee whom a place at a session is for; None for a supporter's."""
        return self.asked.get(int(who.rpartition(" ")[2])) if " " in who else None

    # What people do

    def answer(self, one: Asked, said: Answer, now: datetime) -> None:
        self.counts[f"{said}: {one.kind}"] += 1
        one.said.append((now, said))
        was, one.answer = one.answer, said
        if said is Answer.NEVER:
            self.never.add((one.kind, canonical(one.address)))
            for other in self.of(one.address, one.kind):
                other.may_go |= other.answer is Answer.NONE
            one.may_go = True
        elif one.kind is Kind.NOMINATION and said is Answer.YES:
            one.ends = now + KEPT
        elif one.kind is Kind.NOMINATION and was is Answer.YES:
            one.ends, one.is_described = now + ANSWER_WITHIN, False

    def describe(self, one: Asked, now: datetime) -> None:
        one.is_described, one.ends = True, now + KEPT

    def decide(self, one: Asked, choice: str, now: datetime, today: date) -> None:
        """Note what a coordinator decided about a nominee."""
        self.counts[f"coordinators: {choice}"] += 1
        if choice == "ask":
            key = (one.kind, canonical(one.address))
            rests = key in self.asked_on and today < self.asked_on[key] + RESTS[one.kind]
            one.may_go = rests or key in self.never
            one.is_doubted, one.ends = False, now + ANSWER_WITHIN
            self.asked_on[key] = today
        elif choice == "remove":
            one.may_go = True
        elif choice == "decline":
            one.is_declined, one.ends = True, now + LAST_MAIL
        else:
            one.is_invited, one.ends = True, now + KEPT

    def attend(self, one: Asked, kind: str, day: date, now: datetime) -> None:
        """Note that somebody came to a session."""
        self.counts["came to a session"] += 1
        one.ends = now + KEPT
        nominee = self.nominee(one.who)
        if nominee is not None and not nominee.is_ready:
            self.came[canonical(one.address)][kind].add(day)
            nominee.ends = now + KEPT
            nominee.is_ready = self.is_trained(one.address)
            self.counts["completed a training"] += nominee.is_ready

    def is_trained(self, address: str) -> bool:
        came = self.came[canonical(address)]
        return all(len(came[kind]) >= number for kind, number in COMPLETE.items())

    # What must not be there any more, and what must not be gone

    def is_over(self, one: Asked, now: datetime) -> bool:
        return one.may_go or now >= one.ends + 2 * MINUTE

    def must_stay(self, one: Asked, now: datetime) -> bool:
        return not one.may_go and now < one.ends - MINUTE
