"""Read decisions from submitted forms. No choice has a default; BadForm says what is missing."""

from datetime import date

from werkzeug.datastructures import MultiDict

from lib import typed_addresses
from lib.languages.language import for_requesters
from lib.languages.said import for_staff
from lib.phones import is_number
from people.absences import Absence
from people.records import Identity, Unclear
from workflow.choices import ALTHOUGH
from workflow.model import Case, Decision, Event, Offer, Outcome, Role, Way

#: Events that reviewers record for a supporter who told them by phone.
RECORDED_FOR_SUPPORTER = {
    Event.ACCEPTED,
    Event.DECLINED,
    Event.CONTACTED,
    Event.CONTINUED,
    Event.COMPLETED,
}
#: Answers about the supporter who said yes.
ABOUT_PROPOSED = {Event.CONSENTED, Event.OTHER_WANTED}
#: A reviewer's decisions about an offer; the form says which offer the page showed.
ABOUT_AN_OFFER = RECORDED_FOR_SUPPORTER | {Event.OFFER_WITHDRAWN, Event.TAKEN_BACK, *ABOUT_PROPOSED}
#: Answers to what the requester must confirm, and what reviewers record for them.
ANSWERS = {Event.CONTACT_CONFIRMED, Event.CONTACT_REFUSED, Event.SEPARATED}
FOR_REQUESTER = {
    Event.WITHDRAWN,
    Event.CONTACT_CONFIRMED,
    Event.CONTACT_REFUSED,
    *ABOUT_PROPOSED,
}
#: A requester's answers about a partner; the form says which hand-over the page showed.
ABOUT_HAND_OVER = {
    Event.HAND_OVER_AGREED,
    Event.HAND_OVER_REFUSED,
    Event.HAND_OVER_STOPPED,
}
MOST_STAND_INS = 2
#: The number of no offer: they count from 1.
NO_OFFER = 0
WITHDRAWN_ERASED = "withdrawn_erased"
#: The form's value for "nobody"; it has spaces, so it is no one's id.
NOBODY = "nobody of them"
AWAY_UNTIL, AWAY_OPEN, BACK, HAND_OVER = "away_until", "away_open", "back", "hand_over"
NO_LAST_DAY = for_staff("Please add the last day you’re away, or choose “Away until I’m back.”")


class BadForm(Exception):
    """Something is missing in a form; the message tells the reader what."""

    @property
    def words(self) -> str:
        found: str = self.args[0]
        return found


def decision_in(
    form: MultiDict[str, str],
    case: Case,
    role: Role,
    person: str,
    offer: int | None,
    mark: str = "",
    proposed: str = "",
    partner: str = "",
) -> Decision:
    """Read a decision; BadForm says what is missing.

    `mark` is what a requester's form says of what they must confirm now, `proposed` of the
    supporter who said yes, `partner` of the hand-over.
    """
    chosen = form.get("choice", "")
    try:
        event = Event.WITHDRAWN if chosen == WITHDRAWN_ERASED else Event(chosen)
    except ValueError:
        raise BadForm(for_requesters("Please choose one of the answers first.")) from None
    recorded_for, confirmation = "", None
    if event in ANSWERS:
        # Yes counts only by the link in the mail that asks; no counts from any link of theirs.
        is_by_link = role is Role.REQUESTER and event is Event.CONTACT_CONFIRMED
        confirmation = offer if is_by_link else _confirmation(form, case, mark)
    hand_over = offer if role is Role.PARTNER else None
    if role is Role.PARTNER:
        offer = None
    if role is Role.REQUESTER:
        hand_over = _hand_over(form, case, partner) if event in ABOUT_HAND_OVER else None
        is_about_proposed = event in ABOUT_PROPOSED and case.current_offer is not None
        offer = _proposed(form, case, proposed) if is_about_proposed else None
    if role is Role.REVIEWER:
        asked = _asked(form, case) if event in ABOUT_AN_OFFER else None
        offer = asked.number if asked else None
        if event in RECORDED_FOR_SUPPORTER and asked:
            recorded_for = asked.supporter
        if event in FOR_REQUESTER:
            recorded_for = Role.REQUESTER
    return Decision(
        event,
        person,
        role,
        recorded_for=recorded_for,
        offer=offer,
        supporters=_supporters(form) if event is Event.OFFERED else (),
        although=_although(form) if event is Event.OFFERED else "",
        resources=_resources(form, event),
        outcome=_outcome(form) if event in (Event.CLOSED, Event.COMPLETED) else None,
        was_hard=event is Event.COMPLETED and form.get("hard") == "yes",
        subject=form.get("subject", "")[:40] if event is Event.TOLD else "",
        erases_now=chosen == WITHDRAWN_ERASED or event is Event.ERASED,
        confirmation=confirmation,
        hand_over=hand_over,
        way=_way(form) if event is Event.HAND_OVER_AGREED else None,
    )


def presence_in(form: MultiDict[str, str], today: date) -> Absence | str:
    """Read an answer on someone's own page: an absence, BACK, or HAND_OVER."""
    chosen = form.get("choice", "")
    if chosen in (BACK, HAND_OVER):
        return chosen
    if chosen not in (AWAY_UNTIL, AWAY_OPEN):
        raise BadForm(for_staff("Please choose one of the answers first."))
    first = _day(form.get("first", "")) or today
    last = _day(form.get("last", "")) if chosen == AWAY_UNTIL else None
    if chosen == AWAY_UNTIL and last is None:
        raise BadForm(NO_LAST_DAY)
    if first < today or (last is not None and last < first):
        raise BadForm(
            for_staff("Please check the days: the first can’t be before today, or after the last.")
        )
    return Absence(first, last)


def question_in(form: MultiDict[str, str]) -> tuple[Unclear, tuple[str, ...]]:
    """Read which question a reviewer settles, and the ids of all who are meant; none for no one."""
    meant = tuple(dict.fromkeys(form.getlist("meant")))
    if not meant:
        raise BadForm(for_staff("Please choose who they mean, or “no one on our lists.”"))
    if NOBODY in meant and len(meant) > 1:
        raise BadForm(for_staff("Please choose either people or “no one on our lists.”"))
    question = Unclear(form.get("typed", ""), tuple(form.get("could_mean", "").split()))
    return question, () if meant == (NOBODY,) else meant


def address_in(form: MultiDict[str, str]) -> str:
    """Read which address a reviewer says is meant; "" for none of them."""
    address = form.get("address", "")
    if not address:
        raise BadForm(for_staff("Please choose the address, or “None of these.”"))
    return "" if address == NOBODY else address


def unit_in(form: MultiDict[str, str]) -> tuple[str, str]:
    """Read which typed unit a reviewer settles, and the listed one that it is; "" for none.

    The typed one is "" where the request names none.
    """
    unit = form.get("meant", "")
    if not unit:
        raise BadForm(for_staff("Please choose the unit, or “None of these.”"))
    return form.get("unit", ""), "" if unit == NOBODY else unit


def correction_in(form: MultiDict[str, str], country: str) -> Identity:
    """Read how the requester would like to be reached."""
    email, phone = form.get("email", "").strip(), form.get("phone", "").strip()
    if not email and not phone:
        raise BadForm(for_requesters("Please give an email address or a phone number."))
    if email and not (email := _address(email)):
        raise BadForm(
            for_requesters("This email address doesn’t look right. Write it like name@example.org.")
        )
    if phone and not is_number(phone, country):
        raise BadForm(
            for_requesters("This phone number doesn’t look right. Please check the digits.")
        )
    allowed = set(form.getlist("how"))
    by_phone = allowed & {"text", "call", "voicemail"}
    # The new contacts replace the old ones, so each way needs its address in the form.
    if "mail" in allowed and not email:
        raise BadForm(
            for_requesters(
                "To be reached by email, type your email address too, or uncheck “Email.”"
            )
        )
    if by_phone and not phone:
        raise BadForm(
            for_requesters(
                "To be reached by phone, type your phone number too, or uncheck the phone choices."
            )
        )
    if "mail" not in allowed and not by_phone:
        raise BadForm(for_requesters("Choose how we may reach you: by email, text, or phone."))
    return Identity(
        email=email,
        phone=phone,
        is_mail_ok="mail" in allowed,
        is_text_ok="text" in allowed,
        is_call_ok=bool(allowed & {"call", "voicemail"}),
        is_voicemail_ok="voicemail" in allowed,
    )


def _address(typed: str) -> str:
    """Return the address that a text certainly means; "" if there is none."""
    reading = typed_addresses.read(typed)
    return reading.choices[-1] if reading.looks_mistyped else reading.address


def _asked(form: MultiDict[str, str], case: Case) -> Offer | None:
    """Return the offer that the page showed; another one may have followed since."""
    number = _number(form.get("offer", ""))
    offer = case.offer(number) if number is not None else None
    if offer is None:
        raise BadForm(for_staff("Please look at the request again first."))
    return offer


def _number(typed: str) -> int | None:
    return int(typed) if typed.isdecimal() and len(typed) < 5 else None


def _proposed(form: MultiDict[str, str], case: Case, proposed: str) -> int:
    """Return whose yes the page showed; no offer if another supporter has said yes since."""
    is_shown = form.get("proposed", "") == proposed
    return case.current_offer.number if case.current_offer is not None and is_shown else NO_OFFER


def _hand_over(form: MultiDict[str, str], case: Case, partner: str) -> int:
    """Return which hand-over the page showed; none if they were asked about another one since."""
    is_shown = form.get("hand_over", "") == partner
    return case.hand_over.number if case.hand_over is not None and is_shown else NO_OFFER


def _way(form: MultiDict[str, str]) -> Way:
    try:
        return Way(form.get("way", ""))
    except ValueError:
        raise BadForm(for_requesters("Choose how you’d like to get in touch.")) from None


def _confirmation(form: MultiDict[str, str], case: Case, mark: str) -> int | None:
    """Return which confirmation the page showed; another one may have followed since."""
    shown = form.get("confirmation", "")
    return case.confirmation.number if case.confirmation is not None and shown == mark else None


def _supporters(form: MultiDict[str, str]) -> tuple[str, ...]:
    first = form.get("first", "")
    if not first:
        raise BadForm(for_staff("Choose who to ask first."))
    # Old browsers show the button of every card, so the one beside another name can be pressed.
    if form.get("asked", first) != first:
        raise BadForm(for_staff("Choose someone, then press the button below their name."))
    # A form cannot untick the box beside who is asked first.
    stand_ins = dict.fromkeys(name for name in form.getlist("backup") if name not in ("", first))
    if len(stand_ins) > MOST_STAND_INS:
        raise BadForm(
            for_staff("Choose %(num)s backups at most, then ask again.", num=MOST_STAND_INS)
        )
    return (first, *stand_ins)


def _although(form: MultiDict[str, str]) -> str:
    reason = form.get("although", "")
    if reason and reason not in ALTHOUGH:
        raise BadForm(for_staff("Please choose one of the reasons."))
    return reason


def _resources(form: MultiDict[str, str], event: Event) -> tuple[str, ...]:
    if event is Event.HAND_OVER_ASKED:
        if not (partner := form.get("partner", "")):
            raise BadForm(for_staff("Choose the service first."))
        return (partner,)
    if event is not Event.REFERRED:
        return ()
    chosen = tuple(dict.fromkeys(form.getlist("resource")))
    if not chosen:
        raise BadForm(for_staff("Please choose at least one support service."))
    return chosen


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise BadForm(for_staff("Please write the day like 2026-12-21.")) from None


def _outcome(form: MultiDict[str, str]) -> Outcome:
    try:
        return Outcome(form.get("outcome", ""))
    except ValueError:
        raise BadForm(
            for_staff("Please choose how it ended, then press the button below.")
        ) from None
