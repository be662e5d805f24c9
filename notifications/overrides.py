"""The admins' own mail templates, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from notifications.examples.problems import problems
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import Composer
from program.files import INSTEAD, TEMPLATES
from program.problems import Problem, quoted

OURS = Path(__file__).parent.parent / TEMPLATES
PARTS = ("subject.txt", "body.txt", "body.html")


def warnings_about(overrides: Mapping[str, str]) -> list[Problem]:
    """Warn of templates that replace nothing, cannot be rendered, or lack a required fact.

    A warning does not stop the program from being adopted: our own text is sent instead.
    """
    allowed = f"they are called templates/email/NAME/PART, with {quoted(PARTS)} as PART"
    unknown = [
        Problem(f"{TEMPLATES}/{name}", "", "replaces nothing", allowed, is_warning=True)
        for name in overrides
        if not _is_ours(name)
    ]
    return [*unknown, *_failing({n: overrides[n] for n in overrides if _is_ours(n)})]


def _failing(texts: Mapping[str, str]) -> Iterator[Problem]:
    if texts:
        for sentence in problems(Composer(OURS, texts), _changed_by(texts)):
            file, _, what = sentence.partition(": ")
            yield Problem(file, "", what, INSTEAD, is_warning=True)


def _changed_by(texts: Mapping[str, str]) -> set[str]:
    """Return the mails that these templates change; what all others say is ours."""
    changed = {name.split("/")[1] for name in texts}
    return set(EMAILS) if "_layout" in changed else changed


def _is_ours(name: str) -> bool:
    kind, _, rest = name.partition("/")
    email, _, part = rest.partition("/")
    return kind == "email" and (email in EMAILS or email == "_layout") and bool(part)
