"""Units as our lists and requesters write them: who works where, and who leads whom."""

from collections.abc import Collection
from functools import lru_cache

from lib.text import plain_words
from people.records import Identity


def leads_them(units: tuple[str, ...], identity: Identity) -> bool:
    """Tell whether one of these units is the requester's, now or before a correction."""
    if not units:
        return False
    if not identity.former_units:  # The usual case, kept fast.
        return supervises(units, identity.unit)
    return any(supervises(units, unit) for unit in (identity.unit, *identity.former_units))


def supervises(units: Collection[str], unit: str) -> bool:
    """Tell whether a unit that the requester typed is one of these.

    Ignores case, accents, punctuation and plurals; the typed text may have more words.
    """
    if not units:
        return False
    typed = _typed(unit)
    for known in units:
        plain = _listed(known)
        if plain and plain in typed:
            return True
    return False


def words_of_unit(text: str) -> str:
    """Return the words of a unit with a space around each; "" when there are none."""
    words = plain_words(text)
    return f" {' '.join(words)} " if words else ""


# Everybody on our lists is compared with one requester, so words are cached: those of our lists
# for later requests too, those of a requester only until the next one.
_listed = lru_cache(maxsize=1 << 14)(words_of_unit)
_typed = lru_cache(maxsize=2)(words_of_unit)
