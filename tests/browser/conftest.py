"""A real Chromium, phones to hold in it, and every page that people can meet."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import installed, launched
from tests.browser.gallery import ROADS, Gallery, Walk, walk

Phone = Callable[[], Page]
#: However slow a machine is.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Without it these tests are skipped, but never in CI."""
    if installed() is None:
        reason = "Chromium is not installed; tests/browser/install.sh says how to get it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with launched() as browser:
        yield browser


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    """Hand a phone to one more person: touch, 390 pixels, no JavaScript, no cookies yet."""
    contexts: list[BrowserContext] = []

    def handed_over() -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 700},
            is_mobile=True,
            has_touch=True,
            java_script_enabled=False,
            ignore_https_errors=True,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield handed_over
    for context in contexts:
        context.close()


@pytest.fixture(scope="package", params=ROADS, ids=lambda road: road.__name__.strip("_"))
def walked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """One road through the real service."""
    return walk(request.param, tmp_path_factory.mktemp("gallery"))


@pytest.fixture(scope="package")
def gallery(walked: Walk) -> Gallery:
    """Every kind of page on one road, as the real service answered it."""
    return walked.gallery
