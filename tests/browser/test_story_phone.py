"""The main path, with a thumb, on phones that run no script."""

from playwright.sync_api import Page, expect

from demo.mailbox import StoredMessage
from settings import Settings
from tests.browser.conftest import Phone
from tests.world import JORDAN, REQUESTER, World, link_in
from workflow.model import Outcome, State


def _open(page: Page, mail: StoredMessage) -> None:
    page.goto(link_in(mail))
    page.get_by_role("button", name="Continue").tap()
    page.wait_for_url("**/page/**")


def _choose(page: Page, choice: str, button: str) -> None:
    page.get_by_role("radio", name=choice).tap()
    page.get_by_role("button", name=button).tap()


def _fill_in_the_form(page: Page, world: World) -> None:
    settings: Settings = world.app.extensions["settings"]
    page.goto(f"{settings.qualtrics_base_url}/jfe/form/{world.qualtrics.brand.survey.id}")
    page.get_by_label("Your name").fill("Jamie Quill")
    page.get_by_label("E-mail", exact=True).first.fill(REQUESTER)
    page.get_by_label("Phone", exact=True).fill("860-555-0199")
    page.get_by_label("Your unit or place of work").fill("Emergency Department")
    for answer in ("E-mail", "Text message", "Phone call"):
        page.get_by_role("checkbox", name=answer).tap()
    for answer in ("Not before 4 PM", "Emergency Medicine", "Nurse", "Yes, I feel safe"):
        page.get_by_role("radio", name=answer, exact=True).tap()
    page.get_by_role("button", name="Submit").tap()
    expect(page.get_by_role("button", name="Submit")).to_have_count(0)
    assert world.qualtrics.wait_until_published()


def test_it_leads_from_the_form_to_the_end_with_one_thumb(world: World, phone: Phone) -> None:
    _fill_in_the_form(phone(), world)
    world.work()
    world.passes(minutes=11)
    reference = world.only_case().reference

    coordinator = phone()
    _open(coordinator, world.mail(JORDAN))
    expect(coordinator.get_by_text("71 hours left")).to_be_visible()
    expect(coordinator.locator("body")).not_to_contain_text("Jamie")
    candidates = coordinator.get_by_role("group", name="Ask a supporter")
    candidates.get_by_role("radio").first.tap()
    candidates.get_by_label("Backup").nth(1).tap()
    candidates.get_by_role("button", name="Ask").tap()
    expect(coordinator.get_by_text("Jordan Reyes asked a supporter")).to_be_visible()
    world.passes(minutes=6)

    supporter, address = phone(), world.asked(reference)
    _open(supporter, world.mail(address))
    expect(supporter.locator("body")).not_to_contain_text("Jamie")
    supporter.get_by_role("button", name="Yes, I’ll do it").tap()
    expect(supporter.get_by_role("heading", name="Jamie Quill")).to_be_visible()
    expect(supporter.get_by_text("Not before 4 PM. Text first. No voicemail.")).to_be_visible()
    supporter.get_by_role("button", name="I reached them").tap()
    supporter.get_by_text("Say that it’s done", exact=True).tap()
    _choose(supporter, "Yes, they were supported", "Close the request")
    expect(supporter.get_by_text("This request is closed. Thank you.")).to_be_visible()
    expect(supporter.locator("body")).not_to_contain_text("Jamie")
    world.passes(minutes=6)

    requester = phone()
    _open(requester, world.mail(REQUESTER, "a short note"))
    expect(requester.get_by_text("Your request is closed.")).to_be_visible()
    expect(requester.locator("body")).not_to_contain_text("Jamie")
    assert world.case(reference).outcome is Outcome.SUPPORTED


def test_it_goes_nowhere_without_a_choice(world: World, phone: Phone) -> None:
    reference, _supporter = world.matched()
    requester = phone()
    _open(requester, world.mail(REQUESTER))
    requester.get_by_role("button", name="Tell the coordinators").tap()
    expect(requester.get_by_role("heading", name="Where things stand")).to_be_visible()
    assert world.case(reference).state is State.MATCHED


def test_it_asks_for_the_link_again_after_half_an_hour_or_in_another_browser(
    world: World, phone: Phone
) -> None:
    world.request()
    coordinator, other = phone(), phone()
    _open(coordinator, world.mail(JORDAN))
    other.goto(coordinator.url)
    expect(other.get_by_role("heading", name="Please open the link again")).to_be_visible()
    world.passes(minutes=31)
    coordinator.get_by_text("Show name", exact=True).tap()
    coordinator.get_by_role("button", name="Show name and contact").tap()
    expect(coordinator.get_by_role("heading", name="Please open the link again")).to_be_visible()
    expect(coordinator.locator("body")).not_to_contain_text("Jamie")
