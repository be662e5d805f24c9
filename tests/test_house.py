"""Guards over the whole house: what must stay true is a test, not a paragraph."""

import ast
import re
from pathlib import Path

import pytest

from notifications.compose import EMAILS
from tests.world import World
from workflow import reminders, table, telling
from workflow.choices import EVENT_WORDS, OF_ROLE, TO_SAY, TOLD
from workflow.model import Event, Notice, Role, State

ROOT = Path(__file__).parent.parent
RULES, ADAPTERS, ENGINE, EDGES, APP = range(5)

#: Every module of ours and its ring: it imports from its own ring or further in.
RING_OF = {
    "app": APP,
    **dict.fromkeys(
        ("qualtrics.views", "qualtrics.commands", "qualtrics.intake_commands",
         "qualtrics.mapping_commands", "qualtrics.asking",
         "workflow.views", "workflow.case_page", "workflow.following",
         "workflow.reviewer_answers", "workflow.commands", "workflow.health", "workflow.heartbeat",
         "workflow.program_pages", "workflow.person_pages", "workflow.roster_commands",
         "workflow.check_command",
         "workflow.matching_commands", "workflow.refusals", "workflow.report_commands",
         "workflow.rounds", "workflow.visits", "workflow.worker"), EDGES),
    **dict.fromkeys(
        ("workflow.engine", "workflow.asking", "workflow.casebook", "workflow.forgetting",
         "workflow.permitting", "workflow.intake", "workflow.mailroom", "workflow.letters",
         "workflow.case_facts", "workflow.desk", "workflow.where_things_stand",
         "workflow.envelopes", "workflow.nudges", "workflow.occasions", "workflow.program_mails",
         "workflow.readers", "workflow.reminding", "workflow.taking_over",
         "workflow.adoption", "workflow.programs", "workflow.watching",
         "workflow.attendance", "workflow.digest", "workflow.board", "workflow.covering",
         "workflow.in_vain",
         "workflow.overview", "workflow.own_page", "workflow.resting", "workflow.talks",
         "workflow.sending", "workflow.pages", "workflow.requester_page", "workflow.supporter_page",
         "workflow.reviewer_page", "workflow.candidates", "workflow.history",
         "workflow.identities", "workflow.reconciling",
         "workflow.tallies", "workflow.twice", "workflow.upkeep", "workflow.waiting"), ENGINE),
    **dict.fromkeys(
        ("settings", "settings_values", "program", "program.changes", "program.checks",
         "program.draft", "program.exposure", "program.entries", "program.files",
         "program.matching", "program.overrides", "program.problems", "program.promises",
         "program.roster", "program.shapes", "program.spreadsheet", "program.values",
         "program.working_hours",
         "qualtrics.client", "qualtrics.access", "qualtrics.calls", "qualtrics.files",
         "qualtrics.wire",
         "qualtrics.advice", "qualtrics.forms", "notifications.mailer",
         "store.absences", "store.alarms", "store.cases", "store.database", "store.deliveries",
         "store.migrations", "store.outbox", "store.programs", "store.readiness",
         "store.reconciliations",
         "store.sealing", "store.secrets",
         "store.together", "store.uses"), ADAPTERS),
    **dict.fromkeys(
        ("workflow.choices", "workflow.clocks", "workflow.deciding", "workflow.faults",
         "workflow.absences", "workflow.coverage", "workflow.exclusions", "workflow.fairness",
         "workflow.matching", "workflow.merging", "workflow.weights", "workflow.what_if",
         "workflow.wishes", "workflow.sameness", "workflow.sharing",
         "workflow.model", "workflow.names", "workflow.reminders", "workflow.resources",
         "workflow.reviewers", "workflow.saying", "workflow.supporters",
         "workflow.errors", "workflow.fitting", "workflow.people", "workflow.promising",
         "workflow.table", "workflow.telling", "workflow.troubles", "workflow.transitions",
         "workflow.unwanted", "workflow.words",
         "workflow.working_time",
         "qualtrics.answers", "qualtrics.broken", "qualtrics.delivery", "qualtrics.reading",
         "qualtrics.recovery",
         "qualtrics.survey", "qualtrics.values", "qualtrics.drift", "qualtrics.mapping",
         "qualtrics.questions", "qualtrics.definition", "qualtrics.response_schema",
         "qualtrics.form_reading", "qualtrics.recognizing", "qualtrics.wording",
         "qualtrics.workflow_body",
         "notifications.compose", "notifications.links", "notifications.preview"), RULES),
}  # fmt: skip
#: Modules that name mails which no table asks for.
MAILING = ("envelopes", "mailroom", "nudges", "program_mails", "taking_over", "talks", "telling")
FORBIDDEN_IN_RULES = {"flask", "requests", "sqlite3", "sqlite_utils", "time", "socket", "smtplib"}
#: Routes that anybody may call, and what keeps them harmless.
PUBLIC = {
    "qualtrics.look": "answers GET with nothing",
    "qualtrics.receive_event": "signed",
    "qualtrics.receive_workflow": "token",
    "pages.look_at_link": "shows the same neutral page to everybody",
    "pages.open_link": "signed link",
    "pages.show_case": "session",
    "pages.decide": "session and CSRF",
    "person.ask_for_link": "a form that says the same to everybody",
    "person.mail_link": "CSRF; answers the same to everybody, mails the address on file",
    "person.show_board": "session",
    "person.open_request": "session and CSRF",
    "person.say": "session and CSRF",
    "person.show_me": "session",
    "program.show_program": "session",
    "program.decide": "session and CSRF",
    "pages.privacy": "says what everybody may know",
    "pages.static": "the stylesheet",
    "health.alive": "says nothing about anybody",
    "health.health": "ages and names of parts only",
}


def all_modules() -> set[str]:
    files = [ROOT / "app.py", *ROOT.glob("settings*.py")]
    for folder in ("program", "qualtrics", "workflow", "notifications", "store"):
        files += (ROOT / folder).rglob("*.py")
    names = {".".join(f.relative_to(ROOT).with_suffix("").parts) for f in files}
    empty = {n for n in names if n.endswith("__init__") and n != "program.__init__"}
    return {n.removesuffix(".__init__") for n in names - empty}


def imported_by(module: str) -> set[str]:
    path = ROOT.joinpath(*module.split("."))
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_every_module_has_a_ring() -> None:
    assert all_modules() == set(RING_OF)


@pytest.mark.parametrize("module", RING_OF)
def test_imports_point_inward(module: str) -> None:
    ours = imported_by(module) & RING_OF.keys()
    assert {m for m in ours if RING_OF[m] > RING_OF[module]} == set()


@pytest.mark.parametrize("module", [m for m, ring in RING_OF.items() if ring == RULES])
def test_rules_do_no_io(module: str) -> None:
    roots = {name.partition(".")[0] for name in imported_by(module)}
    assert roots & FORBIDDEN_IN_RULES == set()


@pytest.mark.parametrize("module", RING_OF)
def test_sql_stands_in_the_store_alone(module: str) -> None:
    if not module.startswith("store."):
        assert not {n for n in imported_by(module) if n == "sqlite3"} - (
            {"sqlite3"} if RING_OF[module] == EDGES else set()
        )
        path = ROOT.joinpath(*module.split("."))
        source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
        assert not re.search(r"\b(insert into|update \w+ set|delete from)\b", source)
        assert ".execute(" not in source


def test_nobody_but_the_edge_asks_for_the_time() -> None:
    asking = {
        module
        for module in RING_OF
        if module != "app"
        for node in ast.walk(ast.parse((_path(module)).read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
    }
    assert asking == set()


def test_nobody_but_settings_reads_the_environment() -> None:
    asking = {m for m in RING_OF if "os.environ" in _path(m).read_text()} - {"app"}
    assert asking == set()


def _path(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def test_every_route_is_signed_bound_to_a_session_or_on_the_list(world: World) -> None:
    assert {rule.endpoint for rule in world.app.url_map.iter_rules()} == PUBLIC.keys()


def notices() -> list[Notice]:
    tables = [n for step in table.TABLE.values() for n in step.notices]
    tables += reminders.CONSEQUENCES.values()
    return [*tables, *table.WELCOMED, *table.URGENT, *table.OFFER, *table.LOOK_AGAIN]


def test_every_email_is_used_and_every_email_that_is_used_exists() -> None:
    sent_by_table = {notice.email for notice in notices()}
    source = "".join(_path(f"workflow.{name}").read_text() for name in MAILING)
    sent_besides = {name for name in EMAILS if f'"{name}"' in source}
    assert sent_by_table | sent_besides == EMAILS.keys()


def test_whoever_hears_has_the_role_that_the_email_is_written_for() -> None:
    role_of = {
        "requester": Role.REQUESTER,
        "supporter": Role.SUPPORTER,
    }
    # One mail says to everybody involved that a request was withdrawn.
    for notice in notices():
        if notice.email != "request_withdrawn":
            expected = role_of.get(notice.audience, Role.REVIEWER)
            assert EMAILS[notice.email].role is expected, notice


def test_every_event_has_words() -> None:
    assert EVENT_WORDS.keys() == set(Event)


def test_every_choice_is_possible_somewhere() -> None:
    for role, choices in OF_ROLE.items():
        for choice in choices:
            rows = (table.TABLE.get((s, Event(choice.value))) for s in State)
            assert any(row is not None and role in row.roles for row in rows), choice


def test_what_must_be_told_can_be_told() -> None:
    assert TOLD.keys() == TO_SAY.keys() == telling.MUST_BE_TOLD


DOCS = "\n".join(
    path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
)


def test_every_setting_stands_in_the_docs() -> None:
    names = set(re.findall(r'"([A-Z][A-Z_]{4,})"', (ROOT / "settings.py").read_text()))
    assert len(names) > 10
    assert {name for name in names if name not in DOCS} == set()


def test_every_command_stands_in_the_docs(world: World) -> None:
    ours = {"emails", "qualtrics"}
    commands = {
        f"flask {name}"
        for name, command in world.app.cli.commands.items()
        if name not in ("run", "shell", "routes") and name not in ours
    }
    for group in ours:
        group_commands = getattr(world.app.cli.commands[group], "commands", {})
        commands |= {f"flask {group} {name}" for name in group_commands}
    assert {command for command in commands if command not in DOCS} == set()
    named = set(re.findall(r"`(?:\.venv/bin/)?flask ((?:qualtrics |emails )?[a-z-]+)", DOCS))
    assert {name for name in named if f"flask {name}" not in commands | ours} == set()


def test_every_decision_stands_in_the_index_by_its_title() -> None:
    pages = [page for page in (ROOT / "docs/decisions").glob("*.md") if page.name != "README.md"]
    titles = {f"- [{page.read_text().splitlines()[0][2:]}]({page.name})" for page in pages}
    index = (ROOT / "docs/decisions/README.md").read_text().splitlines()
    assert {line for line in index if line.startswith("- ")} == titles


def test_every_make_target_is_explained() -> None:
    targets = re.findall(r"^([a-z]+):(.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert {name for name, rest in targets if "##" not in rest} <= {"browser"}


@pytest.mark.parametrize(
    "path", ["/open/nothing", "/case/PS-7K3QF/reviewer", "/privacy", "/nothing"]
)
def test_every_page_is_private_and_strict(world: World, path: str) -> None:
    answer = world.app.test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
