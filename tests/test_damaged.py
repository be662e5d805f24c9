"""What cannot be read of one request keeps nothing of others from happening."""

from dataclasses import replace
from datetime import UTC, datetime

from store import cases, outbox
from store.access import visits
from store.record.documents import sealed_document
from tests.links import opened_by
from tests.twice import again, merge
from tests.world import JORDAN, REQUESTER, World
from worker.holding import hold_waiting

OTHER = "somebody.else@example.org"
#: A moment that exists, and that no place west of Greenwich can write.
UNWRITABLE_DAY = datetime(1, 1, 1, tzinfo=UTC)


def two_requests(world: World) -> tuple[str, str]:
    one = world.request()
    world.submit(QID1_TEXT="Robin Vale", QID2_TEXT=OTHER, QID3_TEXT="860-555-0133")
    world.passes(minutes=11)
    (other,) = {*world.references} - {one}
    return one, other


def is_due_on_no_day(world: World, reference: str) -> None:
    """Let the due moment of a request be one that no mail can name."""
    stored = cases.find(world.store.read(), reference)
    assert stored is not None
    promises = tuple(replace(one, due_at=UNWRITABLE_DAY) for one in stored.case.promises)
    document = replace(stored.case, promises=promises)
    with world.store.write() as db:
        sealed = sealed_document(db, document)
        db.execute("update cases set document = ? where id = ?", [sealed, stored.id])


def document_of(world: World, reference: str) -> str:
    query = "select document from cases where reference = ?"
    found: str = world.store.read().execute(query, [reference]).fetchone()[0]
    return found


def test_a_reminder_that_cannot_be_written_keeps_none_that_leaves_with_it(world: World) -> None:
    broken, other = two_requests(world)
    world.passes(minutes=10)
    before = len(world.mails(JORDAN))
    world.clock.now = max(world.case(one).promises[0].next_at for one in (broken, other))
    world.worker.rounds["moments"]()
    is_due_on_no_day(world, broken)
    world.passes(minutes=2)

    assert len(world.mails(JORDAN)) == before + 1
    assert other in world.mail(JORDAN).subject
    waiting = [one for one in outbox.waiting(world.store.read()) if one.result == "error"]
    assert {one.mail.person for one in waiting} == {"jordan-reyes", "priya-nair"}


def test_a_link_asked_for_waits_until_its_request_can_be_read_again(world: World) -> None:
    reference = world.request()
    link = world.mail(REQUESTER)
    world.passes(days=20)
    whole = document_of(world, reference)
    page = world.open(link)
    before = len(world.mails(REQUESTER))
    page.choose("fresh")
    world.loses_document(reference)
    world.passes(seconds=30)
    assert len(world.mails(REQUESTER)) == before
    with world.store.write() as db:
        db.execute("update cases set document = ? where reference = ?", [whole, reference])
    world.passes(minutes=6)
    assert len(world.mails(REQUESTER)) == before + 1
    assert world.count("link_asks") == 0


def test_what_was_asked_for_and_stays_unreadable_is_not_kept_longer_than_a_day(
    world: World,
) -> None:
    world.request()
    world.ask_for_link("nobody@example.org")
    with world.store.write() as db:
        moment = world.clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        db.execute("insert into link_asks (due_at, wanted) values (?, 'x')", [moment])
    world.passes(hours=23)
    assert world.count("link_asks") == 1
    world.ask_for_link(JORDAN)
    assert world.mail(JORDAN, "your page")
    world.passes(hours=2)
    assert world.count("link_asks") == 0


def test_a_damaged_merged_request_keeps_no_other_link_of_its_reader_back(world: World) -> None:
    older = world.request()
    newer = again(world, QID2_TEXT=OTHER)
    assert merge(world, older, newer).status == 200
    world.work()
    theirs = again(world, QID1_TEXT="Robin Vale", QID2_TEXT=OTHER, QID3_TEXT="860-555-0133")
    world.loses_document(newer)
    before = len(world.mails(OTHER))
    world.ask_for_link(OTHER)
    (mail,) = world.mails(OTHER)[before:]
    assert opened_by(world, mail) == theirs


def test_a_visit_to_a_request_forgotten_meanwhile_ends(world: World) -> None:
    world.request()
    world.open(world.mail(JORDAN))
    (hash,) = world.row("visits", "hash")
    with world.store.write() as db:
        visits.change(db, hash, "PS-AAAAA", None, True, world.clock.now)
    assert world.count("visits") == 0


def test_an_unreadable_mail_of_a_request_keeps_no_other_from_being_replaced(world: World) -> None:
    world.submit()
    world.worker.rounds["intake"]()
    lost, whole, *_ = outbox.waiting(world.store.read())
    with world.store.write() as db:
        db.execute("update outbox set detail = 'x' where id = ?", [lost.id])
        outbox.replace_waiting(db, replace(whole.mail, cause="again"))
        outbox.drop_reminders(db, 1, whole.mail.email)
    left = [one.mail for one in outbox.waiting(world.store.read())]
    assert [mail.cause for mail in left if mail.person == whole.mail.person] == ["again"]


def test_an_unreadable_mail_is_held_back_after_restoring_like_any_other(world: World) -> None:
    world.submit()
    world.worker.rounds["intake"]()
    with world.store.write() as db:
        db.execute("update outbox set detail = 'x' where id = 1")
        hold_waiting(db)
    results = [result for (result,) in world.rows("outbox", "result")]
    assert set(results) == {"held"}
