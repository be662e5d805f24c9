"""What every page has: its template, and what it says of the answer that was sent to it."""

from dataclasses import dataclass, field
from typing import ClassVar

from werkzeug.datastructures import MultiDict

from casebook.casebook import Casebook
from casebook.program_in_force import Report


@dataclass(frozen=True)
class Page:
    """All that a template may say besides what stands on every page; it knows it as `page`."""

    template: ClassVar[str]

    @property
    def test_marker(self) -> str:
        """Marks a page about a request that only tries the service out."""
        return ""

    @property
    def version(self) -> int | None:
        """Which version of a request the page shows, for the forms on it."""
        return None


@dataclass(frozen=True)
class SentForm:
    """What a page says of the answer that was sent to it; empty when none was sent."""

    problem: str = ""
    #: The choice that was sent.
    chosen: str = ""
    #: What was filled in and stays so, since only something is missing.
    kept: MultiDict[str, str] = field(default_factory=MultiDict)
    #: The part of the page where something is missing.
    missing: str = ""


@dataclass(frozen=True)
class CrisisLine:
    """The line that answers at any time, and what a tap calls or texts."""

    name: str
    words: str
    emergency: str
    phone: str
    sms: str


@dataclass(frozen=True)
class Site:
    """What stands on every page, whatever it is about; templates know it as `site`."""

    name: str
    legal: str
    crisis: CrisisLine


def site(casebook: Casebook) -> Site:
    program, crisis = casebook.program, casebook.program.toml.crisis
    line = CrisisLine(
        crisis.name, crisis.text, program.toml.emergency_text, crisis.phone, crisis.sms
    )
    return Site(program.toml.mail_name, program.toml.legal, line)


# Pages with a few words


@dataclass(frozen=True)
class ContinuePage(Page):
    """The same for every link, before anything is told."""

    template = "continue.html"


@dataclass(frozen=True)
class ExpiredPage(Page):
    """Offers a fresh link."""

    template = "expired.html"


@dataclass(frozen=True)
class LinkPage(Page):
    """Asks where the link to one's own page is mailed."""

    template = "ask_for_link.html"
    form: SentForm


@dataclass(frozen=True)
class MessagePage(Page):
    """One thing to say, and nothing to do."""

    template = "message.html"
    title: str
    words: str


@dataclass(frozen=True)
class PrivacyPage(Page):
    """What is kept, and for how long."""

    template = "privacy.html"
    forget_after: str


@dataclass(frozen=True)
class ProgramPage(Page):
    """A change to the admins' files: what waits for a decision, or how it was settled."""

    template = "program.html"
    form: SentForm
    #: None once nothing waits any more.
    waits: Report | None
    decided: str
    #: Other files have come since.
    is_replaced: bool
