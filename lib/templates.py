"""Templates compiled once per process, and environments that speak one language."""

from collections.abc import Iterable
from types import CodeType

from jinja2 import BytecodeCache, Environment, pass_environment
from jinja2.bccache import Bucket
from jinja2.filters import make_attrgetter

from lib.languages.language import ENGLISH, Language, Said, for_templates
from lib.languages.said import joined

MOST_LANGUAGES = 12


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


def speak_english(environment: Environment) -> None:
    """Let marked sentences read as they are written, and line breaks in them count as blanks."""
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.finalize = ENGLISH.anew
    environment.filters["join"] = _join
    environment.globals |= {**for_templates(ENGLISH), "language": ENGLISH.tag}


@pass_environment
def _join(
    environment: Environment, parts: Iterable[object], between: str = "", attribute: str = ""
) -> Said:
    """Join texts as Jinja does, but so that each sentence among them is still said anew."""
    named = map(make_attrgetter(environment, attribute), parts) if attribute else parts
    return joined(between, named)


class Environments:
    """One environment for each language, with the same templates, compiled once for all."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._speaking: dict[Language, Environment] = {}

    def speaking(self, language: Language) -> Environment:
        """Return the environment of a language; few are kept, as admins may change their texts."""
        if language not in self._speaking:
            if len(self._speaking) >= MOST_LANGUAGES:
                self._speaking.clear()
            spoken = self._environment.overlay(finalize=language.anew)
            own = {**for_templates(language), "language": language.tag}
            spoken.globals = {**self._environment.globals, **own}
            self._speaking[language] = spoken
        return self._speaking[language]
