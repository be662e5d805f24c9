"""Properties of e-mails. None has a default, so that every new e-mail must state them all."""

from dataclasses import dataclass
from enum import StrEnum

from store.programs import VersionStatus
from workflow.model import Role


class Leads(StrEnum):
    """Where the link of an e-mail leads."""

    NOWHERE = "nowhere"
    CASE = "case"
    #: The requester's page, with the right to say yes to what it asks.
    CONFIRMATION = "confirmation"
    #: For reviewers; a supporter's link leads to their own page.
    BOARD = "board"
    OWN_PAGE = "own page"
    FILES = "files"
    COPIES = "copies"
    #: The page of someone who is asked something outside of any request.
    INVITATION = "invitation"
    #: The same page, when it offers support: no one learns what they say there.
    OFFER = "offer of support"
    #: For admins: the lines that supporters.csv still needs.
    NEWCOMERS = "newcomers"
    #: The page that asks how it was, and knows of no one.
    FEEDBACK = "feedback"
    #: For the leader of a session: who came.
    TRAININGS = "trainings"


class Until(StrEnum):
    """What makes an e-mail pointless, in addition to its promise, offer and case."""

    ALWAYS_TRUE = "always true"
    #: Absent supporters get no reminders; others are told if they do not act.
    READER_IS_AWAY = "the supporter who is reminded is away"
    CASE_IS_OPEN = "the case that it calls over is open again"
    SUPPORTER_IS_BACK = "the supporter is back, or is away on other days"
    STILL_THEIRS = "the request that its reader lost is theirs again"
    COVER_ENDED = "the reader does not stand in any more"
    STAYS = "the reader does not leave any more, or others look after their cases"
    RESPONSE_READ = "the response that waited was read"
    MORNING_OVER = "the morning that it was for is over"
    FILES_SETTLED = "the version of the files was settled"
    ANSWERED = "the requester answered, or is not asked any more"
    HAND_OVER_OVER = "the hand-over was made, or taken back, or is another one"
    ASKED_NO_MORE = "the requester said whether a partner may hear of them"
    INVITATION_OVER = "the invitation is answered, or forgotten"
    GROUP_SESSION_OFF = "the group session is canceled, or forgotten"


class PassedOn(StrEnum):
    """Who gets an e-mail whose reader does not review, or is not called, anymore."""

    TO_NOBODY = "to nobody"
    #: Except those who were mailed about the case since and know that something must be done.
    TO_REVIEWERS = "to reviewers"
    #: To all of them, since no other e-mail says it.
    TO_REVIEWERS_AS_NEWS = "to reviewers as news"
    TO_DEPUTIES = "to deputies"


class Urgency(StrEnum):
    """How an e-mail compares with a deputy call."""

    CALL = "call"
    #: Not sent to anyone who gets a call in the same round.
    LESS_THAN_CALL = "less than a call"
    OTHER = "other"


class GivenUp(StrEnum):
    """Who is told that an e-mail could not be delivered, apart from the effect on the case."""

    #: And the admins, who must correct the address unless it is the requester's.
    REVIEWERS = "reviewers"
    ADMINS = "admins"
    NOBODY = "nobody"


class Needs(StrEnum):
    """Facts that only some e-mails need."""

    NOTHING = "nothing"
    DIGEST = "digest"
    ROSTER = "roster"
    FILES = "files"
    WAITING_RESPONSE = "waiting response"
    SUPPORTER_ABSENCE = "supporter's absence"
    SUPPORTER_CONTACT = "supporter's contact"
    COVER = "cover"
    CONFIRMATION = "confirmation"
    LED_DEPARTMENTS = "led departments"
    INVITATION = "invitation"
    PARTNER = "partner"
    SESSION = "session"
    GROUP_SESSION = "group session"
    #: Who talks a request through with a supporter.
    CARE = "care"
    #: The program's name and legal words would tell a stranger why we write.
    NEUTRAL_NAME = "neutral name"


@dataclass(frozen=True)
class Gathered:
    """How a reminder is combined with others to the same reader into one e-mail."""

    into: str
    #: Rank by urgency; per case, only the reminder with the lowest place is shown.
    place: int
    #: What waits, in words for the combined e-mail.
    what: str


@dataclass(frozen=True)
class ByPhone:
    """What a reviewer tells a requester who cannot be mailed."""

    what: str
    #: Words to text or read out, which reveal nothing on a lock screen.
    to_say: str


@dataclass(frozen=True)
class Email:
    """All properties of an e-mail apart from its templates."""

    #: The role of its readers; None means any role, or none.
    role: Role | None
    leads: Leads
    #: Daily mails may be forwarded, so their links expire after a few days.
    has_short_link: bool
    #: False for pagers and text gateways, which cannot show HTML.
    has_html: bool
    needs: Needs
    #: True for reminders: they wait for the end of quiet hours, if the clock caused them.
    waits_for_morning: bool
    gathered: Gathered | None
    urgency: Urgency
    until: Until
    passed_on: PassedOn
    #: What reviewers tell the requester if they cannot be mailed.
    by_phone: ByPhone | None
    #: An offer: its promise begins when it is sent, and it goes only to available supporters.
    is_offer: bool
    #: Asks reviewers to find a supporter; if no one fits, "no candidate" replaces it.
    asks_for_match: bool
    #: Still valid after the requester's case was merged into an older one.
    goes_on: bool
    #: The status of the version of the admins' files that it is about.
    about_files: VersionStatus | None
    given_up: GivenUp

    @property
    def has_link(self) -> bool:
        return self.leads is not Leads.NOWHERE

    @property
    def invites_reply(self) -> bool:
        """False about a request, or an offer of one: a reply names its reader to a mailbox.

        It quotes the link, too.
        """
        is_about_request = self.leads in (
            Leads.CASE,
            Leads.CONFIRMATION,
            Leads.OFFER,
            Leads.FEEDBACK,
        )
        # What tells a supporter that their part is over has no link.
        is_release = self.role is Role.SUPPORTER and not self.has_link
        is_about_request = is_about_request or is_release or self.role is Role.PARTNER
        return not is_about_request and self.needs is not Needs.NEUTRAL_NAME

    @property
    def may_reach_requester(self) -> bool:
        return self.role is Role.REQUESTER or (self.role is None and self.has_link)
