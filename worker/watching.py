"""The admins' folder while the service runs: what changed in it is judged, and followed up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from engine import adoption, forgetting, intake, upkeep
from engine.engine import Engine
from program.files import Reading, Signature, read_folder, signature_of

#: Editors save in steps, and a spreadsheet program saves while we look.
PAUSE_SECONDS = 0.5


@dataclass
class Files:
    """Looks whether the files changed, and does what follows once others are in force."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    folder: Path
    pause: Callable[[], None] = field(default=partial(time.sleep, PAUSE_SECONDS))
    seen: Signature | None = None
    followed: str = ""

    def __call__(self) -> bool:
        """Return whether other files came into force, from here or from a page."""
        self._look()
        engine = self.engines()
        if engine.program.fingerprint == self.followed:
            return False
        intake.wake_configured(engine, self.clock())
        upkeep.supporters_gone(engine, self.clock())
        upkeep.tell_new_reviewers(engine, self.clock())
        # Also what was closed at the very moment by somebody who did not know yet.
        forgetting.forget_sooner(engine.casebook)
        self.followed = engine.program.fingerprint
        return True

    def _look(self) -> None:
        signature = signature_of(self.folder)
        if signature == self.seen:
            return
        reading = read_folder(self.folder)
        if self._is_settled(reading):
            self.seen = signature

    def _is_settled(self, reading: Reading) -> bool:
        """Judge what is new, unless it is still being saved."""
        if adoption.is_checked(self.engines(), reading):
            return True
        self.pause()
        if read_folder(self.folder).fingerprint != reading.fingerprint:
            return False
        return adoption.adopt(self.engines, reading, self.clock())
