"""Templates compiled once per process, however many environments load them."""

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """The compiled code of each template, valid while the template's text is unchanged."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._held.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep only the code of the newest text: admins may change theirs often."""
        if bucket.code is not None:
            self._held[bucket.key] = bucket.checksum, bucket.code


COMPILED = CompiledTemplates()
