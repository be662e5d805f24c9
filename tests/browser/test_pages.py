"""What holds for every page as the real service answers it: light, and telling nothing early."""

import re
from pathlib import Path

from tests.browser.gallery import Gallery, Walk
from tests.test_pages import PAGES

STATIC = Path(__file__).parents[2] / "static"
HEAVIEST = 50_000
#: Here somebody who may opened the name; it stands nowhere else.
NAMED = {
    "reviewer-looked",
    "reviewer-tells-how",
    "reviewer-both-ways",
    "partner",
    "supporter-accepted",
    "supporter-waits",
    "supporter-corrected",
    "supporter-in-contact",
    "supporter-twice",
}
#: For which pages a road is walked, so that no page is missing.
SHOWN_ON = {
    "main_road": {
        "continue.html", "decided.html", "expired.html", "from_elsewhere.html", "help.html",
        "looked.html", "no_link.html", "privacy.html", "requester.html", "reviewer.html",
        "supporter.html",
    },
    "withdrawn": {"ended.html", "sure.html"},
    "twice": {"gone_on.html"},
    "files": {"program.html"},
    "copies": {"copies.html"},
    "reports": {"no_report.html", "report.html"},
    "unknown_unit": {"settled_unit.html"},
    "signing_on": {"sign_on.html"},
    "feedback": {"feedback.html"},
    "handed_over": {"partner.html"},
    "nominees": {"newcomers.html", "nominee.html", "nominees.html"},
    "outreach": {"group_session.html", "outreach.html"},
    "referral": {"referral.html"},
    "trainings": {"session.html", "sessions.html"},
    "own_pages": {"ask_for_link.html", "board.html", "me.html", "message.html"},
}  # fmt: skip
#: Written to a file, and like a page that is shown.
ALONE = {"report_alone.html"}


def test_its_road_leads_to_the_pages_that_it_is_walked_for(walked: Walk) -> None:
    assert walked.templates >= SHOWN_ON.get(walked.road, set())


def test_every_page_is_shown_on_a_road() -> None:
    assert set().union(*SHOWN_ON.values()) == {page.template for page in PAGES.values()} - ALONE


def test_it_stays_light_and_needs_no_script(gallery: Gallery) -> None:
    for name, answer in gallery.items():
        styles = re.findall(r'href="[^"]*/static/(\w+\.css)', answer.text)
        assert "style.css" in styles
        style = sum((STATIC / one).stat().st_size for one in styles)
        assert len(answer.content) + style < HEAVIEST, name
        assert not re.search(r"<script|\son\w+=|\sstyle=", answer.text), name


def test_it_names_nobody_before_somebody_opened_the_name(gallery: Gallery) -> None:
    telling = re.compile("Jamie|Quill|555-0199|555-0155|Night float")
    assert {name for name, answer in gallery.items() if telling.search(answer.text)} == (
        NAMED & gallery.keys()
    )


def test_it_offers_to_step_back_before_it_offers_the_name(gallery: Gallery) -> None:
    asking = {n: a.text for n, a in gallery.items() if "<summary>Show name" in a.text}
    asking.pop("reviewer-closed", None)  # Nothing is left there to step back from.
    assert asking or "reviewer" not in gallery
    for name, text in asking.items():
        assert text.index("I know this person") < text.index("<summary>Show name"), name


def test_it_speaks_of_requests_under_a_title_that_tells_nothing(gallery: Gallery) -> None:
    for name, answer in gallery.items():
        words = re.sub(r"<[^>]+>", " ", answer.text)
        assert not re.search(r"\b(case|ticket|submission)s?\b", words, re.I), name
        title = re.search(r"<title>(.+) – Care Desk</title>", answer.text)
        assert title, name
        assert not re.search("peer|support", title[1], re.I), name
