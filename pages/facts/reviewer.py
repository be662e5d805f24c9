"""The reviewer's page: enough to review a case, and no identity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casebook import duplicates
from casebook.casebook import Casebook, Loaded
from casebook.duplicates import Duplicate
from lib.languages.said import for_staff, joined
from pages.facts import candidates, common, history, identity, reviewer_offer
from pages.facts.candidates import Candidate
from pages.facts.common import CasePage, Fact, PhoneMessage, ResourceShown
from pages.facts.history import HistoryLine
from pages.facts.page import SentForm
from pages.facts.partners import hand_over
from pages.facts.reviewer_offer import OfferShown
from people.units import NO_UNIT
from workflow import words
from workflow.choices import (
    ALTHOUGH,
    CLOSING_OUTCOMES,
    COMPLETING_OUTCOMES,
    Choice,
    answers_for,
    choices_for,
)
from workflow.merging import WAS_THIS_YOU
from workflow.model import Case, Event, Outcome, PromiseKind, Role, State
from workflow.promises import is_untouched
from workflow.table import step_for

#: After these events the reviewer sees the full page again, since there is more to do.
LEAVES_MORE_TO_DO = {
    Event.CALL_TAKEN,
    Event.CALLED,
    Event.TOLD,
    Event.HAND_OVER_ASKED,
    Event.MERGED,
    Event.TOLD_APART,
    Event.RECOGNIZED,
    Event.CONTACT_CONFIRMED,
    Event.CONTACT_REFUSED,
    Event.SEPARATED,
}

#: Why two requests look alike.
SAME = {"e-mail": for_staff("the same email"), "phone": for_staff("the same phone")}


@dataclass(frozen=True)
class Asking:
    """The candidates, and the form to ask them."""

    candidates: Sequence[Candidate]
    excluded_by_wish: int
    #: So many that someone else may have named them, to choose who is left.
    are_most_excluded: bool
    unavailable: int
    #: Wishes that no one can be said to meet, and which ones to give up.
    unmeetable: Sequence[str]
    to_relax: Sequence[str]
    #: Reasons to ask someone despite a caution, by the form's value.
    although: Mapping[str, str]
    undo_window: str


@dataclass(frozen=True)
class OtherRequest:
    """A likely duplicate, without its identity or text."""

    reference: str
    state: str
    state_words: str
    ago: str
    why: str
    is_phone_alone: bool
    is_older: bool
    #: They cannot be merged now.
    is_fixed: bool
    #: What must be done before: "call", "question", or nothing.
    first: str
    may_merge: bool
    #: What of the newer one must be confirmed: "nothing", "contact" or "everything".
    waits: str
    #: Both gave an e-mail address, and not the same one.
    has_other_address: bool
    #: We can ask at the older one's address.
    is_mailable: bool


@dataclass(frozen=True)
class SecondContact:
    """A second way to reach the requester, which counts only once it is confirmed."""

    #: What a form says of it: a number would count decisions that its reader may not hear of.
    mark: str
    #: The newer request that gave it; "" for a correction.
    newer: str
    #: What the newer request wishes, which waits too.
    wishes: Sequence[str]
    counts_from: str
    #: We cannot ask by mail, so that a reviewer must.
    is_told_in_person: bool
    #: A mail to it came back.
    came_back: bool
    answers: Sequence[Choice]


@dataclass(frozen=True)
class Requester:
    """What reviewers know of the requester without opening the identity."""

    is_mailable: bool
    is_reachable: bool
    #: Facts whose answers could not be read.
    unreadable: Sequence[str]
    #: What they typed as address may mean several, or is probably mistyped.
    has_address_question: bool
    has_identity: bool
    has_text: bool
    #: What is read before anyone is asked: what we could not understand ("unit", "answers" or
    #: "address"), that they named "no_unit", and whom a "second" request leaves out. Whom they do
    #: not want must be settled.
    unread: Sequence[str]
    #: How many could be asked but for a second request, which may be someone else's.
    left_out_by_second: int
    #: Whom they do not want must be settled before anyone is asked.
    has_questions: bool
    #: Who else settled whom they do not want.
    settled_by: Sequence[str]


@dataclass(frozen=True)
class ReviewerPage(CasePage):
    """Enough to review: role group, department, wishes, candidates; no identity."""

    template = "reviewer.html"
    form: SentForm
    #: The last event, and when.
    explained: str
    #: The same, if the reader just decided it.
    recorded: str
    undo_until: str
    facts: Sequence[Fact]
    first_contact: str
    requester: Requester
    #: Who took the urgent call; "" if no one did.
    caller: str
    #: When everyone on call is mailed next; "" unless an urgent call waits.
    next_urgent_mail: str
    are_more_called: bool
    looking: Sequence[str]
    is_looking: bool
    #: Whose mails are delayed on their way.
    delays: Sequence[str]
    offer: OfferShown
    #: No one has said anything for so long that it should perhaps be closed and forgotten.
    is_untouched: bool
    #: None if no one can be asked in this state, or before a question is settled.
    asking: Asking | None
    choices: Sequence[Choice]
    #: Possible outcomes by the form's value; empty while the case cannot end.
    completing: Mapping[str, str]
    closing: Mapping[str, str]
    #: Resources to refer to; None while that is not possible.
    resources: Sequence[ResourceShown] | None
    #: To whom they can be handed over; None without anyone.
    hand_over: hand_over.Offered | None
    phone_messages: Sequence[PhoneMessage]
    second: SecondContact | None
    others: Sequence[OtherRequest]
    history: Sequence[HistoryLine]


def page(
    casebook: Casebook, loaded: Loaded, person: str, now: datetime, form: SentForm
) -> ReviewerPage:
    case = loaded.case
    events = history.lines(casebook, loaded, person)
    explained, looking = history.last_in_words(events), common.looking_since(casebook, loaded, now)
    others = duplicates.duplicates_of(casebook, loaded, person)
    can_refer, asking = _can(case, Event.REFERRED), None
    if _can(case, Event.OFFERED) and not loaded.questions:
        asking = _asking(casebook, loaded, person, now)
    return ReviewerPage(
        case=history.summary(casebook, loaded, person, now),
        form=form,
        explained=explained,
        recorded=explained if _has_just_found(casebook, loaded, person) else "",
        undo_until=history.undo_until(casebook, loaded, Role.REVIEWER, person, now),
        facts=common.facts_shown(casebook, case),
        first_contact=common.first_contact(casebook, case, now),
        requester=_requester(casebook, loaded, person),
        caller=_caller(casebook, case),
        next_urgent_mail=_next_urgent_mail(casebook, case, now),
        are_more_called=case.are_deputies_silent,
        looking=common.looking(casebook, loaded, looking),
        is_looking=person in looking,
        delays=common.delays(casebook, loaded, now),
        offer=reviewer_offer.shown(casebook, loaded, now),
        is_untouched=is_untouched(case, now),
        asking=asking,
        choices=_choices(case),
        completing=_labels(COMPLETING_OUTCOMES) if _can(case, Event.COMPLETED) else {},
        closing=_labels(CLOSING_OUTCOMES) if _can(case, Event.CLOSED) else {},
        resources=common.all_resources(casebook, now) if can_refer else None,
        hand_over=hand_over.offered(casebook, case, Role.REVIEWER, now),
        phone_messages=common.phone_messages(casebook, loaded, now),
        second=_second(casebook, case, now),
        others=[_other(duplicate, case, now) for duplicate in others],
        history=history.with_openings(casebook, loaded, person, events),
    )


def _second(casebook: Casebook, case: Case, now: datetime) -> SecondContact | None:
    confirmation = case.confirmation
    if confirmation is None:
        return None
    return SecondContact(
        mark=common.mark_of_confirmation(casebook, case),
        newer=confirmation.newer,
        wishes=words.wishes(confirmation.facts) if confirmation.newer else (),
        counts_from=common.counts_from(casebook, case, now),
        is_told_in_person=case.promise(PromiseKind.TELL, WAS_THIS_YOU) is not None,
        came_back=confirmation.came_back,
        answers=answers_for(case, Role.REVIEWER),
    )


def _choices(case: Case) -> list[Choice]:
    """Return the choices without that one which has a form of its own."""
    return [c for c in choices_for(case, Role.REVIEWER) if c.value != Event.COMPLETED]


def _can(case: Case, event: Event) -> bool:
    return step_for(case, event, Role.REVIEWER) is not None


def _labels(outcomes: Mapping[Outcome, str]) -> dict[str, str]:
    return {outcome.value: label for outcome, label in outcomes.items()}


def has_unread(casebook: Casebook, loaded: Loaded, person: str) -> bool:
    """Tell whether a reviewer must say that they read what is above the candidates."""
    return bool(_requester(casebook, loaded, person).unread)


def _requester(casebook: Casebook, loaded: Loaded, person: str) -> Requester:
    text = identity.written(casebook, loaded, person)
    choices = loaded.identity.email_choices if loaded.identity else ()
    unreadable = [one for one in loaded.case.facts.unreadable if one != "email" or not choices]
    unread = (
        ("no_unit", NO_UNIT in text.unknown_units),
        ("unit", any(text.unknown_units)),
        ("answers", unreadable),
        ("address", choices),
        ("second", text.left_out_by_second),
    )
    return Requester(
        is_mailable=loaded.case.facts.is_mailable,
        is_reachable=loaded.case.facts.is_reachable,
        unreadable=list(map(words.answer, unreadable)),
        has_address_question=bool(choices),
        has_identity=identity.may_be_opened(loaded),
        has_text=any(
            (
                text.note,
                text.second_note,
                text.unread,
                text.not_wanted,
                text.questions,
                text.settled,
                text.unknown_units,
                text.left_out_by_second,
            )
        ),
        unread=[what for what, is_open in unread if is_open and loaded.case.is_open],
        left_out_by_second=len(text.left_out_by_second),
        has_questions=loaded.case.is_open and bool(loaded.questions),
        settled_by=sorted(
            {who for one in text.settled for who, _ in one.answers}
            - {casebook.program.names.get(person, person)}
        ),
    )


def _asking(casebook: Casebook, loaded: Loaded, person: str, now: datetime) -> Asking:
    ranking = casebook.ranking(loaded, now, reader=person)
    undo_window = casebook.program.times.undo_window
    return Asking(
        candidates=candidates.shown(casebook, loaded, ranking, person, now),
        excluded_by_wish=ranking.excluded_by_wish,
        are_most_excluded=2 * ranking.excluded_by_wish > len(casebook.listed),
        unavailable=ranking.unavailable,
        unmeetable=ranking.unmeetable,
        to_relax=ranking.to_relax,
        although=ALTHOUGH,
        undo_window=words.about(undo_window) if undo_window else "",
    )


def _caller(casebook: Casebook, case: Case) -> str:
    call = case.promise(PromiseKind.CALL)
    return common.name_of(casebook, call.subject) if call else ""


def _next_urgent_mail(casebook: Casebook, case: Case, now: datetime) -> str:
    """Say no name: who is not mailed may be the person who asks."""
    urgent = case.promise(PromiseKind.URGENT)
    return words.day_and_time(urgent.next_at, casebook.program.zone, now) if urgent else ""


def _other(duplicate: Duplicate, case: Case, now: datetime) -> OtherRequest:
    other = duplicate.other.case
    return OtherRequest(
        reference=other.reference,
        state=other.state.value,
        state_words=words.STATE_WORDS[other.state],
        ago=words.about(max(now - other.submitted_at, timedelta(minutes=1))),
        why=joined(" and ", (SAME[what] for what in duplicate.why)),
        is_phone_alone=duplicate.why == ("phone",),
        is_older=duplicate.is_older,
        is_fixed=duplicate.is_fixed,
        first=duplicate.first,
        may_merge=case.state is State.IN_REVIEW and not (duplicate.is_fixed or duplicate.first),
        waits=duplicate.waits.value,
        has_other_address=duplicate.has_other_address,
        is_mailable=other.facts.is_mailable,
    )


def _has_just_found(casebook: Casebook, loaded: Loaded, person: str) -> bool:
    """Tell whether this reviewer just said something after which there is more to do."""
    return history.last_event(casebook, loaded, Role.REVIEWER, person) in LEAVES_MORE_TO_DO
