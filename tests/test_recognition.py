"""Keyed hashes find exactly whom opening every identity would find, and tell nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import duplicates
from casebook.casebook import Casebook
from casebook.recognition import hashes_of
from lib.addresses import canonical
from lib.phones import dialed, digits_of, telling_digits
from lib.text import plain_words
from people import same_person
from people.records import Identity
from people.same_person import is_requester, likeness, traits_of_listed, traits_of_requester
from people.supporters import Supporter
from people.wording import AROUND_A_NAME
from store import cases
from tests.world import REQUESTER, World
from workflow.model import Case, Facts, State

ADDRESSES = ("amara.cole@example.org", " Amara.Cole@EXAMPLE.org", "cole@example.org", "@", "  ", "")
NUMBERS = (
    "860-555-0110", "+1 (860) 555 0110", "8605550110 ext. 12", "860-555-0110 x9", "555-0110",
    "555-0111 or 860-555-0110", "+49 30 1234567", "030/1234567", "1-800-FLOWERS", "0110", "x", "",
    "٨٦٠٥٥٥٠١١٠", "12 34 56 78",
)  # fmt: skip
NAMES = ("Amara Cole", "cole, amara", "José Muñoz", "JOSE MUNOZ", "Cole", "O’Brien Ng", "obrien ng",
         "Kim", "...", "", "Amara B. Cole")  # fmt: skip

contacts = st.sampled_from([*ADDRESSES, *NUMBERS])
typed = st.builds(
    Identity,
    name=st.sampled_from(NAMES),
    email=st.sampled_from(ADDRESSES) | contacts,
    phone=st.sampled_from(NUMBERS) | contacts,
    former_contacts=st.lists(contacts, max_size=2).map(tuple),
)
listed = st.builds(
    Supporter,
    id=st.just("somebody"),
    name=st.sampled_from(NAMES),
    email=st.sampled_from(ADDRESSES),
    role=st.just("nurse"),
    department=st.just("emergency"),
    notify_email=st.sampled_from(ADDRESSES),
    phone=st.sampled_from(NUMBERS),
)


def rule(one: Supporter, identity: Identity) -> bool:
    """Tell in plain words whether somebody listed is the requester, comparing each with each."""
    typed = [c for c in (identity.email, identity.phone, *identity.former_contacts) if c]
    addresses = [canonical(contact) for contact in typed]
    if any(e and canonical(e) in addresses for e in (one.email, one.notify_email)):
        return True
    phones = [contact for contact in typed if "@" not in contact]
    numbers = [digits_of(number) for phone in phones for number in (phone, dialed(phone))]
    if any(known in number for known in telling_digits(one.phone) for number in numbers):
        return True
    return any(name in spellings(identity.name) for name in spellings(one.name))


def spellings(name: str) -> list[list[str]]:
    """Return the words of a whole name, with and without titles and initials."""
    words = sorted(plain_words(name))
    own = [word for word in words if len(word) > 1 and word not in AROUND_A_NAME]
    return [several for several in (words, own) if len(several) > 1]


@given(listed, typed)
def test_who_asks_is_recognized_by_a_trait_and_by_nothing_else(
    one: Supporter, identity: Identity
) -> None:
    assert is_requester(one, identity) is rule(one, identity)
    shared = traits_of_listed(one) & traits_of_requester(identity)
    assert bool(shared) is rule(one, identity)


@given(typed, typed, st.sampled_from(["US", "DE"]))
def test_two_identities_that_look_alike_have_a_trait_in_common(
    one: Identity, other: Identity, country: str
) -> None:
    shared = {*same_person.traits_of_duplicate(one, country)} & {
        *same_person.traits_of_duplicate(other, country)
    }
    assert shared or not likeness(one, other, country)


# Against a database


def submitted(world: World, *several: Identity, is_test: bool = False) -> list[str]:
    now, engine = world.clock(), world.engine
    yesterday = now - timedelta(days=1)
    case = Case("", State.IN_REVIEW, 0, yesterday, yesterday, Facts("emergency", is_mailable=True),
                is_test=is_test)  # fmt: skip
    return [engine.submit(case, one, now, lambda db, id: None).reference for one in several]


def found_by_opening_all(casebook: Casebook) -> set[str]:
    asking = [one.identity for one in casebook.open_cases() if not one.case.is_test]
    supporters = casebook.program.supporters.values()
    return {s.id for s in supporters if any(who and asks_as(s, who) for who in asking)}


def asks_as(supporter: Supporter, identity: Identity) -> bool:
    """Tell whether a request came by an address or a phone of theirs: a name is not enough."""
    return is_requester(supporter, replace(identity, name=""))


def doubles_by_opening_all(casebook: Casebook, reference: str) -> set[str]:
    loaded, country = casebook.load(reference), casebook.program.file.country
    who = loaded.identity or Identity()
    return {
        other.case.reference
        for other in casebook.open_cases()
        if other.case.reference != reference and other.case.is_test == loaded.case.is_test
        and likeness(who, other.identity or Identity(), country)
    }  # fmt: skip


def agree(world: World) -> set[str]:
    """Check that hashes find what opening everything finds; returns who asks for themselves."""
    casebook = world.engine.casebook
    assert casebook.supported == found_by_opening_all(casebook)
    for reference in world.references:
        loaded = casebook.load(reference)
        if loaded.case.is_open and loaded.identity is not None:
            found = duplicates.duplicates_of(casebook, loaded, "jordan-reyes")
            theirs = {double.other.case.reference for double in found}
            assert theirs == doubles_by_opening_all(casebook, reference), reference
    return set(casebook.supported)


def some_people(world: World) -> list[Identity]:
    """Return requesters of every kind: supporters, their namesakes, and the same person twice."""
    roster = list(world.engine.program.supporters.values())
    return [
        Identity("Jamie Quill", "jamie.quill@example.org", "860-555-0199"),
        Identity("J. Q.", "home@example.org", "(860) 555 0199 ext. 4"),
        Identity("Somebody", roster[0].email.upper(), ""),
        Identity("Somebody", "", f"1{roster[1].phone}"),
        Identity(" ".join(reversed(roster[2].name.split())), "x@example.org", ""),
        Identity("Nobody Known", "nobody@example.org", "203-555-0101"),
    ]


def test_hashes_find_whom_opening_every_identity_finds(world: World) -> None:
    submitted(world, *some_people(world))
    submitted(world, *some_people(world)[:1], is_test=True)
    roster = list(world.engine.program.supporters)
    assert agree(world) == set(roster[:2]), "the third was only named"


def test_what_other_rules_hashed_is_opened_and_then_hashed_anew(world: World) -> None:
    submitted(world, *some_people(world))
    before = agree(world)
    with world.store.write() as db:
        db.execute("update identities set hashed_by = '' where case_id in (1, 3)")
        db.execute("update identities set hashed_by = '99/XX/1' where case_id in (2, 4)")
        db.execute("delete from identity_hashes where case_id < 5")
    assert agree(world) == before
    hashes = world.count("identity_hashes")
    world.passes(seconds=31)
    assert world.count("identity_hashes") > hashes
    rules = world.store.read().execute("select distinct hashed_by from identities").fetchall()
    assert len(rules) == 1
    assert agree(world) == before


def test_one_that_no_key_opens_keeps_the_others_from_nothing(world: World) -> None:
    submitted(world, *some_people(world))
    with world.store.write() as db:
        db.execute("update identities set sealed = 'x', hashed_by = '' where case_id = 2")
        db.execute("update identities set hashed_by = '' where case_id = 3")
    world.passes(seconds=31)
    stale = world.store.read().execute("select case_id from identities where hashed_by = ''")
    assert [row[0] for row in stale.fetchall()] == [2]
    agree_but_damaged = world.engine.casebook
    assert agree_but_damaged.supported == found_by_opening_all(agree_but_damaged)


def test_a_corrected_contact_is_found_by_the_old_and_the_new(world: World) -> None:
    (reference,) = submitted(world, Identity("Jamie Quill", REQUESTER, "860-555-0199"))
    supporter = next(iter(world.engine.program.supporters.values()))
    contact = Identity(email=supporter.email, is_mail_ok=True)
    world.engine.correct_contact(reference, contact, world.clock())
    assert agree(world) == {supporter.id}
    submitted(world, Identity("J", REQUESTER, ""), Identity("K", "", "8605550199"))
    assert len(doubles_by_opening_all(world.engine.casebook, reference)) == 2
    agree(world)


def erased(world: World, reference: str) -> None:
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")


def forgotten(world: World, reference: str) -> None:
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.passes(days=60)


@pytest.mark.parametrize("goes", [erased, forgotten])
def test_with_a_name_go_its_hashes(world: World, goes: Callable[[World, str], None]) -> None:
    reference = world.request()
    assert world.count("identity_hashes") > 3
    goes(world, reference)
    assert world.count("identities") == world.count("identity_hashes") == 0


def test_hashes_are_of_this_installation_alone(world: World) -> None:
    """Without the sealed pepper nobody can try which numbers they are of."""
    submitted(world, some_people(world)[0])
    sealed = world.engine.casebook.sealed(some_people(world)[0], "PS-7K3QF")
    rows = world.store.read().execute("select hash from identity_hashes").fetchall()
    assert {row[0] for row in rows} == sealed.hashes
    country = world.engine.program.file.country
    elsewhere = hashes_of("00" * 32, some_people(world)[0], country)
    assert len(elsewhere) == len(sealed.hashes)
    assert sealed.hashes.isdisjoint(elsewhere)


# The columns beside the documents

COLUMNS = ("department", "state", "is_test", "calls_in_vain", "supporter", "offer_state")


def test_columns_say_what_the_documents_say(world: World) -> None:
    reference, _ = world.matched()
    submitted(world, *some_people(world))
    submitted(world, some_people(world)[5], is_test=True)
    matched = world.case(reference).current_offer
    assert matched is not None
    made = world.rows("cases", *COLUMNS)
    assert made[0] == ("emergency", "matched", 0, 0, matched.supporter, "accepted")
    assert made[-1] == ("emergency", "in_review", 1, 0, "", "")
    assert cases.open_counts(world.store.read()) == {matched.supporter: 1}
    assert agree(world)


def test_who_may_see_a_case_is_looked_at_again_under_newer_rules(world: World) -> None:
    world.request()
    world.work()
    casebook = world.engine.casebook
    assert not [*casebook.perhaps_unseen()]
    with world.store.write() as db:  # As the release before wrote it, under the same files.
        db.execute("update cases set seen_under = ?", [casebook.program.fingerprint])
    assert [*casebook.perhaps_unseen()]
