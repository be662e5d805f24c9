"""A stage on which invented requests are played with a real program, and nothing is mailed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casebook.casebook import Casebook, Loaded
from engine import upkeep
from engine.engine import Engine
from lib.phones import example
from people.records import Identity
from people.units import NO_UNIT, with_settled_unit
from program import Program
from store.database import Store
from store.sealing import Seal
from workflow.choices import ALTHOUGH
from workflow.model import Case, Decision, Event, Facts, Role, State, Wish

#: Long enough for what was decided to be mailed.
A_WHILE = timedelta(minutes=20)
MOST_ASKED = 3
LISTENING = Identity(
    name="Jamie Quill",
    email="jamie.quill@example.org",
    is_mail_ok=True,
    is_text_ok=True,
    is_call_ok=True,
    note="I can’t sleep since the night on Tuesday.",
)


class NotPossible(Exception):
    """This program has no one for the scene, such as a supporter who can be asked."""


@dataclass
class Stage:
    """A program, a database of its own, and a clock that scenes move."""

    program: Program
    store: Store
    seal: Seal
    now: datetime
    #: How many phones there are on the stage.
    count: int = 0

    @property
    def casebook(self) -> Casebook:
        return Casebook(self.store, self.seal, self.program, self.now)

    @property
    def engine(self) -> Engine:
        return Engine(self.casebook)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def load(self, reference: str) -> Loaded:
        return self.casebook.load(reference)

    def facts(self) -> Facts:
        """Return what a requester of this program may have answered."""
        program = self.program
        reviewed = (id for id, one in program.departments.items() if one.coordinators)
        return Facts(
            department=next(reviewed, next(iter(program.departments))),
            role=next(iter(program.roles)),
            specialty=next(iter(program.file.specialties), ""),
            wish_role=Wish.SIMILAR,
            wish_department=Wish.DIFFERENT,
            language=program.file.language,
            is_mailable=True,
            is_reachable=True,
        )

    def submit(
        self,
        identity: Identity = LISTENING,
        facts: Facts | None = None,
        *,
        is_urgent: bool = False,
        is_test: bool = False,
        is_unit_settled: bool = True,
    ) -> str:
        """Let someone ask for support; return the reference.

        This program's units are its own, so in most scenes a reviewer has said what theirs is.
        """
        if is_unit_settled and not identity.unit:
            identity = with_settled_unit(identity, NO_UNIT, "")
        case = Case(
            reference="",
            state=State.IN_REVIEW,
            version=0,
            submitted_at=self.now,
            opened_at=self.now,
            facts=facts or self.facts(),
            is_urgent=is_urgent,
            is_test=is_test,
        )
        whole = replace(identity, phone=identity.phone or self.another_phone())
        return self.engine.submit(case, whole, self.now, lambda db, id: None).reference

    def another_phone(self) -> str:
        """Return a number of this country that no one on the stage has yet."""
        self.count += 1
        return f"{example(self.program.file.country)[:-1]}{self.count % 10}"

    def reviewer(self, reference: str) -> str:
        """Return the first who reviews a request."""
        reviewing = self.load(reference).reviewing
        for person in (*reviewing.reviewers, *reviewing.deputies):
            return person.id
        raise NotPossible("nobody reviews")

    def decide(self, reference: str, event: Event, **more: object) -> None:
        """Let a reviewer decide."""
        self._decide(reference, event, self.reviewer(reference), Role.REVIEWER, **more)

    def says(self, reference: str, event: Event, **more: object) -> None:
        """Let the supporter who is asked or matched say something."""
        offer = self.load(reference).case.current_offer
        if offer is None:
            raise NotPossible("nobody is asked")
        more = {"offer": offer.number, **more}
        self._decide(reference, event, offer.supporter, Role.SUPPORTER, **more)

    def wants(self, reference: str, event: Event, **more: object) -> None:
        """Let the requester decide."""
        self._decide(reference, event, "", Role.REQUESTER, **more)

    def _decide(self, reference: str, event: Event, by: str, role: Role, **more: object) -> None:
        self.engine.decide(reference, Decision(event, by, role, **more), self.now)  # type: ignore[arg-type]

    def chosen(self, reference: str) -> list[str]:
        """Return whom a reviewer would ask, best first."""
        ranking = self.casebook.ranking(self.load(reference), self.now)
        if not ranking.candidates:
            raise NotPossible("no supporter can be asked")
        ordered = sorted(ranking.candidates, key=lambda one: bool(one.cautions))
        return [one.supporter.id for one in ordered[:MOST_ASKED]]

    def asks(self, reference: str) -> None:
        """Let a reviewer ask a supporter, with others as stand-ins."""
        why = next(iter(ALTHOUGH))
        chosen = tuple(self.chosen(reference))
        self.decide(reference, Event.OFFERED, supporters=chosen, although=why)

    def offered(self, reference: str) -> str:
        """Let a supporter be asked, by a mail that has left."""
        self.asks(reference)
        self.mailed(reference)
        return reference

    def mailed(self, reference: str) -> None:
        """Let the mail that asks a supporter leave."""
        self.now += A_WHILE
        stored = self.load(reference).stored
        offer = stored.case.current_offer
        if offer is not None:
            with self.store.write() as db:
                upkeep.record_offer_sent(self.engine, db, stored, offer.number, self.now)

    def matched(self, reference: str) -> str:
        self.offered(reference)
        self.says(reference, Event.ACCEPTED)
        self.now += A_WHILE
        return reference

    def in_contact(self, reference: str) -> str:
        self.matched(reference)
        self.says(reference, Event.CONTACTED)
        self.now += A_WHILE
        return reference

    def handles(self, reference: str) -> None:
        """Let what is due by now happen."""
        upkeep.handle_due(self.engine, reference, self.now)
