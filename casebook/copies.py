"""Whose turn it is to delete in Qualtrics by hand what forgotten requests left there."""

from collections.abc import Mapping
from datetime import timedelta

from casebook.casebook import Casebook
from store.forgotten import copies
from store.forgotten.copies import Copy
from store.record import holds

#: What no one has deleted for so long is shown to the admins as well.
TOO_LONG = timedelta(days=45)


def by_hand(casebook: Casebook, *, has_api: bool) -> Mapping[str, list[Copy]]:
    """Return what must be deleted by hand, by the id of each person who is asked to."""
    db, program = casebook.store.read(), casebook.program
    found: dict[str, list[Copy]] = {}
    for copy in () if holds.all_held_since(db) else copies.remaining(db):
        survey = program.forms.get(copy.survey_id)
        if survey is not None and survey.delete_in_qualtrics and has_api:
            continue
        owner = survey.owner if survey is not None else ""
        is_late = program.today(casebook.made_at) - copy.forgotten_on > TOO_LONG
        admins = program.duties.admins if is_late or not program.person(owner) else ()
        for person in dict.fromkeys(((owner,) if owner else ()) + admins):
            found.setdefault(person, []).append(copy)
    return found
