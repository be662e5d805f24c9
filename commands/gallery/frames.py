"""Make pages and mails self-contained, light or dark by the height of their frame."""

import base64
import re
from functools import cache
from pathlib import Path

from program import Program
from program.look import STYLES, for_the_dark

STATIC = Path(__file__).parents[2] / "static"
LINKED = re.compile(r'<link rel="stylesheet"[^>]*>\s*')
LOGO = re.compile(r'src="#look\.logo"')
DARK_ASKED = re.compile(r"\(prefers-color-scheme:\s*dark\)")
SCHEMES = re.compile(r'(color-scheme(?:s?)(?::\s*|" content="))light dark')
#: Frames of this height are dark: of what is around a frame, only its size reaches into it.
DARK_FROM = 900
IS_DARK = f"(min-height: {DARK_FROM}px)"


def styled(html: str, program: Program) -> str:
    """Return a page with its styles and the institution's logo inside."""
    accent = program.file.accent
    colors = f":root{{--brand:{accent};--brand-dark:{for_the_dark(accent)}}}"
    inside = f"<style>{stylesheet()}{colors}</style>"
    page = LINKED.sub("", html).replace("</head>", f"{inside}</head>")
    return LOGO.sub(f'src="{_logo(program)}"', page)


def by_height(html: str) -> str:
    """Return a page or mail that is dark in a high frame, whatever the computer prefers."""
    asking = SCHEMES.sub(r"\g<1>light", DARK_ASKED.sub(IS_DARK, html))
    dark = f"<style>@media {IS_DARK}{{:root{{color-scheme:dark!important}}}}</style>"
    return asking.replace("</head>", f"{dark}</head>", 1)


@cache
def stylesheet() -> str:
    """Return the stylesheets of all pages without comments and blanks that mean nothing."""
    both = "".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
    style = re.sub(r"/\*.*?\*/", "", both, flags=re.S)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", style)).strip()


def _logo(program: Program) -> str:
    if program.logo is None:
        return ""
    content = base64.b64encode(program.logo.content).decode()
    return f"data:{program.logo.kind};base64,{content}"
