"""Debian's Chromium, as it is launched wherever pages are looked at."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

#: The one without windows shows the same pages, and takes a quarter of the processor's time.
PROGRAMS = ("chromium-headless-shell", "chromium")


def installed() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed())
        yield browser
        browser.close()
