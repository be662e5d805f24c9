"""Colleagues name colleagues; who is named is asked, and perhaps becomes a supporter."""

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from demo.qualtrics.survey import NOMINATION
from engine import intake
from program import problems_of
from store import deliveries
from store.deliveries import StoredDelivery
from store.invitations.asked import is_invited
from tests import disk
from tests.nominating import ABOUT_ME, ALEX, SAM_LEE, Nominating
from tests.program_files import look
from tests.world import (
    ELENA,
    JORDAN,
    PRIYA,
    SAM,
    TOKEN,
    Browser,
    Page,
    World,
    example_config,
    link_in,
    living,
)


@pytest.fixture
def nominating(world: World) -> Nominating:
    return Nominating.begin(world)


def test_a_nominee_says_yes_and_becomes_a_supporter(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate(by="Pat Doe", may_name=True)
    nominating.nominate(by="Kim Vale")
    assert world.references == [], "a nomination is no request"
    (mail,) = world.mails(SAM_LEE)
    assert "someone thought of you" in mail.subject
    assert not re.search("Sam Lee|Pat Doe|Kim Vale", mail.subject + mail.text)

    page = world.open(mail)
    assert "peer supporter" in page.text
    page = page.choose("yes")
    assert "Thank you for saying yes" in page.text
    page = page.choose("about_me", **ABOUT_ME)
    assert "Samantha Lee" in page.text
    assert "Spanish" in page.text

    page = nominating.nominees(JORDAN)
    assert "Nominated by Pat Doe, and 1 colleague without a name" in page.text
    assert "Kim Vale" not in page.text
    assert "Surgical Intensive Care" in page.text
    assert nominating.decide(JORDAN, "invite").status == 200
    world.work()
    assert "train you" in world.mail(SAM_LEE, "train").subject
    nominating.decide(JORDAN, "ready")
    world.work()
    assert world.engine.program.supporters.keys().isdisjoint({"samantha-lee"})

    line = lines_for(world)[0]
    file = world.folder / "config/supporters.csv"
    file.write_text(file.read_text() + line + "\n")
    look(world)
    added = world.engine.program.supporters["samantha-lee"]
    assert (added.email, added.role, added.languages) == (SAM_LEE, "nurse", ("es",))
    assert (added.phone, added.text_ok, added.capacity) == ("860-555-0160", True, 1)
    world.passes(minutes=2)
    assert world.count("invitations") == 0, "what they told us is in the file now"
    assert "nothing left to add" in newcomers(world).text


def newcomers(world: World) -> Page:
    return world.open(world.mail(SAM, "edit your files"))


def lines_for(world: World) -> list[str]:
    page = newcomers(world)
    found = re.findall(r'<p class="written whole">(.*?)</p>', page.answer.text)
    return [re.sub("<[^>]*>", "", line) for line in found]


@pytest.mark.parametrize(
    "typed", ["ICU 4, Night Float", "ICU 4; Night Float", "ICU 4 | Night Float"]
)
def test_a_nominee_types_the_units_they_lead_as_a_phone_allows(
    nominating: Nominating, typed: str
) -> None:
    world = nominating.world
    nominating.nominate()
    page = world.open(world.mail(SAM_LEE)).choose("yes")
    page.choose("about_me", **ABOUT_ME | {"supervises": typed})
    nominating.decide(JORDAN, "ready")
    world.work()
    assert "ICU 4 | Night Float" in lines_for(world)[0]


def test_a_no_is_told_to_nobody_and_goes(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate(by="Pat Doe", may_name=True)
    page = world.open(world.mail(SAM_LEE)).choose("no")
    assert "No one is told what you said" in page.text
    assert "Sam Lee" not in nominating.nominees(JORDAN).text
    assert "Thank you for saying yes" in page.choose("yes").text, "they may change their mind"
    page.choose("no")
    world.passes(days=8)
    assert len(world.mails(SAM_LEE)) == 1, "whoever answered is not reminded"
    world.passes(days=7)
    assert world.count("invitations") == 0
    nominating.nominate()
    assert len(world.mails(SAM_LEE)) == 1, "nobody is asked again so soon"
    world.passes(days=366)
    nominating.nominate()
    assert len(world.mails(SAM_LEE)) == 2


def test_never_again_leaves_a_hash_and_nothing_else(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate()
    page = world.open(world.mail(SAM_LEE))
    asked = page.choose("never", sure="")
    assert "never ask again?" in asked.text
    assert "We won’t ask again" in page.choose("never").text
    assert world.count("invitations") == 0
    assert world.count("refusals") == 1
    assert world.open(world.mail(SAM_LEE)).status == 404, "the link leads nowhere any more"
    world.passes(days=3 * 365)
    nominating.nominate(email="SAM.LEE@example.org")
    nominating.nominate(email="sam.lee+1@example.org")
    # Nor is anyone asked who is a supporter.
    nominating.nominate(email="amara.cole+1@example.org")
    assert len(world.mails(SAM_LEE)) == 1
    assert world.count("invitations") == 0


def test_silence_gets_one_reminder_and_is_forgotten(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate()
    world.passes(days=6)
    assert len(world.mails(SAM_LEE)) == 1
    world.passes(days=1, minutes=1)
    assert "still a question" in world.mail(SAM_LEE).subject
    assert world.open(world.mail(SAM_LEE)).status == 200
    world.passes(days=8)
    assert len(world.mails(SAM_LEE)) == 2
    assert world.count("invitations") == 0
    assert SAM_LEE not in disk.opened(world.store)
    assert not any(map(is_invited, people_with_links(world)))
    assert not nominating.nominees(JORDAN).values("nominee")


def people_with_links(world: World) -> set[str]:
    pseudonyms = world.store.read().pseudonyms
    return {pseudonyms.id_of("links.own", one) for (one,) in world.rows("links", "person")}


def test_opening_the_link_again_and_again_answers_nothing(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate()
    link, scanner = link_in(world.mail(SAM_LEE)), Browser()
    pages = [scanner.look(link) for _ in range(3)]
    assert {page.status for page in pages} == {200}
    assert not any("supporter" in page.text for page in pages)
    opened = scanner.open(link)
    assert opened.choose("").status == 400
    assert world.open(world.mail(SAM_LEE)).choose("yes").status == 200


def test_who_cannot_be_mailed_waits_for_a_coordinator(nominating: Nominating) -> None:
    """Anybody can type any address into the form; we write to our own domains only."""
    world = nominating.world
    nominating.nominate("Alex Moore", "alex.moore@elsewhere.example.com")
    nominating.nominate("Robin Vale", "robin at the desk")
    assert world.mails("alex.moore@elsewhere.example.com") == []
    page = nominating.nominees(JORDAN)
    assert "outside of your organization" in page.text
    assert "robin at the desk" in page.text
    first, second = dict.fromkeys(page.values("nominee"))
    assert page.choose("ask", nominee=second, address="nowhere").status == 400
    page.choose("ask", nominee=first, address="alex.moore@elsewhere.example.com")
    page.choose("remove", nominee=second)
    world.work()
    assert len(world.mails("alex.moore@elsewhere.example.com")) == 1
    assert world.count("invitations") == 1


def test_a_mail_that_comes_back_is_the_coordinators_to_see(nominating: Nominating) -> None:
    world = nominating.world
    world.mailbox.refuse_address_with[SAM_LEE] = 550
    nominating.nominate()
    world.request()
    for _ in range(3):
        world.passes(minutes=10)
    page = nominating.nominees(JORDAN)
    assert "came back" in page.text
    page.choose("ask", nominee=page.values("nominee")[0], address=ALEX)
    world.work()
    assert world.open(world.mail(ALEX)).choose("yes").status == 200


def test_a_coordinator_declines_kindly(nominating: Nominating) -> None:
    world = nominating.world
    page = nominating.willing()
    assert nominating.decide(JORDAN, "decline", sure="").status == 200
    assert world.mails(SAM_LEE, "thank you") == [], "they are asked whether they mean it"
    nominating.decide(JORDAN, "decline")
    world.work()
    assert "thank you for offering" in world.mail(SAM_LEE).subject
    assert page.choose("no").status == 409, "it was acted on"
    assert "enough supporters" in page.again().text
    world.passes(days=8)
    assert world.count("invitations") == 0


def test_two_coordinators_decide_at_once(nominating: Nominating) -> None:
    world = nominating.world
    nominating.willing()
    first, second = nominating.nominees(JORDAN), nominating.nominees(PRIYA)
    nominee = first.values("nominee")[0]
    assert first.choose("remove", nominee=nominee).status == 200
    late = second.choose("invite", nominee=nominee)
    assert late.status == 409
    assert "nothing was changed" in late.text
    assert world.mails(SAM_LEE, "train you") == []


def test_a_supporter_is_not_asked_to_become_one(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate("Amara Cole", "Amara.Cole@example.org")
    assert world.mails("amara.cole@example.org") == []
    assert world.count("invitations") == 0


def test_only_coordinators_see_nominees(nominating: Nominating) -> None:
    world = nominating.world
    nominating.willing()
    supporter = world.own_page("beth.lindgren@example.org")
    assert "/nominees" not in supporter.answer.text
    assert supporter.person.look(f"{world.url}/nominees").status == 403
    page = world.open(world.mail(SAM_LEE))
    assert page.person.look(f"{world.url}/nominees").status == 403
    assert page.person.look(f"{world.url}/newcomers").status == 403
    assert Browser().look(f"{world.url}/nominees").status == 403
    assert Browser().look(f"{world.url}/invitation").status == 403


def test_a_link_that_is_too_old_brings_a_new_one(nominating: Nominating) -> None:
    world = nominating.world
    nominating.willing()
    world.clock.now += timedelta(days=15)
    expired = world.open(world.mail(SAM_LEE))
    assert expired.status == 410
    expired.choose("fresh")
    world.until_links_are_mailed()
    assert "Samantha Lee" in world.open(world.mail(SAM_LEE)).text
    world.passes(minutes=11)
    world.ask_for_link(SAM_LEE)
    assert len(world.mails(SAM_LEE)) == 3


def test_qualtrics_copy_is_deleted_whatever_they_answer(nominating: Nominating) -> None:
    world = nominating.world
    response = nominating.nominate()
    assert world.count("copies") == 1, "if it went with their answer, that day would tell it"
    world.open(world.mail(SAM_LEE)).choose("never")
    assert world.count("copies") == 1
    world.passes(days=8)
    page = world.open(world.mail(SAM, "clean up"))
    assert response in page.text


def test_what_the_webhook_lost_is_found_by_comparing(nominating: Nominating) -> None:
    world = nominating.world
    world.qualtrics.behavior.drop_rate = 1
    world.qualtrics.submit(
        {"QID1_TEXT": "Sam Lee", "QID2_TEXT": SAM_LEE, "QID4": 2}, survey_id=NOMINATION.id
    )
    world.passes(minutes=20)
    assert len(world.mails(SAM_LEE)) == 1
    world.qualtrics.behavior.drop_rate = 0
    world.qualtrics.publish(next(iter(world.qualtrics.responses)))
    assert world.qualtrics.wait_until_published()
    world.passes(minutes=20)
    assert len(world.mails(SAM_LEE)) == 1
    assert world.references == []


def test_requests_and_nominations_keep_apart(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate("Jamie Quill", "jamie.quill@example.org")
    reference = world.request()
    assert world.references == [reference]
    assert world.count("invitations") == 1
    page = nominating.nominees(JORDAN)
    assert reference not in page.text
    (nominee,) = [one.person for one in world.queue if one.email == "nominated"]
    assert is_invited(nominee)


def test_the_line_fits_a_file_with_other_columns(world: World) -> None:
    file = world.folder / "config/supporters.csv"
    rows = list(csv.DictReader(file.read_text().splitlines()))
    columns = ["name", "id", "email", "role", "department", "status"]
    lines = [";".join(columns)] + [";".join(row[column] for column in columns) for row in rows]
    file.write_text("\n".join(lines) + "\n")
    nominating = Nominating.begin(world)
    nominating.willing()
    page = world.open(world.mail(SAM_LEE))
    formula = page.choose("about_me", **(ABOUT_ME | {"name": "=HYPERLINK(1)"}))
    assert (formula.status, "few plain words" in formula.text) == (400, True)
    page.choose("about_me", **(ABOUT_ME | {"name": "Amara Cole"}))
    nominating.decide(JORDAN, "ready")
    world.work()
    assert lines_for(world) == [f"Amara Cole;amara-cole-2;{SAM_LEE};nurse;surgery;active"]
    assert "Your file has no column for: capacity" in newcomers(world).text


def test_the_morning_mail_says_that_nominees_wait(tmp_path: Path) -> None:
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        nominating = Nominating.begin(world)
        nominating.willing()
        world.clock.now = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
        world.work()
        assert "1 nominee is waiting for you" in world.mail(JORDAN).text
        assert "Nominees: 1 waiting" in world.open(world.mail(JORDAN)).text
        assert not any("nominee" in mail.text for mail in world.mails(ELENA)), "a deputy"


@pytest.mark.parametrize("has_api", [True, False])
def test_an_unreadable_nomination_makes_no_request(tmp_path: Path, has_api: bool) -> None:
    """It waits for the API; without one, the admins hear of it."""
    with living(tmp_path, has_api=has_api) as world:
        nominating = Nominating.begin(world)
        response = nominating.nominate() if has_api else "R_1broken"
        send_broken(world, response)
        world.passes(minutes=10)
        assert world.references == []
        assert len(world.mails(SAM_LEE)) == (1 if has_api else 0)
        assert any("nomination form" in mail.text for mail in world.mails(SAM)) != has_api


def send_broken(world: World, response: str) -> None:
    head = f'{{"surveyId": "{NOMINATION.id}", "responseId": "{response}", "answers": '
    answer = requests.post(
        f"{world.url}/webhooks/qualtrics/workflow",
        data=head + '{"QID1_TEXT": "Sam "the best" Lee"}}',
        headers={"Content-Type": "application/json", "X-Webhook-Token": TOKEN},
        timeout=60,
    )
    assert answer.status_code == 200


def test_one_form_cannot_be_both(nominating: Nominating) -> None:
    survey = nominating.world.folder / "config/survey.toml"
    survey.write_text(survey.read_text().replace(NOMINATION.id, "SV_8peerSupport01"))
    found = [f"{one}" for one in problems_of(survey.parent)]
    assert any("SV_8peerSupport01" in one and "appears twice" in one for one in found)


def test_a_hold_on_everything_forgets_no_nominee(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate()
    world.app.test_cli_runner().invoke(args=["hold", "--all"])
    world.passes(days=20)
    assert world.count("invitations") == 1
    world.app.test_cli_runner().invoke(args=["hold", "--all", "--release"])
    world.passes(minutes=1)
    assert world.count("invitations") == 0


def test_two_workers_take_a_nomination_once(nominating: Nominating) -> None:
    world = nominating.world
    other = world.app.extensions["worker"]()
    world.qualtrics.submit({"QID1_TEXT": "Sam Lee", "QID2_TEXT": SAM_LEE}, survey_id=NOMINATION.id)
    assert world.qualtrics.wait_until_published()
    engine = world.engine
    (waiting,) = delivered(world)
    reading = intake.read(engine, world.app.extensions["client"](), waiting, world.clock())
    for _ in range(2):
        intake.settle(engine, waiting, reading, world.clock())
    other.run_once()
    other.close()
    world.work()
    assert world.count("invitations") == 1
    assert len(world.mails(SAM_LEE)) == 1
    world.open(world.mail(SAM_LEE)).choose("yes")
    assert "Nominated by 1 colleague" in nominating.nominees(JORDAN).text


def delivered(world: World) -> list[StoredDelivery]:
    with world.store.write() as db:
        now = world.clock()
        return deliveries.claim(db, now, now + timedelta(minutes=1), limit=5, by="a test")
