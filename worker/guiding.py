"""The round that mails the guide for checking in to the leads of departments."""

from dataclasses import dataclass
from datetime import date, timedelta

from matching.fairness import quarter_of
from notifications.program_mails import to_leads
from program.outreach.leads import leads_of
from store import outbox
from worker.rounds import ASK_AT, Clock, Engines

#: People who become leads in the last days of a quarter get the guide when the next one begins: by
#: then the outbox no longer knows who got it on the first day.
LAST_DAYS = timedelta(days=7)


@dataclass
class Guides:
    """Mails the guide once a quarter to each lead, and to a new one on the next working morning."""

    engines: Engines
    clock: Clock
    looked_on: date | None = None

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        local, program = now.astimezone(engine.program.zone), engine.program
        if self.looked_on == local.date() or local.time() < ASK_AT or program.quiet.covers(now):
            return False
        if not program.working.is_working_day(local.date()) or _ends(local.date()):
            return False
        here = [id for id in leads_of(program) if id not in engine.casebook.absent]
        mails = to_leads(here, quarter_of(local.date()), now)
        if mails:
            with engine.store.write() as db:
                outbox.add(db, mails)
        self.looked_on = local.date()
        return bool(mails)


def _ends(day: date) -> bool:
    """Tell whether the quarter is nearly over."""
    return quarter_of(day + LAST_DAYS) != quarter_of(day)
