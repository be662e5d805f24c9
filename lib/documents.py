"""Read and write what is stored as JSON. An error says where a text is damaged, and quotes none."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


class Damaged(Exception):
    """A stored text cannot be read. Trying again does not help; a person must look."""


class Document(Generic[T]):
    """A kind of dataclass, and how it is stored."""

    def __init__(self, kind: type[T]) -> None:
        self._name, self._kind = kind.__name__, kind

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        # Made when it is first needed: making all of them would delay every command.
        return TypeAdapter(self._kind)

    def read(self, text: str) -> T:
        """Return what was stored; Damaged if that cannot be."""
        return self._checked(self._adapter.validate_json, text)

    def of(self, values: dict[str, Any]) -> T:
        """Return one with these fields; Damaged if they do not fit."""
        return self._checked(self._adapter.validate_python, values)

    def _checked(self, validate: Callable[[Any], T], given: object) -> T:
        try:
            return validate(given)
        except ValidationError as error:
            places = {".".join(map(str, one["loc"])) or "JSON" for one in error.errors()}
        # Outside of the handler, so that no traceback shows what pydantic quotes.
        raise Damaged(f"{self._name}: {', '.join(sorted(places))}")

    def write(self, one: T, **kwargs: Any) -> str:
        return self._adapter.dump_json(one, **kwargs).decode()
