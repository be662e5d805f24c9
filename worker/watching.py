"""Watch the admins' folder while the service runs, and apply a new version."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from engine import adoption, forgetting, intake, upkeep
from engine.engine import Engine
from engine.trial import PageTrial
from program.files import Reading, Signature, read_folder, signature_of

#: Editors save in steps, and a spreadsheet program may save while we read.
PAUSE_SECONDS = 0.5
#: A file that looks cut off must not change for so long: a slow share may stop in the middle.
STILL = timedelta(minutes=1)


@dataclass
class Files:
    """Checks whether the files changed, and updates cases when a new version is in force."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    folder: Path
    #: Whether people could open every page.
    pages: PageTrial
    pause: Callable[[], None] = field(default=partial(time.sleep, PAUSE_SECONDS))
    stillness: timedelta = STILL
    seen: Signature | None = None
    #: Files that look cut off, and since when they are as they are.
    doubted: tuple[str, datetime] | None = None
    applied: str = ""

    def __call__(self) -> bool:
        """Return whether a new version came into force, from the folder or from a page."""
        self._check_folder()
        engine = self.engines()
        if engine.program.fingerprint == self.applied:
            return False
        intake.wake_configured(engine, self.clock())
        upkeep.release_gone_supporters(engine, self.clock())
        upkeep.end_changed_hand_overs(engine, self.clock())
        upkeep.tell_new_reviewers(engine, self.clock())
        # This includes cases that another process closed at this moment under the old version.
        forgetting.forget_sooner(engine.casebook)
        self.applied = engine.program.fingerprint
        return True

    def _check_folder(self) -> None:
        signature = signature_of(self.folder)
        if signature == self.seen:
            return
        reading = read_folder(self.folder)
        if self._is_settled(reading):
            self.seen = signature

    def _is_settled(self, reading: Reading) -> bool:
        """Check new files, unless they are still being saved; return whether that is done."""
        if adoption.is_checked(self.engines(), reading):
            return True
        self.pause()
        if read_folder(self.folder).fingerprint != reading.fingerprint:
            return False
        if adoption.is_cut_off(self.engines(), reading) and not self._is_still(reading):
            return False
        return adoption.adopt(self.engines, reading, self.clock(), self.pages)

    def _is_still(self, reading: Reading) -> bool:
        """Tell whether the files have been as they are for long enough."""
        now = self.clock()
        if self.doubted is None or self.doubted[0] != reading.fingerprint:
            self.doubted = reading.fingerprint, now
        return abs(now - self.doubted[1]) >= self.stillness
