"""What an admin's template may use: facts, conditions and short loops, and nothing without end."""

from collections.abc import Collection, Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from lib.templates import TRANSLATABLE, speak_english

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
#: What a template may call besides macros: a sentence that a catalog may hold.
SENTENCES = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
_parser = Environment(autoescape=True, extensions=TRANSLATABLE)
speak_english(_parser)


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
    if _depth(tree) > DEEPEST_LOOP:
        yield f"has loops inside each other, more than {DEEPEST_LOOP} deep"


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
