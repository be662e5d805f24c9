"""Page templates and what they are given: each name is known, each field is used."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TypeGuard, get_args, get_type_hints

import pytest
from flask import Flask, render_template, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError, meta, nodes
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

import pages.facts
import pages.reports
from casebook.program_in_force import Report
from casebook.sight.parts import Part
from casebook.sight.records import Gain
from lib.templates import TRANSLATABLE
from pages.facts.page import CrisisLine, MessagePage, Page, Site
from tests.examples import TIMES
from tests.world import living
from workflow.choices import Choice

TEMPLATES = Path(__file__).parent.parent / "templates" / "page"
#: What a template may name besides its macros and variables.
KNOWN = {"page", "site", "url_for", "csrf_token", "_", "gettext", "ngettext", "either", "language"}
#: Methods of what a page holds, and what Jinja knows of a loop.
METHODS = {"get", "getlist", "items", "last"}
#: Filters that name a field as a string.
NAMING = {"selectattr", "rejectattr"}
#: Templates that others build on: they name what every page has.
SHARED = {
    "base.html", "_contact.html", "_forms.html", "_hand_over.html", "_partner.html", "_places.html",
    "_reviewing.html",
}  # fmt: skip


def facts() -> list[type]:
    """Return each dataclass of what pages say."""
    folders = (pages.facts, pages.reports)
    modules = [m.name for f in folders for m in pkgutil.walk_packages(f.__path__, f"{f.__name__}.")]
    return [
        one
        for module in modules
        for one in vars(importlib.import_module(module)).values()
        if isinstance(one, type) and is_dataclass(one) and one.__module__ == module
    ]


TREES = {
    path.name: Environment(autoescape=True, extensions=TRANSLATABLE).parse(path.read_text())
    for path in TEMPLATES.glob("*.html")
}
SITE = Site("Care Desk", "Not a crisis line.", CrisisLine("988", "Call.", "Or 911.", "988", ""))
FACTS = facts()
PAGES = {one.template: one for one in FACTS if issubclass(one, Page) and hasattr(one, "template")}


def named_in(tree: nodes.Template) -> Iterator[str]:
    """Yield each name of a field that a template uses, whatever of."""
    for found in tree.find_all(nodes.Getattr):
        yield found.attr
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name in NAMING and isinstance(filtered.args[0], nodes.Const):
            yield filtered.args[0].value


def wrong_in(node: nodes.Node, known: dict[str, object]) -> Iterator[str]:
    """Yield each name below a node that is no field of what the types say stands there.

    `known`: the types behind the variables, as far as they follow from the page's own.
    """
    if isinstance(node, nodes.Getattr):
        owner = type_of(node.node, known)
        if is_facts(owner) and node.attr not in known_of(owner):
            yield f"{owner.__name__}.{node.attr}"
    if isinstance(node, nodes.For):
        known = known | dict(_loop_variables(node, known))
    for child in node.iter_child_nodes():
        yield from wrong_in(child, known)


def type_of(node: nodes.Node, known: dict[str, object]) -> object:
    """Return the type of an expression; None when it does not follow from the page's own."""
    match node:
        case nodes.Name():
            return known.get(node.name)
        case nodes.Getattr():
            owner = type_of(node.node, known)
            return known_of(owner).get(node.attr) if is_facts(owner) else None
        case nodes.Filter() | nodes.Getitem() if node.node is not None:
            # A filter or a slice of ours leaves fewer of the same.
            return type_of(node.node, known)
        case nodes.Add():
            return type_of(node.left, known)
    return None


def _loop_variables(loop: nodes.For, known: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the variable of a loop, and the type of what it goes through."""
    inside = get_args(type_of(loop.iter, known))
    if isinstance(loop.target, nodes.Name) and inside:
        yield loop.target.name, inside[0]


def is_facts(owner: object) -> TypeGuard[type]:
    return isinstance(owner, type) and is_dataclass(owner)


def known_of(owner: type) -> dict[str, object]:
    """Return the type behind each name that a template may use of a page or a part of one."""
    known: dict[str, object] = dict(get_type_hints(owner))
    for base in owner.__mro__:
        properties = (one for one in vars(base).items() if isinstance(one[1], property))
        known |= {name: get_type_hints(one.fget)["return"] for name, one in properties}
    # Of `Contact | None` a template names a field only where there is one.
    return {name: _without_none(hint) for name, hint in known.items()}


def _without_none(hint: object) -> object:
    sides = [side for side in get_args(hint) if side is not type(None)]
    return sides[0] if type(None) in get_args(hint) else hint


def test_every_page_has_a_template_and_every_template_a_page() -> None:
    assert PAGES.keys() | SHARED == TREES.keys()


@pytest.mark.parametrize("name", TREES)
def test_a_template_names_only_what_it_is_given(name: str) -> None:
    tree = TREES[name]
    imported = {
        one if isinstance(one, str) else one[1]
        for found in tree.find_all(nodes.FromImport)
        for one in found.names
    }
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    assert meta.find_undeclared_variables(tree) <= KNOWN | imported | macros


@pytest.mark.parametrize("name", TREES)
def test_a_template_uses_no_field_that_nobody_fills(name: str) -> None:
    known: dict[str, object] = {"page": PAGES.get(name, Page), "site": Site}
    assert set(wrong_in(TREES[name], known)) == set()
    besides = {one.name for owner in (Choice, Report, Gain, Part) for one in fields(owner)}
    filled = {known for owner in FACTS for known in known_of(owner)} | besides | METHODS
    assert set(named_in(TREES[name])) - filled == set()


def test_no_field_is_filled_that_no_template_uses() -> None:
    named = {name for tree in TREES.values() for name in named_in(tree)}
    unused = {
        f"{owner.__name__}.{field.name}"
        for owner in FACTS
        for field in fields(owner)
        if field.name not in named
    }
    assert unused == set()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fills_nothing_that_its_own_template_does_not_use(name: str) -> None:
    used = {
        found.attr
        for found in TREES[name].find_all(nodes.Getattr)
        if isinstance(found.node, nodes.Name) and found.node.name == "page"
    }
    built_on = [one for one in PAGES.values() if one in PAGES[name].__bases__]
    inherited = {field.name for one in built_on for field in fields(one)}
    own = {field.name for field in fields(PAGES[name])} - {"case"} - inherited
    assert own - used == set()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with living(tmp_path_factory.mktemp("pages")) as world:
        yield world.app


#: A requester may read these.
WITH_THE_LAW = {
    "continue.html", "help.html", "privacy.html", "report_alone.html", "requester.html",
}  # fmt: skip
FORMS = st.dictionaries(st.sampled_from(["choice", "first", "although", "email"]), st.text())
st.register_type_strategy(MultiDict, st.builds(MultiDict, FORMS))
st.register_type_strategy(Markup, st.text().map(escape))


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@settings(max_examples=6 * TIMES, deadline=None)
@given(data=st.data())
def test_a_template_renders_whatever_its_page_says(
    service: Flask, page: type[Page], data: st.DataObject
) -> None:
    said = data.draw(st.from_type(page))
    with service.test_request_context():
        shown = render_template(said.template, page=said, site=SITE)
    assert (SITE.legal in shown) is (said.template in WITH_THE_LAW)


def test_a_misspelled_name_is_an_error(service: Flask) -> None:
    page = MessagePage("A title", "Some words")
    with service.test_request_context():
        assert render_template_string("{{ page.words }}", page=page) == "Some words"
        for misspelled in ("{{ page.word }}", "{{ pge.words }}", "{% if page.word %}{% endif %}"):
            with pytest.raises(UndefinedError):
                render_template_string(misspelled, page=page)


def test_wherever_the_crisis_line_is_named_one_tap_calls_it() -> None:
    named = {path.name: path.read_text() for path in TEMPLATES.glob("*.html")}
    assert {name for name, text in named.items() if "crisis.words" in text} >= {"referral.html"}
    for name, text in named.items():
        assert "crisis.words" not in text or "crisis_ways(" in text or "tel:" in text, name
