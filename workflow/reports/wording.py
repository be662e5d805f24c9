"""Reports in words, and as rows for the terminal and for a spreadsheet."""

from collections.abc import Iterable, Iterator

from lib.languages.said import counted_for_staff, for_staff
from lib.statistics.spans import LONGER
from workflow.reports.feedback import QUESTIONS
from workflow.reports.figures import LOADS, MET, NO_WISH, NOT_MET, OTHERS, STILL_OPEN, Line, Report
from workflow.reports.legs import Leg
from workflow.reports.periods import in_words
from workflow.words import OUTCOME_WORDS, counted, table

HIDDEN = for_staff("hidden")
LONG = for_staff("more than 14 days")
#: How the address of a form names the page, or the flyer of a unit, that led to it.
HELP, FLYER = "help", "flyer-"
LEG_WORDS = {
    Leg.REVIEW: for_staff("Request to decision"),
    Leg.ANSWER: for_staff("Decision to a supporter’s yes"),
    Leg.CONTACT: for_staff("Yes to first contact"),
    Leg.FIRST_CONTACT: for_staff("Request to first contact"),
}
TITLES = {
    "outcome": for_staff("How requests ended"),
    "wish_met_role": for_staff("Wishes about the supporter’s role"),
    "wish_met_specialty": for_staff("Wishes about the supporter’s specialty"),
    "wish_met_department": for_staff("Wishes about the supporter’s department"),
    "source": for_staff("Where people found the form"),
    "role_group": for_staff("Requests by role"),
    "department_group": for_staff("Requests by department"),
    **{one.what: one.words for one in QUESTIONS},
    "load": for_staff("Supporters by requests they took"),
}
VALUES: dict[str, str] = {
    **{str(outcome): words for outcome, words in OUTCOME_WORDS.items()},
    STILL_OPEN: for_staff("still open"),
    MET: for_staff("met"),
    NOT_MET: for_staff("not met"),
    NO_WISH: for_staff("no wish, or no supporter"),
    HELP: for_staff("the help page"),
    OTHERS: for_staff("not listed, or not stated"),
    "help": for_staff("the help page"),
    LOADS[0]: for_staff("no request"),
    LOADS[1]: for_staff("1 request"),
    LOADS[2]: for_staff("2 requests or more"),
    **{value: words for one in QUESTIONS for value, words in one.answers.items()},
}
LOST = for_staff(
    "The service was restored from a backup during this time. An earlier print of this report is"
    " still right. We won’t publish it again with other numbers."
)
BY_YEAR = for_staff("How requests ended, and who asked, is in the report of the year.")
BY_QUARTER = for_staff("How requests ended, and who asked, is in the reports of the quarters.")


def value(name: str) -> str:
    """Return the words for a part; flyers are named by the ids of their units."""
    flyer = name.removeprefix(FLYER)
    return (
        VALUES.get(name, name)
        if flyer == name
        else for_staff("flyer: %(unit)s", unit=flyer.replace("-", " "))
    )


def within(bucket: str) -> str:
    """Say how long half or 90 % took at most."""
    if bucket in ("", LONGER):
        return LONG if bucket else HIDDEN
    hours = int(bucket)
    if hours <= 48:
        return counted_for_staff("%(num)s hour", "%(num)s hours", hours)
    return counted_for_staff("%(num)s day", "%(num)s days", hours // 24)


def number(line: Line) -> str:
    return HIDDEN if line.number is None else f"{line.number}"


def requests(report: Report) -> str:
    """Say how many asked."""
    if report.is_lost:
        return LOST
    if report.requests is None:
        return for_staff(
            "Fewer than %(number)s requests, or too few to say more.", number=report.bound
        )
    return counted_for_staff("%(num)s request", "%(num)s requests", report.requests)


def about_hidden(report: Report) -> str:
    return for_staff(
        "Hidden: fewer than %(number)s, or a number that could reveal someone."
        " A report never changes once it’s out.",
        number=report.bound,
    )


def elsewhere(report: Report) -> str:
    """Say where the parts are that this report leaves out."""
    if report.requests is None or report.is_in_parts:
        return ""
    return BY_QUARTER if len(report.period) == 4 else BY_YEAR


def lines(report: Report) -> Iterator[str]:
    """Yield the report for a terminal."""
    yield in_words(report.period)
    yield requests(report)
    if report.requests is None:
        return
    yield ""
    waits = [(LEG_WORDS[w.leg], within(w.half), within(w.most), w.promised.words or "–")
             for w in report.waits]  # fmt: skip
    yield from table([("How long it took", "half within", "9 in 10 within", "promised"), *waits])
    for shown in (*report.tables, *([report.load] if report.load else [])):
        yield ""
        parts = ((f"  {value(line.name)}", number(line)) for line in shown.lines)
        yield from table([(TITLES[shown.what], ""), *parts])
    yield ""
    yield f"{counted(report.supporters, 'supporter')} on the roster."
    yield from (f"  Missing: {one}" for one in report.lacking)
    yield from (one for one in (elsewhere(report), about_hidden(report)) if one)


def rows(reports: Iterable[Report]) -> Iterator[tuple[str, str, str, str]]:
    """Yield rows for a spreadsheet; a hidden number is empty."""
    yield ("period", "about", "what", "number")
    for one in reports:
        yield (one.period, "requests", "all", "" if one.requests is None else f"{one.requests}")
        for shown in (*one.tables, *([one.load] if one.load else [])):
            for line in shown.lines:
                told = "" if line.number is None else f"{line.number}"
                yield (one.period, shown.what, line.name, told)
        for wait in one.waits:
            for name, bucket in (
                ("half within hours", wait.half),
                ("9 in 10 within hours", wait.most),
            ):
                yield (one.period, wait.leg, name, f"over {336}" if bucket == LONGER else bucket)
