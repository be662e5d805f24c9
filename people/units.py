"""Units, as our lists and requesters write them: who works where, and who leads whom there."""

from collections.abc import Collection
from functools import lru_cache

from lib.text import plain_words
from people.records import Identity


def leads_them(units: tuple[str, ...], identity: Identity) -> bool:
    """Tell whether the requester's unit, or one typed before, is among those supervised."""
    if not units:
        return False
    if not identity.former_units:  # As it nearly always is.
        return supervises(units, identity.unit)
    return any(supervises(units, unit) for unit in (identity.unit, *identity.former_units))


def supervises(units: Collection[str], unit: str) -> bool:
    """Tell whether a unit, as typed by the requester, is among those supervised.

    Case, accents, punctuation and plurals aside; the typed words may say more.
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
    """Return the words of a unit, with a space around each; "" when there are none."""
    words = plain_words(text)
    return f" {' '.join(words)} " if words else ""


# Everybody on our lists is compared with one requester: what comes again each time is kept, of our
# lists for the next ones too, of requesters only until the next one is looked at.
_listed = lru_cache(maxsize=1 << 14)(words_of_unit)
_typed = lru_cache(maxsize=2)(words_of_unit)
