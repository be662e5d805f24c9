"""What happens on a stage besides the decisions of one request."""

from dataclasses import replace

from casebook.casebook import Loaded
from engine import duplicates, upkeep
from notifications.planning import case_mail
from pages.examples.stage import LISTENING, NotPossible, Stage
from people.absences import Absence
from store import absences
from store.outbox import REQUESTER, SECOND_ADDRESS
from workflow.model import Audience, Notice, Role

ANOTHER = replace(LISTENING, email="jamie.private@example.org")


def twin(stage: Stage) -> str:
    """Let a second request come from the same phone, with another address."""
    phones = [one.identity.phone for one in _open(stage) if one.identity is not None]
    return stage.submit(replace(ANOTHER, phone=phones[0]))


def merges(stage: Stage, newer: str, older: str) -> None:
    """Let a reviewer say that both requests are one person's."""
    duplicates.merge(stage.engine, newer, older, stage.reviewer(newer), stage.now)


def asked_about_correction(stage: Stage, reference: str) -> None:
    """Let the mail leave that asks whether another way to be reached is theirs."""
    stored = stage.load(reference).stored
    waiting = stored.case.confirmation
    if waiting is not None:
        with stage.store.write() as db:
            upkeep.record_asked(stage.engine, db, stored, waiting.number, stage.now)


def proposed(stage: Stage) -> str:
    """Let a supporter say yes to someone who would like to be asked first."""
    reference = stage.submit(facts=replace(stage.facts(), asks_first=True))
    stage.matched(reference)
    return reference


def asked_how_they_are(stage: Stage, reference: str) -> str:
    """Let the time come at which a requester is asked how they are doing."""
    check_in = stage.load(reference).case.check_in
    if check_in is None or check_in.next_at is None:
        raise NotPossible("this program asks nobody how they are doing")
    stage.now = check_in.next_at
    stage.handles(reference)
    return reference


def needs_telling(stage: Stage, reference: str, email: str) -> None:
    """Let a mail to the requester turn out to be undeliverable, so that a reviewer tells them."""
    loaded = stage.load(reference)
    notice = Notice(email, Audience.REQUESTER)
    mail = case_mail(
        loaded.stored.id, notice, REQUESTER, Role.REQUESTER, f"{reference}/example", stage.now
    )
    upkeep.handle_given_up_mail(stage.engine, reference, mail, stage.now)


def second_address_fails(stage: Stage, reference: str) -> None:
    """Let a mail to the address that waits for a yes come back."""
    loaded = stage.load(reference)
    waiting = loaded.case.confirmation
    number = waiting.number if waiting else None
    notice = Notice("address_noted", Audience.SECOND_ADDRESS, offer=number)
    mail = case_mail(
        loaded.stored.id, notice, SECOND_ADDRESS, Role.REQUESTER, f"{reference}/second", stage.now
    )
    with stage.store.write() as db:
        upkeep.record_not_asked(stage.engine, db, mail, stage.now)


def everybody_is_away(stage: Stage) -> None:
    """Let every supporter be away from now on."""
    for id in stage.program.supporters:
        goes_away(stage, id)


def goes_away(stage: Stage, person: str) -> None:
    today = stage.program.today(stage.now)
    with stage.store.write() as db:
        absences.declare(db, person, Absence(today, None), today)


def answers_automatically(stage: Stage, person: str) -> None:
    """Let someone's mailbox answer that they are away."""
    with stage.store.write() as db:
        absences.record_answer(db, person, stage.program.today(stage.now), None)


def supporter_of(stage: Stage, reference: str) -> str:
    offer = stage.load(reference).case.current_offer
    if offer is None:
        raise NotPossible("nobody is asked")
    return offer.supporter


def _open(stage: Stage) -> list[Loaded]:
    return list(stage.casebook.unfinished_cases())
