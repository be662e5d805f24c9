"""All pages in all states with one program, rendered as a browser gets them."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lib.languages.language import Language
from lib.templates import COMPILED, TRANSLATABLE, Environments, speak_english
from lib.unbroken import unbroken
from notifications.examples.samples import requesters_languages
from pages.examples import admins, matched, own, public, requester, reviewing, supporter, unclear
from pages.examples.program import everybody, handed_over, invited, referred, reports
from pages.examples.shown import Pages, Scene, SpokenScene
from pages.examples.stage import NotPossible, Stage
from pages.examples.theater import theater
from pages.facts.page import site
from program import Program
from workflow.errors import WorkflowError

TEMPLATES = Path(__file__).parents[2] / "templates" / "page"
REQUESTER, SUPPORTER, REVIEWER = "requester", "supporter", "reviewer"
ANYBODY, OWN_PAGES, ADMIN, INVITED = "anybody", "own pages", "admin", "invited"
PARTNER = "partner"
#: Requesters, and people we do not know yet, read their own language.
SPOKEN: tuple[tuple[str, SpokenScene], ...] = (
    (ANYBODY, everybody.help_page), (ANYBODY, everybody.named),
    (ANYBODY, everybody.how_it_was),
    (ANYBODY, public.links), (ANYBODY, public.kept),
    (REQUESTER, requester.on_its_way), (REQUESTER, requester.late),
    (REQUESTER, requester.by_phone), (REQUESTER, requester.correcting),
    (REQUESTER, requester.asked_first), (REQUESTER, requester.checked_in_on),
    (REQUESTER, handed_over.of_its_requester),
    (REQUESTER, requester.twice), (REQUESTER, requester.over), (REQUESTER, requester.asked_twice),
    (INVITED, referred.worried_about), (INVITED, referred.after_an_event),
    (INVITED, referred.to_group_session),
)  # fmt: skip
IN_ENGLISH: tuple[tuple[str, Scene], ...] = (
    (ANYBODY, public.signing_on),
    (REVIEWER, reviewing.arrived), (REVIEWER, reviewing.asked), (REVIEWER, reviewing.seldom),
    (REVIEWER, reviewing.urgent), (REVIEWER, reviewing.by_phone), (REVIEWER, reviewing.wishes),
    (REVIEWER, reviewing.away_from_it), (REVIEWER, reviewing.doubles),
    (REVIEWER, reviewing.alike), (REVIEWER, reviewing.left_out),
    (REVIEWER, unclear.unit), (REVIEWER, unclear.not_wanted), (REVIEWER, unclear.settled),
    (REVIEWER, unclear.left_out), (REVIEWER, unclear.address), (REVIEWER, unclear.closed),
    (REVIEWER, matched.asked_first), (REVIEWER, matched.as_usual),
    (REVIEWER, matched.supporter_away),
    (REVIEWER, matched.excluded), (REVIEWER, matched.unclear),
    (REVIEWER, matched.corrected), (REVIEWER, matched.merged), (REVIEWER, matched.merged_urgent),
    (REVIEWER, matched.merged_leaving_out),
    (SUPPORTER, supporter.asked), (SUPPORTER, supporter.matched), (SUPPORTER, supporter.ways),
    (SUPPORTER, supporter.not_settled), (SUPPORTER, supporter.wanted_again),
    (SUPPORTER, supporter.over),
    (SUPPORTER, handed_over.of_staff), (PARTNER, handed_over.of_partner),
    (OWN_PAGES, own.boards), (OWN_PAGES, own.quiet_board), (OWN_PAGES, own.of_coordinator),
    (OWN_PAGES, own.of_supporter), (OWN_PAGES, own.free_supporter),
    (OWN_PAGES, own.away_twice),
    (ADMIN, admins.files), (ADMIN, admins.copies),
    (INVITED, invited.asked_to_support), (INVITED, invited.trainings),
    (REVIEWER, invited.all_nominees), (REVIEWER, referred.groups),
    (REVIEWER, reports.for_leadership),
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One rendered page: who reads it, what has happened, and in which language."""

    reader: str
    state: str
    language: str
    template: str
    html: str


def samples(
    program: Program, now: datetime, only: Collection[Callable[..., Pages]] = ()
) -> Iterator[Sample]:
    """Render every page in each state, except those for which this program has no one.

    `only` names some of the scenes. An error says that people could not open a page with this
    program.
    """
    with theater(program, working_morning(program, now)) as built:
        for language in requesters_languages(program):
            for reader, spoken in (one for one in SPOKEN if not only or one[1] in only):
                with built.stage() as stage:
                    yield from _played(reader, spoken(stage, language), stage, language)
        for reader, scene in (one for one in IN_ENGLISH if not only or one[1] in only):
            with built.stage() as stage:
                yield from _played(reader, scene(stage), stage, program.english)


def working_morning(program: Program, now: datetime) -> datetime:
    """Return ten o'clock of the next Monday, when the program's people are there."""
    local = now.astimezone(program.zone)
    monday = local + timedelta(days=7 - local.weekday())
    return monday.replace(hour=10, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def _played(reader: str, pages: Pages, stage: Stage, language: Language) -> Iterator[Sample]:
    with suppress(NotPossible, WorkflowError):
        for state, page in pages:
            template = environments().speaking(language).get_template(page.template)
            html = template.render(page=page, site=site(stage.casebook, language))
            yield Sample(reader, state, language.tag, page.template, unbroken(html))


@cache
def environments() -> Environments:
    """Return our templates as the service has them, with addresses that lead nowhere."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=TRANSLATABLE,
        bytecode_cache=COMPILED,
    )
    environment.globals |= {"url_for": _address, "csrf_token": lambda: "example"}
    speak_english(environment)
    return Environments(environment)


def _address(endpoint: str, **values: object) -> str:
    return f"#{endpoint}"
