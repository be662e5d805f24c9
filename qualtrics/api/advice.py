"""Advice for an admin about a failed call: the setting to compare, or who can grant the right."""

from qualtrics.api.access import SCOPE
from qualtrics.api.client import QualtricsError

WAY_B = "way (b) of docs/qualtrics.md, a workflow task, needs no such right"
WAY_C = "way (c) of docs/qualtrics.md, a workflow task with the answers, needs none"
UNKNOWN_ACCESS = (
    "Qualtrics does not know this access. Compare QUALTRICS_API_TOKEN with Account Settings,"
    " Qualtrics IDs (making a new token ends the old one), and QUALTRICS_BASE_URL with the data"
    " center shown there"
)
UNKNOWN_CLIENT = (
    "Qualtrics gave no OAuth token. Compare QUALTRICS_CLIENT_ID and QUALTRICS_CLIENT_SECRET with"
    f" the client's page in Qualtrics, and its scopes with: {SCOPE}"
)
NOT_GRANTED = {
    "api": (
        "This account may not use the API. A brand administrator can grant it: Admin, Users, the"
        f' account, permission "Access API". Until then {WAY_C}'
    ),
    "subscriptions": (
        "Only a brand administrator's access may see and make event subscriptions. Ask a brand"
        f" administrator for it, or to subscribe for you; {WAY_B}"
    ),
    "survey": (
        "This account may not read the survey. Its owner can share it: Collaborate, with editing"
        " and viewing of responses; a brand administrator can, too. Without the API a .qsf file"
        " does as well"
    ),
}
NOT_FOUND = {
    "subscriptions": (
        "Qualtrics knows no such subscription; `flask qualtrics subscriptions` lists them"
    ),
    "survey": (
        "Qualtrics shows this account no such survey. Compare its id with the address of the form;"
        " if it is right, the survey's owner can share it: Collaborate, with editing and viewing of"
        " responses"
    ),
}


def advice(error: QualtricsError, about: str) -> str:
    """Return what to do about a failed call; `about` is api, subscriptions or survey."""
    sentence = _sentence(error, about)
    return f"{sentence} ({error})." if sentence else f"{error}{_again(error)}."


def _sentence(error: QualtricsError, about: str) -> str:
    if error.needs_human and str(error).startswith("No OAuth token"):
        return UNKNOWN_CLIENT
    if error.status == 401:
        return UNKNOWN_ACCESS
    if error.status == 403:
        return NOT_GRANTED[about]
    return NOT_FOUND.get(about, "") if error.status == 404 else ""


def _again(error: QualtricsError) -> str:
    return "; trying again later can help" if error.is_transient else ""
