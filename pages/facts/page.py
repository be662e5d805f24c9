"""What every page has: its template, and the state of its form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from werkzeug.datastructures import MultiDict

from casebook.casebook import Casebook
from casebook.program_in_force import Report
from casebook.sight.parts import Part, is_long, parts_of
from lib.languages.language import Language
from program.look import ACCENT


@dataclass(frozen=True)
class Page:
    """What one page shows; its template knows it as `page`."""

    template: ClassVar[str]
    #: Whether a visit opens it, so that its reader can end that visit.
    can_close: ClassVar[bool] = True
    #: Whether a browser may offer to translate it, and so send it to its maker: none with names.
    is_translatable: ClassVar[bool] = False

    @property
    def test_marker(self) -> str:
        """Return the mark of a page about a rehearsal; "" on other pages."""
        return ""

    @property
    def is_about_request(self) -> bool:
        """Tell whether the page is about one request: then its title tells nothing."""
        return False

    @property
    def version(self) -> str:
        """Return the version of the case that the page shows, for its forms; "" without one."""
        return ""


@dataclass(frozen=True)
class SentForm:
    """The form that was sent to a page, and what is wrong with it; empty if none was sent."""

    problem: str = ""
    #: The choice that was sent.
    chosen: str = ""
    #: Values to show again, because something is missing.
    kept: MultiDict[str, str] = field(default_factory=MultiDict)
    #: The part of the page where something is missing.
    missing: str = ""


@dataclass(frozen=True)
class CrisisLine:
    """The crisis line, with the numbers that a tap calls or texts."""

    name: str
    words: str
    emergency: str
    phone: str
    sms: str


@dataclass(frozen=True)
class Site:
    """What every page shows; templates know it as `site`."""

    name: str
    legal: str
    crisis: CrisisLine
    #: Changes with color and logo, so that no browser shows old ones; "" for ours without a logo.
    look: str = ""
    has_logo: bool = False


def site(casebook: Casebook, language: Language) -> Site:
    file, crisis, own = casebook.program.file, casebook.program.file.crisis, language.own
    line = CrisisLine(
        own(crisis.name), own(crisis.text), own(file.emergency_text), crisis.phone, crisis.sms
    )
    program = casebook.program
    has_own = program.logo is not None or file.accent != ACCENT
    return Site(
        file.mail_name,
        own(file.legal),
        line,
        look=program.fingerprint[:8] if has_own else "",
        has_logo=program.logo is not None,
    )


# Short pages


@dataclass(frozen=True)
class ContinuePage(Page):
    """The same for every link, before anything is shown."""

    template = "continue.html"
    can_close = False


@dataclass(frozen=True)
class FromElsewherePage(Page):
    """The same for whomever another site leads to one of our pages."""

    template = "from_elsewhere.html"
    can_close = False
    #: The page that they came for.
    address: str


@dataclass(frozen=True)
class ExpiredPage(Page):
    """Offers a fresh link."""

    template = "expired.html"
    can_close = False


@dataclass(frozen=True)
class NoLinkPage(Page):
    """A link that we do not know: cut off, or of a request that is deleted."""

    template = "no_link.html"
    can_close = False
    #: Where to write for a while after the service was put back from a copy; else "".
    write_to: str


@dataclass(frozen=True)
class SignOnPage(Page):
    """Asks to sign on with the institution's account; says nothing about whose link it is."""

    template = "sign_on.html"
    can_close = False
    signed_on_as: str
    #: Where to sign on, and come back from.
    address: str


@dataclass(frozen=True)
class LinkPage(Page):
    """Asks for the address to which the link to an own page is mailed."""

    template = "ask_for_link.html"
    can_close = False
    form: SentForm


@dataclass(frozen=True)
class MessagePage(Page):
    """A message without a form."""

    template = "message.html"
    can_close = False
    title: str
    words: str


@dataclass(frozen=True)
class AnsweredPage(MessagePage):
    """What a reload says after an answer that ended the visit."""

    @property
    def is_about_request(self) -> bool:
        return True


@dataclass(frozen=True)
class SurePage(Page):
    """Asks again before something that cannot be undone, with the form that was sent."""

    template = "sure.html"
    is_translatable = True
    question: str
    #: The fields of the form, to send again with the answer.
    sent: Sequence[tuple[str, str]]

    @property
    def is_about_request(self) -> bool:
        # What is asked tells in which role someone is here.
        return True


@dataclass(frozen=True)
class ProgramPage(Page):
    """A version of the admins' files: what waits for a decision, or what was decided."""

    template = "program.html"
    form: SentForm
    #: None once it is decided.
    waits: Report | None
    #: The names of the coordinators who decide, if the reader does not.
    deciders: Sequence[str]
    decided: str
    #: A newer version has followed.
    is_replaced: bool
    may_decide: bool = False

    @property
    def parts(self) -> list[Part]:
        """What people would read otherwise, in parts."""
        return parts_of(self.waits.readings) if self.waits else []

    @property
    def must_tick(self) -> bool:
        """Whether each part is ticked before the new files are used."""
        return self.waits is not None and is_long(self.waits.readings)
