"""Guards over the whole house: what must stay true is a test, not a paragraph."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from commands.registry import Listed
from notifications.mail.catalog import ABOUT_FILES, EMAILS, GATHERED, sent_together_with
from notifications.mail.properties import Leads, Needs, PassedOn, Until
from tests.rows import each
from tests.world import World
from workflow import consequences, table
from workflow.choices import CHOICES_OF_ROLE, EVENT_WORDS
from workflow.model import Audience, Event, Notice, Role, State

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
#: Our folders; import-linter holds which may import which (`make lint`, pyproject.toml).
FOLDERS = (
    "commands", "pages", "worker", "engine", "notifications", "casebook", "program",
    "qualtrics", "store", "matching", "workflow", "invitations", "people", "lib",
)  # fmt: skip
#: At most so many modules stand in one folder: more are two subjects.
MOST_MODULES = 14
#: A longer test file is about two subjects.
MOST_TEST_LINES = 400
#: What waits: for a thread or a program, and for an answer.
WAITING, CONNECTING = ("wait", "join", "communicate"), ("create_connection", "urlopen")
STARTING = ("run", "call", "check_call", "check_output")
ASKING = ("get", "post", "put", "head", "delete", "request")
#: Modules that name mails which no table asks for.
MAILING = (
    "engine/talks.py", "engine/invitations/nominations.py", "engine/invitations/training.py",
    "invitations/kinds.py",
    "notifications/planning.py",
    "notifications/program_mails.py", "notifications/takeover.py", "notifications/telling.py",
)  # fmt: skip
#: Folders whose modules deal with e-mails by name; names of other things are spelled alike.
KNOWING_EMAILS = ("worker/", "engine/", "notifications/", "casebook/", "store/", "workflow/")
#: Where names of e-mails stand together, and why.
NAMING_EMAILS = {
    "notifications/mail/catalog.py": "all their properties",
    "notifications/examples/of_requests.py": "example facts",
    "notifications/examples/of_reviews.py": "example facts",
    "notifications/examples/of_programs.py": "example facts",
    "invitations/kinds.py": "which kind asks by which mail",
    "workflow/table.py": "which event mails what",
    "workflow/consequences.py": "which moment mails what",
}
#: Routes that anybody may call, and what keeps them harmless.
PUBLIC = {
    "qualtrics.look": "answers GET with nothing",
    "qualtrics.receive_event": "signed",
    "qualtrics.receive_workflow": "token",
    "arriving.look_at_link": "leads on alike, whatever the link is",
    "arriving.ask_to_continue": "shows the same neutral page to everybody",
    "arriving.open_link": "session, by a token that only mails carry, and CSRF",
    "arriving.close": "CSRF; ends what is open in this browser",
    "pages.show_case": "session",
    "pages.decide": "session and CSRF",
    "person.ask_for_link": "a form that says the same to everybody",
    "person.mail_link": "CSRF; answers the same to everybody, mails the address on file",
    "person.show_board": "session",
    "person.open_request": "session and CSRF",
    "person.say": "session and CSRF",
    "person.show_me": "session",
    "report.show_report": "session; says nothing of anybody",
    "program.show_program": "session",
    "program.decide": "session and CSRF",
    "copies.show_copies": "session",
    "invited.show_invitation": "session",
    "invited.answer": "session and CSRF",
    "invited.calendar": "session",
    "trainings.show_sessions": "session",
    "trainings.record": "session and CSRF",
    "outreach.show_outreach": "session",
    "outreach.begin": "session and CSRF",
    "nominees.show_nominees": "session",
    "nominees.decide": "session and CSRF",
    "nominees.show_newcomers": "session",
    "copies.tick_off": "session and CSRF",
    "sign_on.go_on": "leads back to our own pages, which ask for their session",
    "pages.privacy": "says what everybody may know",
    "pages.static": "the stylesheet",
    "help.show_help": "says what everybody may know, the same to everybody",
    "feedback.record": "a token that only mails carry, and CSRF; knows of nobody",
    "look.colors": "the institution's color",
    "look.logo": "the institution's logo",
    "health.alive": "says nothing about anybody",
    "health.health": "ages and names of parts only",
    "metrics.metrics": "a token of its own, and it says nothing about anybody",
}


def sources() -> dict[str, str]:
    """Return the text of each module of ours by its path."""
    files = [ROOT / "app.py", ROOT / "settings.py"]
    for folder in FOLDERS:
        files += (ROOT / folder).rglob("*.py")
    return {f"{file.relative_to(ROOT)}": file.read_text() for file in files}


SOURCES = sources()


def test_import_linter_knows_every_folder() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(config["root_packages"]) == set(FOLDERS)
    ours = {path.parent.name for path in ROOT.glob("*/*.py")} - {"tests", "demo", "docs"}
    assert ours == set(FOLDERS)


def test_every_folder_says_in_one_sentence_what_it_holds() -> None:
    for path, source in SOURCES.items():
        if path.endswith("__init__.py"):
            docstring = ast.get_docstring(ast.parse(source))
            assert docstring, path
            assert "\n" not in docstring, path


def test_no_folder_holds_more_than_a_reader_can_survey() -> None:
    count = Counter(path.rpartition("/")[0] for path in SOURCES if "__init__" not in path)
    assert {folder: n for folder, n in count.items() if n > MOST_MODULES} == {}


def test_every_test_file_is_short_enough_to_read() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in TESTS.rglob("*.py")}
    too_long = {name: count for name, count in lines.items() if count > MOST_TEST_LINES}
    assert too_long == {}, "split it by subject"


def test_nothing_that_a_test_waits_for_can_hold_up_the_suite() -> None:
    paths = (path for path in TESTS.rglob("*.py") if path.name != "children.py")
    found = {path.name: [*waiting_for_ever(ast.parse(path.read_text()))] for path in paths}
    assert {name: lines for name, lines in found.items() if lines} == {}


def waiting_for_ever(module: ast.Module) -> Iterable[str]:
    """Yield the calls without a limit, and what would be waited for when the process ends."""
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        given = {keyword.arg for keyword in call.keywords}
        match call.func:
            case ast.Attribute(ast.Name(id=owner), last) | ast.Attribute(
                ast.Attribute(attr=owner), last
            ):
                is_method = True
            case ast.Attribute(_, last):
                owner, is_method = "", True
            case ast.Name(id=last):
                owner, is_method = "", False
            case _:
                continue
        is_endless = (
            (is_method and last in WAITING and not (call.args or given))
            or (owner == "subprocess" and last in STARTING and "timeout" not in given)
            or (owner == "requests" and last in ASKING and "timeout" not in given)
            or (last in CONNECTING and "timeout" not in given and len(call.args) < 2)
            or (last == "Thread" and "daemon" not in given)
            or (is_method and last == "Process" and "daemon" not in given)
            or last == "Popen"  # tests/children.py starts what ends with us.
        )
        if is_endless:
            yield f"line {call.lineno}: {last}"


@each("path", SOURCES)
def test_sql_stands_in_the_store_alone(path: str) -> None:
    if not path.startswith("store/"):
        assert not re.search(r"\b(insert into|update \w+ set|delete from)\b", SOURCES[path])
        assert ".execute(" not in SOURCES[path]


def test_nobody_but_the_app_asks_for_the_time() -> None:
    asking = {
        path
        for path, source in SOURCES.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
    }
    assert asking == {"app.py"}


def test_nobody_but_settings_reads_the_environment() -> None:
    assert {path for path, source in SOURCES.items() if "os.environ" in source} == {"app.py"}


def test_every_route_is_signed_bound_to_a_session_or_on_the_list(world: World) -> None:
    assert {rule.endpoint for rule in world.app.url_map.iter_rules()} == PUBLIC.keys()


def notices() -> list[Notice]:
    tables = [n for step in table.TABLE.values() for n in step.notices]
    tables += [n for step in table.IF_ASKED_FIRST.values() for n in step.notices]
    tables += consequences.CONSEQUENCES.values()
    return [*tables, *table.WELCOMED, *table.URGENT, *table.OFFER, *table.LOOK_AGAIN]


def test_every_email_is_used_and_every_email_that_is_used_exists() -> None:
    sent_by_table = {notice.email for notice in notices()}
    source = "".join(SOURCES[path] for path in MAILING)
    sent_besides = {name for name in EMAILS if f'"{name}"' in source}
    by_property = {*ABOUT_FILES.values(), *(gathered.into for gathered in GATHERED.values())}
    assert sent_by_table | sent_besides | by_property == EMAILS.keys()


def test_every_email_is_in_the_catalog_and_has_its_templates() -> None:
    folders = {path.name for path in (ROOT / "templates/email").iterdir()} - {"_layout"}
    assert folders == EMAILS.keys()


@each("name", EMAILS)
def test_the_answers_of_the_catalog_fit_together(name: str) -> None:
    email = EMAILS[name]
    if email.gathered is not None:
        others = [one for one in sent_together_with(name) if one != name]
        assert email.waits_for_morning or not others, "what leaves at once waits for no other"
        assert EMAILS[email.gathered.into].role is email.role
    if email.by_phone is not None:
        assert email.role is Role.REQUESTER
    if email.is_offer or email.until is Until.READER_IS_AWAY:
        assert email.role is Role.SUPPORTER
    if email.asks_for_match:
        assert email.passed_on is PassedOn.TO_REVIEWERS
    if email.about_files is not None:
        assert email.needs is Needs.FILES
    if email.has_short_link:
        assert email.leads in (Leads.BOARD, Leads.OWN_PAGE)


def test_what_is_gathered_has_an_order() -> None:
    places = Counter((gathered.into, gathered.place) for gathered in GATHERED.values())
    assert set(places.values()) == {1}


@each("path", [path for path in SOURCES if path.startswith(KNOWING_EMAILS)])
def test_only_the_catalog_tells_one_email_from_another(path: str) -> None:
    """Names that stand together are a property of e-mails: it is a field in the catalog."""
    if path not in NAMING_EMAILS:
        literals = (names_in(node) for node in ast.walk(ast.parse(SOURCES[path])))
        assert [names for names in literals if len(names & EMAILS.keys()) > 1] == []


def names_in(node: ast.AST) -> set[str]:
    """Return the texts that stand together in a set, a tuple, a list or a dictionary."""
    match node:
        case ast.Set() | ast.Tuple() | ast.List():
            parts: Iterable[ast.expr | None] = node.elts
        case ast.Dict():
            parts = [*node.keys, *node.values]
        case _:
            return set()
    values = (part.value for part in parts if isinstance(part, ast.Constant))
    return {value for value in values if isinstance(value, str)}


def test_whoever_hears_has_the_role_that_the_email_is_written_for() -> None:
    role_of = {
        "requester": Role.REQUESTER,
        "supporter": Role.SUPPORTER,
        "partner": Role.PARTNER,
    }
    # One mail says to everybody involved that a request was withdrawn.
    for notice in notices():
        if notice.email != "request_withdrawn":
            # What goes to an address that nobody has confirmed says nothing about a role.
            is_noted = notice.audience is Audience.SECOND_ADDRESS
            expected = None if is_noted else role_of.get(notice.audience, Role.REVIEWER)
            assert EMAILS[notice.email].role is expected, notice


def test_every_event_has_words() -> None:
    assert EVENT_WORDS.keys() == set(Event)


def test_every_choice_is_possible_somewhere() -> None:
    for role, choices in CHOICES_OF_ROLE.items():
        for choice in choices:
            rows = (table.TABLE.get((s, Event(choice.value))) for s in State)
            assert any(row is not None and role in row.roles for row in rows), choice


DOCS = "\n".join(
    path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
)


def test_every_setting_stands_in_the_docs() -> None:
    names = set(re.findall(r'"([A-Z][A-Z_]{4,})"', (ROOT / "settings.py").read_text()))
    assert len(names) > 10
    assert {name for name in names if name not in DOCS} == set()


#: What the world outside relies on: other addresses and commands may come, none of these may go.
HELD_ROUTES = {
    "/webhooks/qualtrics/events", "/webhooks/qualtrics/workflow", "/alive", "/health",
    "/open/<path:token>", "/page/<int:slot>", "/privacy", "/link", "/me", "/board",
}  # fmt: skip
HELD_COMMANDS = {
    "check", "emails preview", "history", "hold", "match", "migrate", "qualtrics access",
    "qualtrics arrivals", "qualtrics import", "qualtrics map", "qualtrics reconcile",
    "qualtrics subscribe", "qualtrics subscriptions", "qualtrics unsubscribe", "report",
    "revoke", "roster", "version", "worker",
}  # fmt: skip


def commands_of(world: World) -> set[str]:
    """Return the commands of ours, those of a group with its name."""
    found = set()
    group_of_all, context = world.app.cli, click.Context(world.app.cli)
    for name in group_of_all.list_commands(context):
        listed = group_of_all.get_command(context, name)
        command = listed.imported() if isinstance(listed, Listed) else listed
        group: dict[str, object] = getattr(command, "commands", {})
        found |= {f"{name} {one}" for one in group} or {name}
    return found


def test_what_the_world_outside_relies_on_stays(world: World) -> None:
    assert {rule.rule for rule in world.app.url_map.iter_rules()} >= HELD_ROUTES
    assert commands_of(world) >= HELD_COMMANDS


def test_every_command_stands_in_the_docs(world: World) -> None:
    commands = {f"flask {name}" for name in commands_of(world)}
    assert {command for command in commands if command not in DOCS} == set()
    named = set(re.findall(r"`(?:\.venv/bin/)?flask ((?:qualtrics |emails )?[a-z-]+)", DOCS))
    groups = {name.partition(" ")[0] for name in commands_of(world)}
    assert {name for name in named - groups if f"flask {name}" not in commands} == set()


def test_every_decision_stands_in_the_index_by_its_title() -> None:
    pages = [page for page in (ROOT / "docs/decisions").glob("*.md") if page.name != "README.md"]
    titles = {f"- [{page.read_text().splitlines()[0][2:]}]({page.name})" for page in pages}
    index = (ROOT / "docs/decisions/README.md").read_text().splitlines()
    assert {line for line in index if line.startswith("- ")} == titles


def test_every_make_target_is_explained() -> None:
    targets = re.findall(r"^([a-z]+):(.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert {name for name, rest in targets if "##" not in rest} <= {"browser"}
