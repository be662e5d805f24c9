"""The offer of a case as reviewers see it: who is asked, and what speaks against them."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from casebook import attendance, duplicates
from casebook.casebook import Casebook, Loaded
from lib.phones import dialed, dialed_through
from pages.facts import candidates, common
from people.supporters import ChecksMail
from workflow import words
from workflow.model import Case, Offer, OfferState


@dataclass(frozen=True)
class SeldomReader:
    """How to alert a supporter who seldom reads mail to the offer.

    The text reveals nothing, and only a coordinator sends it.
    """

    name: str
    habit: str
    until: str
    text: str
    phone: str
    text_link: str
    call_link: str


@dataclass(frozen=True)
class OfferShown:
    """The offer that is open, accepted or lapsed last."""

    #: The number that forms about this offer send back; None when no one was asked.
    number: int | None
    supporter_name: str
    was_mailed: bool
    #: None if they read mail daily.
    seldom: SeldomReader | None
    #: How long the matched supporter is away; "" while they are here.
    away: str
    #: What the mailbox of the supporter who was asked, or matched, answers automatically.
    answers: str
    #: Why the supporter is impossible: "not_wanted", "too_close" or "".
    exclusion: str


def shown(casebook: Casebook, loaded: Loaded, now: datetime) -> OfferShown:
    case, offer = loaded.case, loaded.case.current_offer
    shown = offer or case.last_lapsed
    return OfferShown(
        number=shown.number if shown else None,
        supporter_name=common.supporter_name(casebook, offer),
        was_mailed=offer is not None and offer.sent_at is not None,
        seldom=_seldom_reader(casebook, case, now),
        away=_away(casebook, offer, now),
        answers=common.answers(casebook, offer.supporter) if offer else "",
        exclusion=_exclusion(casebook, loaded),
    )


def backups(casebook: Casebook, case: Case) -> list[str]:
    """Return the names of those who are asked next, in order."""
    standing_by = (one for one in case.offers if one.state is OfferState.STANDING_BY)
    return [common.supporter_name(casebook, offer) for offer in standing_by]


def _seldom_reader(casebook: Casebook, case: Case, now: datetime) -> SeldomReader | None:
    offer = case.current_offer
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    if offer is None or offer.state is not OfferState.OPEN or supporter is None:
        return None
    if supporter.checks_mail is ChecksMail.DAILY:
        return None
    text = words.look_into_your_mail(
        supporter.called or supporter.name, casebook.program.file.mail_name
    )
    dial = dialed(supporter.phone)
    return SeldomReader(
        name=supporter.name,
        habit=words.HABIT_WORDS[supporter.checks_mail],
        until=candidates.may_take_until(casebook, case, offer.sent_at or now, supporter),
        text=text,
        phone=supporter.phone,
        text_link=f"sms:{dial}?body={quote(text)}" if supporter.text_ok else "",
        call_link=f"tel:{dialed_through(supporter.phone)}",
    )


def _away(casebook: Casebook, offer: Offer | None, now: datetime) -> str:
    if offer is None or offer.state is not OfferState.ACCEPTED:
        return ""
    db, today = casebook.store.read(), casebook.program.today(now)
    absence = attendance.absence_of(db, casebook.program, offer.supporter, today)
    return words.away(absence, today) if absence is not None and absence.is_near(today) else ""


def _exclusion(casebook: Casebook, loaded: Loaded) -> str:
    """Say why the supporter is impossible by what is known now; "" if they are not."""
    offer = loaded.case.current_offer
    loaded = duplicates.without_referrers(casebook, loaded)
    if offer is None or not duplicates.has_impossible_supporter(casebook, loaded):
        return ""
    is_wish = loaded.identity is not None and offer.supporter in loaded.identity.not_wanted_ids
    return "not_wanted" if is_wish else "too_close"
