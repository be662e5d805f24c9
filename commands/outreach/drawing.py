"""Draws a flyer as a page to print: large words, the code, the crisis line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import cast

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from program.look import Logo
from program.outreach.flyers import Flyer

#: In millimeters.
SIZES = {"letter": (215.9, 279.4), "a4": (210.0, 297.0)}
MARGIN, BAND, QR, CRISIS = 17.0, 34.0, 74.0, 43.0
BLACK, GRAY, SOFT = (0, 0, 0), (74, 87, 94), (244, 247, 248)
FONT = "Helvetica"
#: How large words are written, from what fits nearly always to what fits at all.
SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)


class CannotWrite(Exception):
    """Letters that the fonts of every PDF reader lack."""


@dataclass(frozen=True)
class Look:
    """The institution's color and logo."""

    accent: str
    logo: Logo | None


def with_logo(look: Look) -> bool:
    """Tell whether the logo, if there is one, can be drawn: pictures can be broken in many ways."""
    if look.logo is not None:
        pdf = FPDF()
        pdf.add_page()
        try:
            pdf.image(BytesIO(look.logo.content), w=46)
        except Exception:
            return False
    return True


def drawn_on_each_size(flyer: Flyer, look: Look, made_at: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield a flyer as a PDF for each size of paper."""
    for size in SIZES:
        yield size, drawn(flyer, look, size, made_at)


def drawn(flyer: Flyer, look: Look, size: str, made_at: datetime) -> bytes:
    """Return a flyer as a PDF; long words are written smaller until all of them fit."""
    for scale in SCALES:
        drawing = Drawing(flyer, look, size, made_at, scale)
        if drawing.draw():
            break
    return bytes(drawing.pdf.output())


@dataclass
class Drawing:
    """One flyer on one page."""

    flyer: Flyer
    look: Look
    size: str
    made_at: datetime
    scale: float
    pdf: FPDF = field(init=False)

    def __post_init__(self) -> None:
        self.pdf = FPDF(unit="mm", format=SIZES[self.size])
        # The standard fonts have the letters of Western Europe; no file needs to be embedded.
        self.pdf.core_fonts_encoding = "windows-1252"
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(MARGIN)
        self.pdf.c_margin = 0
        self.pdf.set_title(f"{self.flyer.program} – {self.flyer.source}")
        self.pdf.set_lang(self.flyer.language)
        self.pdf.set_creation_date(self.made_at)
        self.pdf.add_page()

    def draw(self) -> bool:
        """Draw the flyer; tell whether nothing covers anything else."""
        self._code()
        ends = self._head(), self._words(), self._crisis()
        return all(end <= limit for end, limit in zip(ends, self._limits, strict=True))

    @property
    def _limits(self) -> tuple[float, float, float]:
        """Return where the three parts with words must end."""
        return BAND, self.pdf.h - CRISIS - QR - 14, self.pdf.h - 6

    @property
    def _width(self) -> float:
        return self.pdf.w - 2 * MARGIN

    def _head(self) -> float:
        """Draw the band with the program's name and logo."""
        pdf = self.pdf
        pdf.set_fill_color(self.look.accent)
        pdf.rect(0, 0, pdf.w, BAND, style="F")
        left = MARGIN
        if self.look.logo is not None:
            pdf.set_fill_color(255, 255, 255)
            pdf.rect(MARGIN, 6, 50, BAND - 12, style="F", round_corners=True, corner_radius=2)
            picture = BytesIO(self.look.logo.content)
            pdf.image(picture, MARGIN + 2, 8, 46, BAND - 16, keep_aspect_ratio=True)
            left += 56
        return self._text(self.flyer.program, left, 0, pdf.w - left - MARGIN, 22, BAND, bold=True,
                          color=(255, 255, 255))  # fmt: skip

    def _words(self) -> float:
        pdf, y = self.pdf, BAND + 11.0
        if self.flyer.place:
            y = self._text(self.flyer.place, MARGIN, y, self._width, 17, bold=True, color=GRAY) + 2
        y = self._text(self.flyer.headline, MARGIN, y, self._width, 38, bold=True) + 5
        y = self._text(self.flyer.listens, MARGIN, y, self._width, 21) + 6
        for point in self.flyer.points:
            pdf.set_fill_color(self.look.accent)
            pdf.rect(MARGIN, y + 2.2, 3, 3, style="F")
            y = self._text(point, MARGIN + 8, y, self._width - 8, 18) + 3
        return y - 3

    def _code(self) -> None:
        """Draw the QR code with a quiet margin, and what to do with it."""
        pdf, flyer = self.pdf, self.flyer
        rows = segno.make_qr(flyer.address, error="m").matrix
        top, dot = pdf.h - CRISIS - QR - 10, QR / len(rows)
        pdf.set_fill_color(*BLACK)
        for down, row in enumerate(rows):
            for right, is_dark in enumerate(row):
                if is_dark:
                    # A little larger than its place: no printer leaves white lines between.
                    pdf.rect(
                        MARGIN + right * dot, top + down * dot, dot + 0.02, dot + 0.02, style="F"
                    )
        beside = MARGIN + QR + 10
        room = pdf.w - MARGIN - beside
        y = self._text(flyer.scan, beside, top + 16, room, 30, bold=True) + 4
        self._text(flyer.or_go_to, beside, y, room, 13, color=GRAY)

    def _crisis(self) -> float:
        pdf, (name, words) = self.pdf, self.flyer.crisis
        top = pdf.h - CRISIS
        pdf.set_fill_color(*SOFT)
        pdf.rect(0, top, pdf.w, CRISIS, style="F")
        pdf.set_fill_color(self.look.accent)
        pdf.rect(0, top, pdf.w, 1.2, style="F")
        y = self._text(name, MARGIN, top + 6, self._width, 15, bold=True) + 1
        y = self._text(words, MARGIN, y, self._width, 19, bold=True) + 1.5
        return self._text(self.flyer.emergency, MARGIN, y, self._width, 12, color=GRAY)

    def _text(
        self, text: str, x: float, y: float, width: float, size: float, middle_of: float = 0.0,
        *, bold: bool = False, color: tuple[int, int, int] = BLACK,
    ) -> float:  # fmt: skip
        """Write a text into a width, in the middle of a height if one is given.

        Returns where it ends.
        """
        pdf, said = self.pdf, writable(text)
        size = size * self.scale
        pdf.set_font(FONT, "B" if bold else "", size)
        pdf.set_text_color(*color)
        line = size * 0.42
        if middle_of:
            height = pdf.multi_cell(width, line, said, align="L", dry_run=True, output="HEIGHT")
            y = (middle_of - cast(float, height)) / 2
        pdf.set_xy(x, y)
        pdf.multi_cell(width, line, said, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return float(pdf.get_y())


def writable(text: str) -> str:
    """Return a text; CannotWrite if it has letters that the fonts lack."""
    try:
        text.encode("windows-1252")
    except UnicodeEncodeError as error:
        letters = text[error.start : error.end]
        raise CannotWrite(f"“{letters}” in “{text}”") from error
    return text
