"""Templates are compiled once a process, and anew whenever their text is another."""

from jinja2 import DictLoader, Environment

from lib.templates import CompiledTemplates


def rendered(compiled: CompiledTemplates, text: str) -> str:
    """Render by an environment of its own, as each app and each version of the files has."""
    environment = Environment(loader=DictLoader({"a": text}), bytecode_cache=compiled)  # noqa: S701
    return environment.get_template("a").render(name="Jo")


def test_the_same_text_is_compiled_once() -> None:
    compiled = CompiledTemplates()
    held: list[tuple[str, object]] = []
    for _ in range(2):
        assert rendered(compiled, "Hello {{ name }}") == "Hello Jo"
        held += compiled._held.values()
    assert held[0][1] is held[1][1]


def test_another_text_is_compiled_anew_and_takes_the_place_of_the_old_one() -> None:
    compiled = CompiledTemplates()
    assert rendered(compiled, "Hello {{ name }}") == "Hello Jo"
    assert rendered(compiled, "Dear {{ name }}") == "Dear Jo"
    assert rendered(compiled, "Hello {{ name }}") == "Hello Jo"
    assert len(compiled._held) == 1
