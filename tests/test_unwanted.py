"""Whom the requester means: what is certain, what may be, and what a reviewer settles."""

from hypothesis import given
from hypothesis import strategies as st

from people import units
from people.lists import Lists
from people.not_wanted import certain_ids, merged, settled, with_recognized
from people.records import Identity, Unclear
from people.units import Unit, Units, with_units

LISTS = Lists(
    {"amara": "Amara Cole", "dana": "Dana Cole", "beth": "Beth Lindgren", "pia": "Pia Vale"}
)
COLE = Unclear("Cole", ("amara", "dana"))
ids = st.sampled_from(sorted(LISTS.names))
texts = st.lists(st.sampled_from(["Cole", "A. Cole", "Lindgren", "Robin Vale", "the tall one"]))
identities = texts.map(lambda said: with_recognized(Identity(not_wanted=", ".join(said)), LISTS))


def test_everybody_who_could_be_meant_is_excluded_and_the_rest_is_left_as_typed() -> None:
    found = with_recognized(Identity(not_wanted="Cole, Lindgren, the tall one"), LISTS)
    assert found.not_wanted_ids == ("beth", "amara", "dana")
    assert (found.unclear, found.not_wanted) == ((COLE,), "the tall one")
    assert certain_ids(found) == ("beth",)


def test_who_is_meant_stays_excluded_and_the_others_are_free() -> None:
    found = with_recognized(Identity(not_wanted="Cole, Lindgren"), LISTS)
    assert settled(found, COLE, ["dana"]).not_wanted_ids == ("beth", "dana")
    assert settled(found, COLE, []).not_wanted_ids == ("beth",)
    assert settled(found, COLE, []).unclear == ()


def test_one_settled_name_frees_nobody_whom_another_could_mean() -> None:
    found = with_recognized(Identity(not_wanted="Cole; Coole"), LISTS)
    assert len(found.unclear) == 2
    once = settled(found, found.unclear[0], [])
    assert set(once.not_wanted_ids) == {"amara", "dana"}
    assert settled(once, once.unclear[0], ["amara"]).not_wanted_ids == ("amara",)


@given(identities)
def test_recognizing_again_changes_nothing(identity: Identity) -> None:
    assert with_recognized(identity, LISTS) == identity


@given(identities, identities)
def test_of_two_requests_no_exclusion_gets_lost(older: Identity, newer: Identity) -> None:
    both = merged(older, newer)
    assert set(both.not_wanted_ids) == {*older.not_wanted_ids, *newer.not_wanted_ids}
    assert set(certain_ids(both)) == {*certain_ids(older), *certain_ids(newer)}
    assert older.not_wanted in both.not_wanted
    assert newer.not_wanted in both.not_wanted


@given(identities, st.lists(ids, max_size=1))
def test_settling_all_leaves_who_is_certain_and_who_is_named(
    identity: Identity, meant: list[str]
) -> None:
    before, named = set(certain_ids(identity)), set[str]()
    while identity.unclear:
        name = identity.unclear[0]
        chosen = [id for id in meant if id in name.could_mean]
        named |= set(chosen)
        identity = settled(identity, name, chosen)
    assert set(identity.not_wanted_ids) == before | named


def test_what_a_requester_typed_rests_in_no_cache_once_somebody_else_is_compared() -> None:
    listed = Units([Unit("Surgery 4 East"), Unit("Labor and Delivery", ("L&D",))])
    lists = Lists(LISTS.names, units=listed)

    def compare(number: int) -> None:
        typed = f"Night Float {number}"
        identity = Identity(unit=typed, not_wanted=f"Cole from {typed}, whoever leads {typed}")
        with_recognized(with_units(identity, listed), lists)
        units.drop_cached()

    compare(1)
    kept = cached_texts()
    compare(2)
    assert cached_texts() == kept


def cached_texts() -> int:
    """Return how many texts about units are cached."""
    known = vars(units).values()
    return sum(one.cache_info().currsize for one in known if hasattr(one, "cache_info"))
