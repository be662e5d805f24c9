"""Random interleavings of people, clocks and crashes, with the invariants of the simulation."""

import random
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from demo.mailbox import StoredMessage
from store.database import stamp, unstamp
from tests.simulation.acts import reference_on
from tests.simulation.alone import alone, quick_folder, work_until_done
from tests.simulation.chronicle import Chronicle
from tests.simulation.deaths import Deadly
from tests.simulation.invariants import Invariants
from tests.simulation.people import LINK
from tests.simulation.requesters import Crowd
from tests.simulation.year import DUE
from tests.world import Page
from worker.worker import Worker

MINUTE = timedelta(minutes=1)
SOON, LATE = st.integers(1, 90), st.integers(60, 60 * 24 * 20)
#: One of what there is; lists differ from run to run, since references are drawn anew.
picks = st.integers(0, 10_000)


class Interleavings(RuleBasedStateMachine):
    """Anybody may do anything that a page offers them, at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(quick_folder())
        self.service = self.stack.enter_context(alone(Path(folder)))
        self.deadly = Deadly(self.service.store)
        self.worker: Worker = self.service.world.worker
        #: To whom each was mailed.
        self.links: list[tuple[str, str]] = []
        self.read = 0

    @initialize(seed=picks)
    def begin(self, seed: int) -> None:
        chance, service = random.Random(seed), self.service
        self.crowd = Crowd(chance, lambda: service.engine.program)
        self.checks = Invariants(
            lambda: service.engine, service.now, self.crowd, Chronicle(service.store)
        )

    def teardown(self) -> None:
        try:
            if hasattr(self, "checks"):
                self.work()
                self.checks.check_all()
        finally:
            self.worker.close()
            self.stack.close()

    # People

    @rule(safety=st.sampled_from([1, 1, 3]), ways=st.sampled_from([["1", "2"], ["2", "3"]]))
    def somebody_asks(self, safety: int, ways: list[str]) -> None:
        self._submit(self.crowd.somebody(QID12=safety, QID4=ways).answers)

    @precondition(lambda self: self.crowd.by_name)
    @rule(pick=picks, address=st.sampled_from(["", "", "my"]))
    def somebody_asks_again(self, pick: int, address: str) -> None:
        asked = list(self.crowd.by_name.values())
        asker = asked[pick % len(asked)]
        self._submit(asker.answers | {"QID2_TEXT": f"{address}{asker.email}"})

    def _submit(self, answers: dict[str, object]) -> None:
        self.service.qualtrics.submit(answers)  # type: ignore[arg-type]
        assert self.service.qualtrics.wait_until_published()
        self.checks.tell("somebody submits")
        self.work()

    @precondition(lambda self: self.links)
    @rule(which=picks, what=picks)
    def somebody_answers_the_newest_mails(self, which: int, what: int) -> None:
        newest = self.links[-6:]
        self._answer(newest[which % len(newest)], what)

    @precondition(lambda self: self.links)
    @rule(which=picks, what=picks)
    def somebody_answers_any_mail(self, which: int, what: int) -> None:
        self._answer(self.links[which % len(self.links)], what)

    def _answer(self, mailed: tuple[str, str], pick: int) -> None:
        address, link = mailed
        browser = self.service.browser()
        try:
            page = browser.open(link)
            self.checks.check_opened(address, page)
            choices = page.values("choice")
            if choices:
                page = self._choose(page, choices[pick % len(choices)], pick)
            assert page.status < 500, page.text
        finally:
            browser.close()
        self.checks.check([], worked=False)

    def _choose(self, page: Page, choice: str, pick: int) -> Page:
        """Fill in whatever may belong to a choice."""
        more: dict[str, str | list[str]] = {"phone": "203-555-0199", "how": ["text"]}
        for name in ("first", "outcome", "subject", "other", "confirmation"):
            if values := page.values(name):
                more[name] = values[pick % len(values)]
        if pick % 2 and len(candidates := page.values("first")) > 1:
            more["backup"] = candidates[(pick + 1) % len(candidates)]
        more["resource"] = page.values("resource")[:1]
        self.checks.tell(f"somebody chooses {choice} at {reference_on(page)}")
        return page.choose(choice, **more)

    # Clocks

    @rule(minutes=SOON)
    def time_passes(self, minutes: int) -> None:
        self._move(minutes * MINUTE)
        self.work()

    @rule(minutes=LATE)
    def nobody_works_for_long(self, minutes: int) -> None:
        self._move(minutes * MINUTE)
        self.work()

    @rule()
    def the_next_moment_comes(self) -> None:
        now = self.service.now()
        found = self.service.store.read().execute(DUE, {"now": stamp(now)}).fetchone()
        self._move(max(unstamp(found[0]) - now, MINUTE) if found[0] else MINUTE)
        self.work()

    @rule(minutes=SOON)
    def the_clock_is_set_back(self, minutes: int) -> None:
        """Not from the night into the evening: what is put off into the morning stays put off."""
        back, quiet = minutes * MINUTE, self.service.engine.casebook.rules.quiet
        now = self.service.now()
        if quiet.covers(now) == quiet.covers(now - back):
            self._move(-back)

    def _move(self, time: timedelta) -> None:
        self.service.jump(self.service.now() + time)
        self.checks.tell(f"{time} passed")

    # Workers

    @rule()
    def work(self) -> None:
        work_until_done(self.worker)
        self._check(worked=True)

    @rule(writes=st.integers(0, 8), minutes=SOON)
    def a_worker_dies(self, writes: int, minutes: int) -> None:
        self._move(minutes * MINUTE)
        with self.deadly.after(writes) as died:
            work_until_done(self.worker)
        if died:
            self.checks.tell(f"a worker died after {writes} writes")
            self.checks.deaths += 1
            with suppress(OSError):
                self.worker.close()
            self.worker = self.service.world.app.extensions["worker"]()
        self._check(worked=not died)

    def _check(self, *, worked: bool) -> None:
        mails = self._new_mails()
        self.checks.check(mails, worked=worked)
        self.links += [(m.recipients[0], link) for m in mails for link in LINK.findall(m.text)]

    def _new_mails(self) -> list[StoredMessage]:
        new = self.service.mailbox.messages[self.read :]
        self.read += len(new)
        return new
