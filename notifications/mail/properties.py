"""What is asked of every e-mail; no answer has a default, so that a new e-mail is asked it all."""

from dataclasses import dataclass
from enum import StrEnum

from store.programs import VersionStatus
from workflow.model import Role


class Leads(StrEnum):
    """Where the link of an e-mail leads."""

    NOWHERE = "nowhere"
    CASE = "case"
    #: For reviewers; a supporter's link leads to their own page.
    BOARD = "board"
    OWN_PAGE = "own page"
    FILES = "files"


class Until(StrEnum):
    """What makes an e-mail pointless, besides what its promise, its offer and its case say."""

    ALWAYS_TRUE = "always true"
    #: Who is away is spared from the start: others hear of the silence.
    READER_IS_AWAY = "the supporter who is reminded is away"
    CASE_IS_OPEN = "the case that it calls over is open again"
    SUPPORTER_IS_BACK = "the supporter is back, or is away on other days"
    COVER_ENDED = "the reader does not stand in any more"
    STAYS = "the reader does not leave any more, or others look after their cases"
    RESPONSE_READ = "the response that waited was read"
    MORNING_OVER = "the morning that it was for is over"
    FILES_SETTLED = "the version of the files was settled"


class PassedOn(StrEnum):
    """To whom an e-mail goes when its reader does not review, or is not called, any more."""

    TO_NOBODY = "to nobody"
    #: But for those who were mailed about the case since: they know that something is to be done.
    TO_REVIEWERS = "to reviewers"
    #: To all of them, since no other e-mail tells it.
    TO_REVIEWERS_AS_NEWS = "to reviewers as news"
    TO_DEPUTIES = "to deputies"


class Urgency(StrEnum):
    """What an e-mail is beside a call of the deputies."""

    CALL = "call"
    #: A call says more: nobody who is called is reminded as well.
    LESS_THAN_CALL = "less than a call"
    OTHER = "other"


class GivenUp(StrEnum):
    """Who hears that an e-mail could not be delivered, besides what becomes of the case."""

    #: And the admins, unless it was a requester's: that address is theirs to correct.
    REVIEWERS = "reviewers"
    ADMINS = "admins"
    NOBODY = "nobody"


class Needs(StrEnum):
    """Which facts an e-mail needs that others do not."""

    NOTHING = "nothing"
    DIGEST = "digest"
    ROSTER = "roster"
    FILES = "files"
    WAITING_RESPONSE = "waiting response"
    SUPPORTER_ABSENCE = "supporter's absence"
    SUPPORTER_CONTACT = "supporter's contact"
    STANDING_IN = "standing in"


@dataclass(frozen=True)
class Gathered:
    """A reminder that leaves with others to the same reader, as one e-mail."""

    into: str
    #: The most pressing comes first, and stands for the others about the same case.
    place: int
    #: What waits, in the words of the e-mail that it is gathered into.
    what: str


@dataclass(frozen=True)
class ByPhone:
    """What a reviewer tells a requester whom nobody can mail."""

    what: str
    #: What can be texted or read out: on a lock screen it says nothing.
    to_say: str


@dataclass(frozen=True)
class Email:
    """All that is known of an e-mail besides its templates."""

    #: In which role it is read; None means anybody, or nobody with a role.
    role: Role | None
    leads: Leads
    #: What comes again each day may be passed on: its link lives until the next ones are here.
    has_short_link: bool
    #: Pagers and text gateways show HTML as rubbish.
    has_html: bool
    needs: Needs
    #: A reminder wakes nobody: when the clock asks for it, and not something that somebody did.
    waits_for_morning: bool
    gathered: Gathered | None
    urgency: Urgency
    until: Until
    passed_on: PassedOn
    #: What a requester must hear even when they cannot be mailed.
    by_phone: ByPhone | None
    #: Its promise begins when it has left; nobody is asked who cannot be asked any more.
    is_offer: bool
    #: Asks reviewers to find a supporter; when nobody fits, they hear that instead.
    asks_for_match: bool
    #: True also once the requester's case goes on as another one.
    goes_on: bool
    #: Which versions of the admins' files it is about.
    about_files: VersionStatus | None
    given_up: GivenUp

    @property
    def has_link(self) -> bool:
        return self.leads is not Leads.NOWHERE

    @property
    def may_reach_requester(self) -> bool:
        return self.role is Role.REQUESTER or (self.role is None and self.has_link)
