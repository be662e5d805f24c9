"""Tells what people typed into a workflow body from what the form's link carries there.

Whoever spreads the link may write anything into its part, also what looks like other answers.
"""

import re
from collections.abc import Iterable, Mapping

from qualtrics.delivery import METADATA
from qualtrics.survey import FROM_THE_LINK, SurveyMap

#: Bodies that were printed earlier have these behind what the link carries, not before it.
TYPED_LAST = ("unit", "not_wanted", "note")
CONTACT = ("name", "email", "phone")


def certain(
    survey: SurveyMap, answers: Mapping[str, object], *, is_broken: bool = False
) -> dict[str, object]:
    """Return the answers that the link cannot have added.

    A name comes once in valid JSON. So what people type last counts behind the link as well, if
    nothing of it stands before: then the body was printed earlier.
    """
    names, link = list(answers), _keys([survey], FROM_THE_LINK)
    place = min((names.index(key) for key in link & {*names}), default=len(names))
    before, typed = {*names[:place]}, _keys([survey], TYPED_LAST)
    later = typed if not is_broken and typed.isdisjoint(before) else set()
    counted = (_keys([survey], type(survey.facts).model_fields) & (before | later)) | link
    metadata = {*METADATA.values()}
    return {name: answers[name] for name in names if name in counted or name in metadata}


def typed_part(text: str, surveys: Iterable[SurveyMap], begin: int = 0) -> str:
    """Return the text of a body from `begin` on, without what the form's link carries."""
    surveys = list(surveys)
    place = min((_places(text, key)[0] for key in _keys(surveys, FROM_THE_LINK)
                 if _places(text, key)), default=len(text))  # fmt: skip
    parts = [text[begin:place]]
    if not any(_places(text[:place], key) for key in _keys(surveys, TYPED_LAST)):
        asked = _keys(surveys, (*CONTACT, *TYPED_LAST))
        # The link can't write behind the owner's own key, which so is the last one.
        later = [_places(text[place:], key)[-1:] for key in asked if not _places(text[:place], key)]
        starts = [place + at for found in later for at in found]
        parts += [text[max(begin, min(starts)) :]] if starts else []
    return "\n".join(filter(None, map(str.strip, parts)))


def _keys(surveys: Iterable[SurveyMap], facts: Iterable[str]) -> set[str]:
    facts = list(facts)
    sources = (survey.source(fact) for survey in surveys for fact in facts)
    return {source.key for source in sources if source is not None and source.key is not None}


def _places(text: str, key: str) -> list[int]:
    return [found.start() for found in re.finditer(rf'"{re.escape(key)}"\s{{0,9}}:', text)]
