"""What each e-mail may be about, with invented facts."""

from collections.abc import Mapping

from notifications.examples.facts import COMMON_FACTS
from notifications.examples.of_programs import OF_PROGRAMS
from notifications.examples.of_requests import OF_REQUESTS
from notifications.examples.of_reviews import OF_REVIEWS

OCCASIONS = OF_REQUESTS | OF_REVIEWS | OF_PROGRAMS
ONE: Mapping[str, Mapping[str, object]] = {"": {}}


def occasions(name: str, facts: Mapping[str, object] | None = None) -> dict[str, dict[str, object]]:
    """Return the facts for each occasion of an e-mail, by the words for the occasion.

    `facts` replace the invented ones, except those that make the occasion.
    """
    common = COMMON_FACTS | dict(facts or {})
    return {words: common | dict(more) for words, more in OCCASIONS.get(name, ONE).items()}
