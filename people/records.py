"""The requester, whose identity is stored sealed, and the program's own people."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Unclear:
    """Words as typed, and the ids of the people on our lists whom they could mean, if any."""

    typed: str
    could_mean: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """Whom a reviewer took such words to mean: people and whole units, or no one on our lists."""

    question: Unclear
    by: str
    ids: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Referrer:
    """A colleague who worried about someone, as they typed their own name and address."""

    name: str
    address: str = ""
    #: The form's link alone leads from the request to them. Anyone may have passed it on, so it
    #: keeps a supporter out, and a coordinator only while another one is here.
    is_by_link: bool = False


#: What `Identity.unread` holds of a body that breaks; `Facts.unreadable` names the second, too.
THE_REST, EVERYTHING = "the rest of the form", "everything"
NOT_ONE_ANSWER = (THE_REST, EVERYTHING)


@dataclass(frozen=True)
class Identity:
    """What tells who the requester is. Stored sealed; never in a log, a mail or the history."""

    name: str = ""
    email: str = ""
    phone: str = ""
    is_mail_ok: bool = False
    is_text_ok: bool = False
    is_call_ok: bool = False
    is_voicemail_ok: bool = False
    not_before: str = ""
    unit: str = ""
    note: str = ""
    #: People not wanted, as typed; what we recognized or a reviewer settled is taken out.
    not_wanted: str = ""
    #: The whole answer, for reviewers who settle part of it; "" if we recognized all of it.
    not_wanted_as_typed: str = ""
    #: Answers that the mapping does not know, as received: fact name and text.
    unread: tuple[tuple[str, str], ...] = ()
    #: Ids of people on our lists who are, or may be, not wanted.
    not_wanted_ids: tuple[str, ...] = ()
    #: Names of listed units whose people, and whose leaders, are not wanted.
    not_wanted_units: tuple[str, ...] = ()
    #: Names that could mean several of these people, until a reviewer settles them.
    unclear: tuple[Unclear, ...] = ()
    #: What was settled stays to be read until the first contact: whoever settled it may be meant.
    settled: tuple[Settled, ...] = ()
    #: Addresses that `email` may mean as it was typed, until a reviewer chooses one.
    email_choices: tuple[str, ...] = ()
    #: Where coordinators find answers that we could not read.
    response_id: str = ""
    corrected_at: datetime | None = None
    #: Contacts before a correction. They still tell who must not review or support.
    former_contacts: tuple[str, ...] = ()
    #: Units before a correction. Leaders of one of them must still not review or support.
    former_units: tuple[str, ...] = ()
    #: Which listed unit a reviewer says that a typed one is: "" for none of them, "?" if no one
    #: can tell. The typed one is "" where the request names none.
    settled_units: tuple[tuple[str, str], ...] = ()
    #: Colleagues who had us write to the requester. No page and no mail says that there were any.
    referrers: tuple[Referrer, ...] = ()
    #: The id of the group that was written to after a hard event, if they asked because of that.
    outreach: str = ""
    # From our lists, looked up each time and never stored:
    #: Ids of people who are, or may be, these colleagues.
    referrer_ids: tuple[str, ...] = ()
    #: Units that the requester leads.
    leads: tuple[str, ...] = ()
    #: How our lists write the requester's units.
    known_as: tuple[str, ...] = ()
    #: Units, as typed, that our lists do not know and no reviewer has settled; "" if the request
    #: names none.
    unknown_units: tuple[str, ...] = ()
    #: Ids of people who may lead the requester's unit, or may be meant by a role or by what could
    #: not be read.
    perhaps_leading: tuple[str, ...] = ()
    #: Ids of people who are kept from this request under another id.
    kept_apart_ids: tuple[str, ...] = ()
    #: What a correction or a newer request gave and no one has confirmed yet: it only excludes.
    second: "Identity | None" = None


@dataclass(frozen=True)
class Person:
    """Someone on the program's side: coordinator, deputy, admin, outside person."""

    id: str
    name: str
    email: str
    phone: str = ""
    unit: str = ""
    supervises: tuple[str, ...] = ()
    #: Days away as the admins' files state them, both included.
    away_from: date | None = None
    away_until: date | None = None
    #: How they like to be addressed: "Ana" for "Ruiz, Ana".
    called: str = ""
    #: Former names and nicknames.
    also_known_as: tuple[str, ...] = ()

    @property
    def greeting(self) -> str:
        """Return the name for "Hello …": the whole one, since any part of it may be a title."""
        return self.called or self.name
