"""Draws a report as one page to print: the pictures and tables of its page, in two columns."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import cast

from fpdf import FPDF

from commands.outreach.drawing import BLACK, FONT, GRAY, SIZES, writable
from lib.languages.said import for_staff
from pages.reports.page import ReportPage, TableShown
from pages.reports.pictures import WIDTH
from workflow.reports.wording import HIDDEN

#: Where paper is cut to letter size; everywhere else it is A4.
LETTER_IN = ("US", "CA", "MX", "PH", "CL", "CO")
#: In millimeters.
MARGIN, GAP = 14.0, 9.0
#: From what fits nearly always to what fits at all.
SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
PALE, LINE, ALARM = (178, 188, 194), (205, 212, 216), (178, 58, 40)
TITLE, HEAD, WORDS, SMALL = 17, 10.5, 8.5, 7.5
LEGEND = for_staff(
    "Strong color: half of the requests. Pale: 9 in 10. Line across: what we promise."
)
#: Draws something on a page from a height on, and returns where it ends.
Block = Callable[["FPDF", float, float], float]


def drawn(page: ReportPage, names: tuple[str, str], accent: str, size: str, at: datetime) -> bytes:
    """Return a report as a PDF, written smaller until all of it is on one page."""
    for scale in SCALES:
        sheet = Sheet(page, names, accent, size, at, scale)
        if sheet.draw():
            break
    return bytes(sheet.pdf.output())


class Sheet:
    """One report on one page."""

    def __init__(
        self, page: ReportPage, names: tuple[str, str], accent: str, size: str, at: datetime,
        scale: float,
    ) -> None:  # fmt: skip
        self._page, (self._program, self._legal) = page, names
        self._accent, self._scale = accent, scale
        self.pdf = FPDF(unit="mm", format=SIZES[size])
        self.pdf.core_fonts_encoding = "windows-1252"
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(MARGIN)
        self.pdf.c_margin = 0
        self.pdf.set_title(writable(f"{self._program} – {page.title}"))
        self.pdf.set_creation_date(at)
        self.pdf.add_page()
        self._width = (self.pdf.w - 2 * MARGIN - GAP) / 2

    def draw(self) -> bool:
        """Draw the report; tell whether all of it is on the page."""
        top = self._head()
        bottom = self._foot()
        x, y = MARGIN, top
        for block in self._blocks():
            with self.pdf.offset_rendering() as tried:
                end = block(cast(FPDF, tried), x, y)
            if end > bottom and x == MARGIN:
                x, y = MARGIN + self._width + GAP, top
            y = block(self.pdf, x, y) + 4 * self._scale
        return y <= bottom + 4 * self._scale

    def _head(self) -> float:
        wide, pdf = self.pdf.w - 2 * MARGIN, self.pdf
        y = self._text(pdf, self._program, MARGIN, MARGIN, wide, WORDS, color=GRAY) + 1
        title = for_staff("Report: %(period)s", period=self._page.title)
        y = self._text(pdf, title, MARGIN, y, wide, TITLE, bold=True) + 1
        y = self._text(pdf, self._page.requests, MARGIN, y, wide, HEAD) + 1
        if self._page.elsewhere:
            y = self._text(pdf, self._page.elsewhere, MARGIN, y, wide, WORDS, color=GRAY)
        return y + 4

    def _foot(self) -> float:
        """Write what stands below everything; return where it begins."""
        said = [self._page.about_hidden] if self._page.has_more else []
        words = " ".join([*map(str, said), " ".join(self._legal.split())])
        wide = self.pdf.w - 2 * MARGIN
        with self.pdf.offset_rendering() as tried:
            height = self._text(cast(FPDF, tried), words, MARGIN, 0, wide, SMALL, color=GRAY)
        top = self.pdf.h - 8 - height
        self._text(self.pdf, words, MARGIN, top, wide, SMALL, color=GRAY)
        return top - 3

    def _blocks(self) -> Iterator[Block]:
        yield self._quarters
        if self._page.has_more:
            yield self._spans
            yield self._waits
            for table in self._page.tables:
                yield self._of(table)
            yield self._supporters

    def _quarters(self, pdf: FPDF, x: float, y: float) -> float:
        y = self._title(pdf, for_staff("Requests by quarter"), x, y)
        unit = self._width / WIDTH
        for one in self._page.columns:
            left, wide = x + one.x * unit, one.width * unit
            if one.number:
                pdf.set_fill_color(self._accent)
                pdf.rect(left, y + one.y * unit, wide, one.height * unit, style="F")
            said = one.number or HIDDEN
            above = one.y if one.number else 110.0
            self._middle(pdf, said, left, y + above * unit - 4, wide)
            self._middle(pdf, one.months, left, y + 122 * unit, wide)
            self._middle(pdf, one.year, left, y + 122 * unit + 3.4 * self._scale, wide)
        pdf.set_draw_color(*LINE)
        pdf.line(x, y + 120 * unit, x + self._width, y + 120 * unit)
        return y + 122 * unit + 7 * self._scale

    def _spans(self, pdf: FPDF, x: float, y: float) -> float:
        y = self._title(pdf, for_staff("How long it took"), x, y)
        unit, row = self._width / WIDTH, 9.5 * self._scale
        pdf.set_draw_color(*LINE)
        for tick in self._page.ticks:
            at = x + tick.x * unit
            pdf.line(at, y, at, y + row * len(self._page.spans))
            self._middle(pdf, tick.words, at - 8, y + row * len(self._page.spans) + 0.5, 16)
        for place, one in enumerate(self._page.spans):
            top = y + place * row
            self._text(pdf, one.name if one.half else f"{one.name}: {HIDDEN}", x, top, self._width,
                       SMALL)  # fmt: skip
            for end, color in ((one.most, PALE), (one.half, self._accent)):
                if end:
                    pdf.set_fill_color(*([color] if isinstance(color, str) else color))
                    pdf.rect(x, top + row * 0.42, end * unit, row * 0.4, style="F")
            if one.promised:
                pdf.set_fill_color(*ALARM)
                pdf.rect(x + one.promised * unit, top + row * 0.36, 0.7, row * 0.52, style="F")
        y += row * len(self._page.spans) + 4.5 * self._scale
        return self._text(pdf, LEGEND, x, y, self._width, SMALL, color=GRAY)

    def _waits(self, pdf: FPDF, x: float, y: float) -> float:
        head = ("", for_staff("Half within"), for_staff("9 in 10 within"), for_staff("Promised"))
        y = self._row(pdf, head, x, y, bold=True)
        for one in self._page.waits:
            y = self._row(pdf, (one.name, one.half, one.most, one.promised or "–"), x, y)
        return y

    def _of(self, table: TableShown) -> Block:
        def block(pdf: FPDF, x: float, y: float) -> float:
            y = self._title(pdf, table.title, x, y)
            for line in table.lines:
                end = self._text(pdf, line.name, x, y, self._width * 0.55, WORDS)
                self._text(pdf, f"{line.number}", x + self._width * 0.58, y, 12, WORDS)
                pdf.set_fill_color(self._accent)
                bar = self._width * 0.3 * line.length / 100
                pdf.rect(x + self._width * 0.7, y + 0.5, bar, 2.6 * self._scale, style="F")
                y = end + 0.6
            said = for_staff("Hidden: %(parts)s.", parts=", ".join(map(str, table.hidden)))
            if not table.lines:
                said = for_staff("All numbers are hidden.")
            if table.hidden:
                y = self._text(pdf, said, x, y, self._width, SMALL, color=GRAY)
            return y

        return block

    def _supporters(self, pdf: FPDF, x: float, y: float) -> float:
        y = self._title(pdf, for_staff("Supporters"), x, y)
        said = for_staff("%(number)s on the roster.", number=self._page.supporters)
        y = self._text(pdf, said, x, y, self._width, WORDS)
        if self._page.lacking:
            missing = for_staff("Wishes that fewer than two could meet")
            y = self._text(pdf, missing, x, y + 1.5, self._width, WORDS, bold=True)
        for one in self._page.lacking:
            y = self._text(pdf, f"• {one}", x, y, self._width, WORDS)
        return y

    def _row(self, pdf: FPDF, cells: tuple[object, ...], x: float, y: float, *,
             bold: bool = False) -> float:  # fmt: skip
        wide, ends = (0.4, 0.2, 0.22, 0.18), []
        for share, cell in zip(wide, cells, strict=True):
            ends.append(self._text(pdf, cell, x, y, self._width * share, SMALL, bold=bold))
            x += self._width * share
        return max(ends) + 0.6

    def _title(self, pdf: FPDF, words: object, x: float, y: float) -> float:
        return self._text(pdf, words, x, y, self._width, HEAD, bold=True) + 1

    def _middle(self, pdf: FPDF, words: object, x: float, y: float, width: float) -> None:
        self._text(pdf, words, x, y, width, SMALL, align="C")

    def _text(
        self, pdf: FPDF, words: object, x: float, y: float, width: float, size: float, *,
        bold: bool = False, color: tuple[int, int, int] = BLACK, align: str = "L",
    ) -> float:  # fmt: skip
        """Write a text into a width; return where it ends."""
        size *= self._scale
        pdf.set_font(FONT, "B" if bold else "", size)
        pdf.set_text_color(*color)
        pdf.set_xy(x, y)
        pdf.multi_cell(width, size * 0.45, writable(f"{words}"), align=align)
        return float(pdf.get_y()) if words else y
