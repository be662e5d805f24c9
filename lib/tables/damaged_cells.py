"""What spreadsheet programs save in place of a cell, and how to mend it."""

import re

from lib.phones import WITH_DECIMALS

AS_TEXT = "format the column as text and enter it again"
#: "5E2" is left alone, as it may be a unit.
DAMAGED_CELLS = (
    (
        re.compile(r"#{3,}"),
        "is what a spreadsheet program saves when a column is too narrow; widen it",
    ),
    (
        re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!)|Err:\d+"),
        "is the error of a formula in a spreadsheet program; write a value",
    ),
    (re.compile(r"=.+"), "is a formula of a spreadsheet program; write a value"),
    (
        re.compile(r"\d+([.,]\d+)?E[+-]\d+"),
        f"is what a spreadsheet program has made of a number; {AS_TEXT}",
    ),
    (WITH_DECIMALS, f"is what a spreadsheet program has made of a number; {AS_TEXT}"),
)
#: In the languages of spreadsheet programs that write "5-Apr" for "4-5".
MONTH = (
    "(jan|ene|gen|feb|fev|fév|mar|mär|mrz|apr|abr|avr|may|mai|mag|jun|giu|jul|lug|juin|juil|aug|ago"
    "|août|aoû|sep|set|sept|oct|okt|ott|out|nov|dec|dez|dic|déc)"
)
#: No name and no unit looks like these.
DAMAGED_WORDS = (
    (re.compile(rf"\d{{1,2}}[-./ ]{{1,2}}{MONTH}\.?([-./ ]\d{{2,4}})?", re.IGNORECASE), "date"),
    (re.compile(rf"{MONTH}\.?[-./]\d{{1,4}}", re.IGNORECASE), "date"),
    (re.compile(r"\d{4}-\d{2}-\d{2}( .*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}( .*)?"), "date"),
    (re.compile(r"\d{1,2}:\d{2}(:\d{2})?( ?[AaPp]\.?[Mm]\.?)?"), "time"),
)


def damage(cell: str) -> str:
    """Return what happened to a cell and how to mend it; "" when nothing did."""
    return next((how for damaged, how in DAMAGED_CELLS if damaged.fullmatch(cell)), "")


def damage_to_words(cell: str) -> str:
    """Return the same for a cell that holds words, like a name, or a unit such as "4-5"."""
    kinds = (kind for damaged, kind in DAMAGED_WORDS if damaged.fullmatch(cell))
    kind = next(kinds, "")
    if not kind:
        return ""
    return f"is a {kind} that a spreadsheet program has made of something else; {AS_TEXT}"
