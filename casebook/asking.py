"""Who may be asked to support, and in which order they are proposed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from casebook import attendance
from casebook.casebook import Casebook, Loaded
from matching.exclusions import is_excluded
from matching.fairness import Use, load_of
from matching.ranking import Ranking, rank
from people.supporters import ChecksMail, Load, Readiness, Standing, Supporter, as_now
from store import cases, readiness, uses
from workflow.model import PromiseKind
from workflow.reviewers import is_requester


@dataclass(frozen=True)
class Asking(Casebook):
    """A casebook that also knows the supporters as they are now, and what they have open."""

    @cached_property
    def supporters(self) -> tuple[Supporter, ...]:
        """Return the roster as it is now: why somebody cannot be asked makes no difference."""
        said, unavailable = readiness.said(self.store.read()), self.unavailable
        return tuple(
            as_now(s, said.get(s.id, Readiness()), s.id not in unavailable)
            for s in self.program.supporters.values()
        )

    @property
    def unavailable(self) -> frozenset[str]:
        """Return who cannot be asked just now: also who leaves before a contact would be due."""
        db, today = self.store.read(), self.program.today(self.made_at)
        contact_by = self.program.today(self.rules.due_at(PromiseKind.CONTACT, self.made_at))
        leaving = attendance.leaving(db, self.program, today, contact_by)
        return self.absent | leaving | self.supported | attendance.resting(db, today)

    @cached_property
    def supported(self) -> frozenset[str]:
        """Return which supporters ask for support themselves: nobody else is sent to them now."""
        asking = [one.identity for one in self.open_cases() if not one.case.is_test]
        return frozenset(
            supporter.id
            for supporter in self.program.supporters.values()
            if any(who is not None and is_requester(supporter, who) for who in asking)
        )

    def ranking(
        self, loaded: Loaded, now: datetime, loads: Mapping[str, Load] | None = None
    ) -> Ranking:
        """Rank the supporters who may be asked for this case; `loads` as they were counted."""
        return rank(
            loaded.case,
            loaded.identity,
            self.supporters,
            self.loads() if loads is None else loads,
            self.program.matching,
            self.program.today(now),
        )

    def choosable(self, loaded: Loaded, now: datetime) -> frozenset[str]:
        """Return who may be asked for this case, whatever else they have to do."""
        today = self.program.today(now)
        return frozenset(
            supporter.id
            for supporter in self.supporters
            if not is_excluded(supporter, loaded.identity, today)
        )

    def may_accept(self, loaded: Loaded, supporter: str, now: datetime) -> bool:
        """Tell whether whoever was asked may say yes.

        Neither a pause nor asking for support takes a yes away: they keep new questions away.
        """
        known = self.program.supporters.get(supporter)
        if known is None or supporter in self.absent:
            return False
        if known.status is Standing.PAUSED:
            known = replace(known, status=Standing.ACTIVE)
        return not is_excluded(known, loaded.identity, self.program.today(now))

    def loads(self) -> dict[str, Load]:
        """Return what each supporter has open, questions and people supported, and had lately."""
        counts: dict[str, int] = {}
        for case in cases.open_cases(self.store.read()):
            if case.current_offer is not None and not case.is_test:
                supporter = case.current_offer.supporter
                counts[supporter] = counts.get(supporter, 0) + 1
        known, today = uses.of_everybody(self.store.read()), self.program.today(self.made_at)
        return {
            id: load_of(counts.get(id, 0), known.get(id, Use()), today) for id in {*counts, *known}
        }

    def mail_habit(self, supporter: str) -> ChecksMail:
        """Return how often a supporter reads mail; who is gone gets no longer than others."""
        known = self.program.supporters.get(supporter)
        return known.checks_mail if known else ChecksMail.DAILY
