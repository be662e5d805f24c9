"""What an admin's template may use: facts, conditions and short loops, and nothing without end."""

from collections.abc import Collection, Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from lib.templates import TRANSLATABLE, speak_english
from notifications.mail.rules import addresses

LAYOUT = "email/_layout/"
LONGEST = 32 * 1024
MOST_COPIES, DEEPEST_LOOP = 500, 2
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.If, nodes.CondExpr, nodes.For, nodes.Block, nodes.Extends, nodes.FromImport,
    nodes.Import, nodes.Include, nodes.Concat, nodes.Tuple, nodes.Call, nodes.Keyword, nodes.Macro,
    nodes.Mul,
)  # fmt: skip
#: These make a text at most a little longer.
FILTERS = {
    "capitalize", "d", "default", "e", "escape", "first", "int", "last", "length", "list", "lower",
    "round", "safe", "sort", "striptags", "title", "trim", "truncate", "unique", "upper",
}  # fmt: skip
#: What a template may call besides macros: a sentence that a catalog may hold, and names in one.
SENTENCES = {"_", "gettext", "ngettext", "pgettext", "npgettext", "either"}
_parser = Environment(autoescape=True, extensions=TRANSLATABLE)
speak_english(_parser)
#: What a subject may say: lock screens and the logs of mail servers show it.
IN_SUBJECT = {
    "reference", "test_marker", "service_name", "reader_name", "due", "due_short", "left",
    "is_overdue", "is_early_call", "tell_by", "must_compare", "state", "event", "counts",
    "headline", "standing", "stands_in", "is_again", "told",
}  # fmt: skip


def broken_rule(name: str, source: str, overridden: Collection[str]) -> str:
    """Return the first thing in a template that is not allowed, with its line; "" when all is."""
    if len(source) > LONGEST:
        return f"is longer than {LONGEST // 1024} KB"
    try:
        tree = _parser.parse(source)
    except TemplateSyntaxError as error:
        return f"TemplateSyntaxError: {error}"
    except RecursionError:
        return "is nested too deeply"
    return next(_broken(tree, name, overridden), "")


def _broken(tree: nodes.Template, name: str, overridden: Collection[str]) -> Iterator[str]:
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    callables = macros | SENTENCES | {"super"} | set(_imported(tree))
    for node in tree.find_all(nodes.Node):
        if what := _reason(node, name, overridden, macros, callables):
            yield f"line {node.lineno} {what}"
    if what := addresses.chosen_address(tree) or _address_of_part(tree, name):
        yield f"has an address that a fact may choose ({what})"
    if name.endswith("/subject.txt"):
        yield from _told_in_subject(tree)
    if _depth(tree) > DEEPEST_LOOP:
        yield f"has loops inside each other, more than {DEEPEST_LOOP} deep"


def _address_of_part(tree: nodes.Template, name: str) -> str:
    """Return an address in a part of the layout, which a mail shows or not as a fact says."""
    is_part = name.startswith(LAYOUT) and not name.startswith(f"{LAYOUT}body.")
    texts = addresses.literals(tree) if is_part else ()
    return next((text.strip()[:80] for text in texts if addresses.holds_address(text)), "")


def _told_in_subject(tree: nodes.Template) -> Iterator[str]:
    names = {node.name for node in tree.find_all(nodes.Name)} - IN_SUBJECT - SENTENCES
    for name in sorted(names):
        yield f"uses {name} in the subject; allowed are {', '.join(sorted(IN_SUBJECT))}"


def _reason(
    node: nodes.Node,
    name: str,
    overridden: Collection[str],
    macros: set[str],
    callables: set[str],
) -> str:
    kind = type(node).__name__.lower()
    match node:
        case nodes.Filter() if node.name not in FILTERS:
            return f"uses the filter {node.name}; allowed are {', '.join(sorted(FILTERS))}"
        case nodes.Call() if not (
            isinstance(node.node, nodes.Name) and node.node.name in callables
        ):
            return "calls something else than a macro"
        case nodes.Macro() if any(_calls(node, macros)):
            return "calls a macro from a macro"
        case nodes.For() if node.recursive or not _is_fact(node.iter):
            return "loops over something else than a fact"
        case nodes.Mul() if not _is_short_copy(node):
            return f"repeats more than {MOST_COPIES} times"
        case nodes.Extends() | nodes.FromImport() | nodes.Import() | nodes.Include():
            return _reason_not_to_refer(node.template, name, overridden)
        case nodes.Helper() | nodes.EvalContextModifier() if not isinstance(node, ALLOWED):
            return "" if isinstance(node, nodes.Operand | nodes.Keyword) else f"uses {kind}"
    return "" if isinstance(node, ALLOWED) else f"uses {kind}, which is not allowed here"


def _imported(tree: nodes.Template) -> Iterator[str]:
    for found in tree.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in found.names)


def _reason_not_to_refer(template: nodes.Node, name: str, overridden: Collection[str]) -> str:
    """Allow parts of the layout; a layout of one's own only parts that are ours: no circles."""
    target = template.value if isinstance(template, nodes.Const) else None
    if not isinstance(target, str) or not target.startswith(LAYOUT):
        return f"refers to something else than {LAYOUT}…"
    if name.startswith(LAYOUT) and target in overridden:
        return f"refers to {target}, which is replaced too"
    return ""


def _calls(macro: nodes.Macro, macros: set[str]) -> Iterator[nodes.Call]:
    for call in macro.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in macros:
            yield call


def _is_fact(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Getattr | nodes.Filter) and node.node is not None:
        return _is_fact(node.node)
    return isinstance(node, nodes.Name)


def _is_short_copy(node: nodes.Mul) -> bool:
    return (
        isinstance(node.right, nodes.Const)
        and (isinstance(node.right.value, int) and 0 <= node.right.value <= MOST_COPIES)
        and not list(node.left.find_all(nodes.Mul))
        and not isinstance(node.left, nodes.Mul)
    )


def _depth(node: nodes.Node) -> int:
    inner = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return inner + isinstance(node, nodes.For)
