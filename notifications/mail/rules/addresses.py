"""No web address in an admin's mail is made of facts: scanners open addresses by themselves."""

import re
from collections.abc import Iterable, Iterator, Mapping

from jinja2 import nodes

#: What mail programs and scanners take for an address, with or without its beginning.
ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s\"'<>]+|\b[\w-]+(?:\.[\w-]+)+/[^\s\"'<>]*", re.IGNORECASE
)
#: What may follow an address in a sentence.
ENDING = ".,;:!?)]}…"
#: What is shown or not as a fact says.
CHOOSING = (nodes.If, nodes.CondExpr, nodes.For, nodes.Macro)


def chosen_address(tree: nodes.Template) -> str:
    """Return an address that a fact chooses, or that may be part of one; "" without one."""
    texts = (
        *(text for choosing in tree.find_all(CHOOSING) for text in literals(choosing)),
        *(f"{const.value}" for const in tree.find_all(nodes.Const)),
    )
    return next((text.strip()[:80] for text in texts if holds_address(text)), "")


def address_of_facts(text: str, written: Iterable[str], facts: Mapping[str, object]) -> str:
    """Return an address that is neither written in a template nor a part of one fact."""
    known = [*written, *_values(facts)]
    found = (match[0].rstrip(ENDING) for match in ADDRESS.finditer(text))
    return next((one for one in found if not any(one in whole for whole in known)), "")


def literals(tree: nodes.Node) -> Iterator[str]:
    """Yield what a template says in its own words."""
    yield from (data.data for data in tree.find_all(nodes.TemplateData))


def holds_address(text: str) -> bool:
    return "://" in text or ADDRESS.search(text) is not None


def _values(fact: object) -> Iterator[str]:
    """Yield the texts in facts, however deep."""
    if isinstance(fact, str):
        yield fact
    elif isinstance(fact, Mapping):
        for one in fact.values():
            yield from _values(one)
    elif isinstance(fact, list | tuple):
        for one in fact:
            yield from _values(one)
    elif hasattr(fact, "__dict__"):
        yield from _values(vars(fact))
