"""The keys of the admins' TOML files, and what each may hold."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints, field_validator
from pydantic import model_validator as validates_whole

from lib.languages.language import for_requesters
from matching.weights import Weights
from people.supporters import ChecksMail
from program.look import ACCENT, Color
from program.values import (
    Bound,
    CheckInDays,
    Clock,
    ClockOrNone,
    ClosedDays,
    ClosingTime,
    Country,
    Dialed,
    Duration,
    Id,
    Line,
    Link,
    MailAddress,
    Moment,
    Nearness,
    Origin,
    Pause,
    Phone,
    PromisedSpan,
    Remark,
    Repeat,
    Text,
    Tries,
    Unit,
    Weekdays,
    Weight,
    Zone,
    says_how_often,
)
from workflow.model import PromiseKind

LanguageCode = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z]{2,3}$")]
#: The weights of keys that the table leaves out.
DEFAULT = Weights()


#: What supporters read before they say yes, and before their first call.
USUAL_EFFORT = "Usually one or two talks of up to an hour."
FIRST_CALL = """
Say your name and where you call from. Ask if it’s a good time to talk.

If someone else answers, or a voicemail: say only your name, and that you’ll try again.

Listen. You don’t have to fix anything. Don’t ask for details that they don’t bring up.

Ask what would help now, and if they’d like to talk again.

If you think they’re in danger, stay with them, call for help together, and tell a coordinator."""


#: What everyone reads on the help page.
WHO_MAY_ASK = for_requesters(
    "Everyone who works here can ask: any job, any shift. You don’t need a big reason, and no one"
    " has to send you."
)


class Shape(BaseModel):
    """A table in which a misspelled key is an error.

    What checks it is made when a table is first read; those inside of it need none of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Leaving(Protocol):
    @property
    def away_from(self) -> date | None: ...
    @property
    def away_until(self) -> date | None: ...


AnyLeaving = TypeVar("AnyLeaving", bound=Leaving)


def comes_back_after_leaving(one: AnyLeaving) -> AnyLeaving:
    if one.away_from and one.away_until and one.away_until < one.away_from:
        raise ValueError("away_until is before away_from; correct one of the two")
    return one


class Crisis(Shape):
    name: Line
    text: Line
    phone: Dialed = ""
    sms: Dialed = ""


class PersonShape(Shape):
    name: Line
    email: MailAddress
    phone: Phone = ""
    unit: Remark = ""
    supervises: tuple[Unit, ...] = ()
    also_known_as: tuple[Line, ...] = ()
    away_from: date | None = None
    away_until: date | None = None
    called: Remark = ""

    @validates_whole(mode="after")
    def _comes_back_after_leaving(self) -> "PersonShape":
        return comes_back_after_leaving(self)


class Duties(Shape):
    default_coordinators: tuple[str, ...]
    deputies: tuple[str, ...]
    outside_person: str
    admins: tuple[str, ...]


class RoleGroup(Shape):
    name: Line
    group: Line


class Department(Shape):
    name: Line
    group: Line
    coordinators: tuple[str, ...] = ()
    #: Who checks in with colleagues after a hard event (tier 1).
    leads: tuple[str, ...] = ()


class UnitShape(Shape):
    name: Unit
    #: Short forms and other names that people write.
    also: tuple[Unit, ...] = ()
    led_by: tuple[str, ...] = ()
    department: str = ""


class Urgent(Shape):
    ring: tuple[MailAddress, ...] = ()
    staffed: Remark = ""


class QuietHoursShape(Shape):
    begin: Clock
    end: Clock


class WorkingHoursShape(Shape):
    """When the program works; promises in working time count only these hours."""

    days: Weekdays = (0, 1, 2, 3, 4)
    opens: Clock = time(8)
    closes: ClosingTime = time(17)
    #: Part of the country whose public holidays count too, such as a state.
    subdivision: Remark = ""
    #: Public holidays on which the program works anyway.
    open_on: tuple[Line, ...] = ()

    @validates_whole(mode="after")
    def _ends_after_it_begins(self) -> "WorkingHoursShape":
        if self.closes <= self.opens:
            raise ValueError('closes before it opens; write it like "08:00" and "17:00"')
        return self


class PromiseShape(Shape):
    """A table under [promises]; keys that it leaves out keep their defaults."""

    within: PromisedSpan | None = None
    nudges: tuple[Moment, ...] | None = None
    reviewers: Moment | None = None
    deputy: Moment | None = None
    repeat: Repeat | None = None
    #: Only for offers: how long supporters who seldom read mail may take.
    checks_mail: dict[ChecksMail, PromisedSpan] | None = None

    @validates_whole(mode="before")
    @classmethod
    def _repeats_as_the_nudges_say(cls, written: object) -> object:
        """Read "then daily" at the end of `nudges`, which is another way to write `repeat`."""
        nudges = written.get("nudges") if isinstance(written, Mapping) else None
        if not isinstance(written, Mapping) or not isinstance(nudges, list) or not nudges:
            return written
        last = nudges[-1]
        if not isinstance(last, str) or not says_how_often(last):
            return written
        if "repeat" in written:
            raise ValueError(f'says twice how often it repeats; take out repeat or "{last}"')
        return {**written, "nudges": nudges[:-1], "repeat": last}


class Times(Shape):
    undo_window: Pause
    review_mail_delay: Pause
    forget_after: Duration
    link_life: Duration
    tries: Tries
    reconcile_every: Pause = timedelta(minutes=15)
    removal_grace: Pause = timedelta(minutes=30)


class Digest(Shape):
    at: ClockOrNone = time(8)
    when_quiet: StrictBool = False


class CheckInShape(Shape):
    """On which days after the first contact requesters are asked how they are doing."""

    days: CheckInDays = ()


class InvitationsShape(Shape):
    """How people are asked outside of requests, such as whether they would become supporters."""

    answer_within: Duration = timedelta(days=14)
    remind_after: Duration = timedelta(days=7)
    #: After a yes, and after each thing that coordinators do with it.
    forget_after: Duration = timedelta(days=180)
    ask_again_after: Duration = timedelta(days=365)
    #: A colleague may have a second hard time much sooner.
    refer_again_after: Duration = timedelta(days=90)

    @validates_whole(mode="after")
    def _reminds_before_it_ends(self) -> "InvitationsShape":
        if self.remind_after >= self.answer_within:
            raise ValueError("remind_after is not before answer_within; write a shorter time")
        return self


class WeightsShape(Shape):
    """The table [matching.weights]; keys that it leaves out keep their defaults."""

    role: Weight = DEFAULT.role
    specialty: Weight = DEFAULT.specialty
    department: Weight = DEFAULT.department
    language: Weight = DEFAULT.language
    site: Weight = DEFAULT.site
    times: Weight = DEFAULT.times
    room: Weight = DEFAULT.room
    recent: Weight = DEFAULT.recent
    rest: Weight = DEFAULT.rest
    never: Weight = DEFAULT.never
    rare: Weight = DEFAULT.rare
    caution: Weight = DEFAULT.caution


class NearShape(Shape):
    """A group of ids that are near each other."""

    ids: tuple[str, ...]
    near: Nearness

    @field_validator("ids")
    @classmethod
    def _are_several(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(ids)) < 2 or len(set(ids)) < len(ids):
            raise ValueError("must name two different ids or more")
        return ids


class SimilarShape(Shape):
    """Groups of ids that are similar without being the same."""

    roles: tuple[NearShape, ...] = ()
    specialties: tuple[NearShape, ...] = ()
    departments: tuple[NearShape, ...] = ()


class CatchAllShape(Shape):
    """The ids for all that is not on a list; a table that is left out is guessed by its names."""

    roles: tuple[str, ...] | None = None
    specialties: tuple[str, ...] | None = None
    departments: tuple[str, ...] | None = None


class MatchingShape(Shape):
    weights: WeightsShape = WeightsShape()
    similar: SimilarShape = SimilarShape()
    catch_all: CatchAllShape = CatchAllShape()


class PrivacyShape(Shape):
    """What the privacy page says besides what follows from the other tables."""

    version: Remark = ""
    law: Text | Literal[""] = ""
    backups_kept: Duration = timedelta(days=14)


class HelpShape(Shape):
    """The page for everyone, /help."""

    who_may_ask: Text = WHO_MAY_ASK
    #: The intranet's addresses that may show it in a frame.
    frames: tuple[Origin, ...] = ()


class ReportsShape(Shape):
    """What leadership may know: numbers below the bound are hidden."""

    bound: Bound = 11
    #: Whether quarters or years are reported in parts: both would let people compute more.
    parts: Literal["quarter", "year"] = "quarter"


class FeedbackShape(Shape):
    """How long after a request was closed its requester is asked how it was; off without it."""

    after: Pause = timedelta()


class ProgramShape(Shape):
    """program.toml."""

    name: Line
    mail_name: Line
    time_zone: Zone
    country: Country
    #: The language that everyone in the program speaks.
    language: LanguageCode = "en"
    emergency_text: Text
    legal: Text
    usual_effort: Line = USUAL_EFFORT
    first_call: Text = FIRST_CALL
    #: The color of buttons and links.
    accent: Color = ACCENT
    crisis: Crisis
    people: dict[Id, PersonShape]
    duties: Duties
    roles: dict[Id, RoleGroup]
    specialties: dict[Id, Line]
    departments: dict[Id, Department]
    units: dict[Id, UnitShape] = {}
    urgent: Urgent
    quiet_hours: QuietHoursShape
    working_hours: WorkingHoursShape = WorkingHoursShape()
    closed_days: ClosedDays = {}
    promises: dict[PromiseKind, PromiseShape] = {}
    times: Times
    check_in: CheckInShape = CheckInShape()
    digest: Digest = Digest()
    invitations: InvitationsShape = InvitationsShape()
    matching: MatchingShape = MatchingShape()
    privacy: PrivacyShape = PrivacyShape()
    help: HelpShape = HelpShape()
    reports: ReportsShape = ReportsShape()
    feedback: FeedbackShape = FeedbackShape()

    @field_validator("people", "roles", "departments")
    @classmethod
    def _has_entries(cls, table: dict[str, Shape]) -> dict[str, Shape]:
        if not table:
            raise ValueError("is empty; add at least one")
        return table


class OpenHours(Shape):
    days: Weekdays
    opens: Clock
    closes: ClosingTime

    @validates_whole(mode="after")
    def _ends_after_it_begins(self) -> "OpenHours":
        if self.closes <= self.opens:
            raise ValueError(
                'closes before it opens; for a night write two stretches, up to "24:00" and from'
                ' "00:00"'
            )
        return self


class Resource(Shape):
    name: Line
    kind: Line
    what_for: Line
    contact: Line
    link: Link = ""
    always_open: bool = False
    hours: tuple[OpenHours, ...] = ()
    hours_text: Remark = ""
    #: Times that are kept free for people of this program.
    expedited: tuple[OpenHours, ...] = ()
    expedited_text: Remark = ""
    #: Where a partner is told, once the requester said yes, that they would like to be contacted.
    email: MailAddress | None = None
    hand_over: bool = False

    @validates_whole(mode="after")
    def _can_be_told_of_people(self) -> "Resource":
        if self.hand_over and not self.email:
            raise ValueError("has hand_over but no email; add the address that is told")
        if self.expedited and not self.expedited_text:
            raise ValueError(
                'has expedited but no expedited_text; say it in words, "Two hours kept for you"'
            )
        return self

    @validates_whole(mode="after")
    def _says_once_when_it_is_open(self) -> "Resource":
        if self.always_open and self.hours:
            raise ValueError("is always open and has hours; give one of the two")
        if self.hours and not self.hours_text:
            raise ValueError(
                'has hours but no hours_text; say them in words, "Monday to Friday, 8 AM to 5 PM"'
            )
        return self


class ResourcesShape(Shape):
    """resources.toml."""

    resources: dict[Id, Resource]
