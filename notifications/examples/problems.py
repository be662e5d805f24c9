"""What is wrong with the admins' own templates, tried with every occasion."""

from collections.abc import Collection, Mapping
from html import unescape

from notifications.examples.occasions import occasions
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import ComposeError, Composer
from workflow.model import Role


def problems(composer: Composer, names: Collection[str] = EMAILS.keys()) -> list[str]:
    """Return what is wrong with the admins' overrides of some mails, for `flask check`."""
    found: list[str] = []
    for name in (one for one in EMAILS if one in names):
        for example in occasions(name).values():
            wrong = _problem(composer, name, example)
            if wrong and wrong not in found:
                found.append(wrong)
    return found


def _problem(composer: Composer, name: str, facts: Mapping[str, object]) -> str:
    try:
        message = composer.compose_strictly(name, facts)
    except ComposeError as error:
        return str(error)
    needed = ["link"] if EMAILS[name].has_link else []
    # Staff get a fresh link by the same mail, without the lines for requesters.
    is_for_staff = facts["role"] in (Role.REVIEWER, Role.SUPPORTER)
    if EMAILS[name].may_reach_requester and not is_for_staff:
        needed += ["crisis_text", "emergency_text"]
    bodies = {"body.html": unescape(message.html), "body.txt": message.text}
    for file, body in bodies.items():
        for fact in needed:
            if body and str(facts[fact]) not in body:
                return f"templates/email/{name}/{file}: does not contain {{{{ {fact} }}}}"
    return ""
