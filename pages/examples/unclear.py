"""What reviewers must read or settle before anyone is asked."""

from dataclasses import replace

from lib.languages.said import for_staff
from pages.examples.shown import Pages, looked, missing, of_reviewer
from pages.examples.stage import LISTENING, Stage
from pages.facts import common
from pages.facts.answered import SettledUnitPage
from pages.facts.page import SurePage
from pages.reviewer_answers import COMPARED_TWICE, SETTLED_TWICE
from people.records import Settled, Unclear
from program.units import lines_to_add
from workflow.model import Event, Outcome

UNKNOWN = "Tower 3"


def unit(stage: Stage) -> Pages:
    """They work somewhere that our lists do not know, or do not say where."""
    silent = stage.submit(is_unit_settled=False)
    yield "unit not named", of_reviewer(stage, silent)
    yield "unit not named, text opened", looked(stage, silent, "text")
    stage.wants(silent, Event.WITHDRAWN)
    reference = stage.submit(replace(LISTENING, unit=UNKNOWN))
    yield "unit unknown", of_reviewer(stage, reference)
    yield "which unit?", looked(stage, reference, "text")
    units = stage.program.file.units
    listed = next((one.name for one in units.values()), "")
    stage.engine.settle_unit(reference, UNKNOWN, listed, stage.reviewer(reference), stage.now)
    case = common.summary(stage.casebook, stage.load(reference).case, stage.now)
    yield "unit settled", SettledUnitPage(case, lines_to_add(UNKNOWN, listed, units))


def not_wanted(stage: Stage) -> Pages:
    """They would rather not talk to someone whose name we do not know, or know twice."""
    nobody = replace(LISTENING, not_wanted="the tall one on days")
    reference = stage.submit(nobody)
    yield "not wanted unclear", of_reviewer(stage, reference)
    yield "whom do they mean?", looked(stage, reference, "text")
    first, second = list(stage.program.supporters.values())[:2]
    mixed = f"{first.name.split()[0]} {second.name.split()[-1]}, not on nights"
    led = next((unit.name for unit in stage.program.file.units.values() if unit.led_by), "")
    named = replace(nobody, not_wanted=mixed, unit=led)
    reference = stage.submit(replace(named, email="sam.example@example.org"))
    wrong = missing(for_staff("Please choose who they mean, or “no one on our lists.”"))
    yield "it could be one of these", looked(stage, reference, "text", wrong)
    stage.wants(reference, Event.WITHDRAWN)
    for choice, question in COMPARED_TWICE.items():
        other = for_staff(question, other=reference)
        yield f"sure? {choice}", SurePage(other, [("choice", choice)])
    yield "sure? recognized", SurePage(SETTLED_TWICE, [("choice", "recognized")])


def settled(stage: Stage) -> Pages:
    """Others settled whom they would rather not talk to, and their words can still be read."""
    typed, deputies = "the tall one on days", stage.program.duties.deputies
    supporter = next(iter(stage.program.supporters))
    answers = (
        Settled(Unclear(typed, ()), deputies[0]),
        Settled(Unclear(typed, ()), deputies[-1], (supporter,)),
    )
    reference = stage.submit(replace(LISTENING, not_wanted_as_typed=typed, settled=answers))
    yield "settled by another", of_reviewer(stage, reference)
    yield "settled by another, text opened", looked(stage, reference, "text")


def left_out(stage: Stage) -> Pages:
    """They would rather not talk to colleagues whom we know."""
    names = [one.name for one in stage.program.supporters.values() if one.status == "active"]
    for count in (1, 2):
        typed = replace(LISTENING, not_wanted=", ".join(names[:count]))
        yield f"{count} left out", of_reviewer(stage, stage.submit(typed))


def address(stage: Stage) -> Pages:
    """The address that they typed may mean several."""
    facts = replace(stage.facts(), is_mailable=False)
    choices = ("jamie.quill@example.org", "jamie.quill@example.com")
    typed = replace(LISTENING, email="jamie.quill@exampel.org", email_choices=choices)
    reference = stage.submit(typed, facts)
    yield "address unclear", of_reviewer(stage, reference)
    yield "which address?", looked(stage, reference, "identity")


def closed(stage: Stage) -> Pages:
    """What was typed, once nothing can be settled anymore."""
    unread = (("wish_role", "somebody like me"),)
    typed = replace(LISTENING, not_wanted="the tall one on days", unread=unread, unit=UNKNOWN)
    reference = stage.submit(typed, replace(stage.facts(), unreadable=("wish_role",)))
    yield "much to read", of_reviewer(stage, reference)
    yield "much to read, text opened", looked(stage, reference, "text")
    stage.decide(reference, Event.CLOSED, outcome=Outcome.REACHED_OTHERWISE)
    yield "closed with a text", looked(stage, reference, "text")
