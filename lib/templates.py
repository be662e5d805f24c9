"""Templates compiled once a process, however many environments load them."""

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """The code of each template, as long as its text is the one that it was compiled from."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._held.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Hold the newest text's code only: admins may change their own words often."""
        if bucket.code is not None:
            self._held[bucket.key] = bucket.checksum, bucket.code


COMPILED = CompiledTemplates()
