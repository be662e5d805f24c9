"""How an institution's pages look: its color, readable by day and in the dark, and its logo."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from program.problems import Problem, shown

ACCENT = "#1b5e75"
#: Its tone for the dark, as static/style.css has it: brighter than white alone would make it.
ACCENT_IN_THE_DARK = "#8fd0e8"
#: The stylesheets in static/: that of all pages, and what reports have besides.
STYLES = ("style.css", "report.css")
#: What words in the accent stand on, as static/style.css has it: sheet, ground, tint, notices.
LIGHT = ("#ffffff", "#eef2f4", "#f4f7f8", "#e3f2e8", "#fdf0dc", "#fbe6e2")
DARK = ("#1d2327", "#13181b", "#252c31", "#173325", "#38290f", "#45201b")
#: What everyone can read (WCAG 2.2, level AA).
READABLE = 4.5
#: Of one step towards white, when the tone for the dark is looked for.
STEP = 0.05
LOGOS = {"logo.svg": "image/svg+xml", "logo.png": "image/png"}
LARGEST_LOGO = 40 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
#: It could run or load something where someone opens the picture by itself.
ACTIVE = re.compile(rb"<script|<foreignobject|<!entity|javascript:|[\s\"'/]on\w+\s*=", re.I)
WITHOUT = "pages show the name alone"


@dataclass(frozen=True)
class Logo:
    """A picture beside the name on every page."""

    kind: str
    content: bytes


def contrast(one: str, other: str) -> float:
    """Return how well one color is read on another: 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4)
def for_the_dark(color: str) -> str:
    """Return the color, mixed with as much white as it takes to be read in the dark."""
    if color == ACCENT:
        return ACCENT_IN_THE_DARK
    steps = (_mixed_with_white(color, number * STEP) for number in range(round(1 / STEP) + 1))
    return next(tone for tone in steps if min(contrast(tone, g) for g in DARK) >= READABLE)


def read_color(value: str) -> str:
    color = value.strip().lower()
    if not re.fullmatch("#[0-9a-f]{6}", color):
        raise ValueError(f'{shown(value)} is not a color; write it like "{ACCENT}"')
    least = min(contrast(color, ground) for ground in LIGHT)
    if least < READABLE:
        raise ValueError(
            f"{shown(color)} is too light to be read on our pages (contrast {least:.1f});"
            f" choose a darker one, with a contrast of {READABLE} or more"
        )
    return color


Color = Annotated[str, AfterValidator(read_color)]


def logo_in(contents: Mapping[str, bytes]) -> Logo | None:
    """Return the logo; None without one, or if it is not to be shown."""
    for file, kind in LOGOS.items():
        if file in contents and not _wrong_with(file, contents[file]):
            return Logo(kind, contents[file])
    return None


def logo_problems(contents: Mapping[str, bytes]) -> Iterator[Problem]:
    for file in LOGOS:
        if file in contents and (what := _wrong_with(file, contents[file])):
            yield Problem(file, "", what, WITHOUT, is_warning=True)


def _wrong_with(file: str, content: bytes) -> str:
    if len(content) > LARGEST_LOGO:
        return f"is larger than {LARGEST_LOGO // 1024} KB"
    if file.endswith(".png"):
        return "" if content.startswith(PNG) else "is no PNG picture"
    if b"<svg" not in content:
        return "is no SVG picture"
    return "holds a script or something that could run one" if ACTIVE.search(content) else ""


def _luminance(color: str) -> float:
    """Return the relative luminance of a color such as "#1b5e75" (WCAG 2.2)."""
    parts = [part / 255 for part in bytes.fromhex(color[1:])]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed_with_white(color: str, share: float) -> str:
    parts = bytes.fromhex(color[1:])
    return "#" + bytes(round(part + (255 - part) * share) for part in parts).hex()
