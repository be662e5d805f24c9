"""Templates compiled once per process, and sentences marked for translation."""

from types import CodeType

from jinja2 import BytecodeCache, Environment
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


#: Marks sentences of templates as entries of a catalog: `{% trans %}…{% endtrans %}` and `_()`.
TRANSLATABLE = ["jinja2.ext.i18n"]


def translate_nothing(environment: Environment) -> None:
    """Let marked sentences read as they are written, and line breaks in them count as blanks."""
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
