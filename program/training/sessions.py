"""The keys of training.toml, and what each may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic import model_validator as validates_whole

from program.shapes import Shape
from program.values import Duration, Id, Line, Remark

FILE = "training.toml"
Seats = Annotated[int, Field(ge=1, le=500)]
Times = Annotated[int, Field(ge=1, le=20)]


class SessionShape(Shape):
    """One meeting, in the program's local time."""

    kind: str
    #: What invitations and calendars show; a lock screen shows it, too.
    title: Line
    begins: datetime
    ends: datetime
    place: Line
    seats: Seats
    #: An id of [people] or of supporters.csv: who records who came.
    led_by: str

    @validates_whole(mode="after")
    def _ends_after_it_begins(self) -> "SessionShape":
        if self.begins.tzinfo is not None or self.ends.tzinfo is not None:
            raise ValueError("write begins and ends in your local time: 2026-12-08T12:00:00")
        if not timedelta() < self.ends - self.begins < timedelta(days=2):
            raise ValueError("ends before it begins, or lasts for days; correct one of the two")
        if "peer" in self.title.casefold() or "support" in self.title.casefold():
            raise ValueError("has a title that tells on a lock screen what it is about")
        return self


class RefresherShape(Shape):
    """Which kind of session renews a training, and for how long."""

    kind: str
    every: Duration


class CareShape(Shape):
    """What is there for the supporters themselves."""

    #: Sessions of this kind train no one. "" for none.
    kind: str = ""
    #: Who talks a request through with a supporter, and how to reach them. "" for no one.
    call: str = ""
    #: After how many requests a supporter hears of it; always after a hard one.
    after: Times = 3

    @validates_whole(mode="after")
    def _has_something(self) -> "CareShape":
        if not (self.kind or self.call):
            raise ValueError("needs kind, or call, or both")
        return self


class TrainingShape(Shape):
    """training.toml."""

    kinds: dict[Id, Remark] = Field(default={})
    #: How many sessions of each kind complete a training.
    complete: dict[str, Times] = Field(default={})
    refresher: RefresherShape | None = None
    care: CareShape | None = None
    sessions: dict[Id, SessionShape] = Field(default={})

    @validates_whole(mode="after")
    def _names_known_kinds(self) -> "TrainingShape":
        named = {*self.complete, *(one.kind for one in self.sessions.values())}
        training = {*self.complete, *([self.refresher.kind] if self.refresher else [])}
        named |= training | ({self.care.kind} if self.care and self.care.kind else set())
        if unknown := sorted(named - self.kinds.keys()):
            raise ValueError(f"{unknown[0]} is not one of [kinds]; add it there")
        if self.care and self.care.kind in training:
            raise ValueError(f"{self.care.kind} of [care] is for training, too; add another kind")
        return self

    def is_care(self, kind: str) -> bool:
        """Tell whether sessions of a kind are for the supporters, and no one records who came."""
        return self.care is not None and self.care.kind == kind


@dataclass(frozen=True)
class Session:
    """One meeting, with its moments in UTC."""

    id: str
    kind: str
    title: str
    begins_at: datetime
    ends_at: datetime
    place: str
    seats: int
    led_by: str


def sessions_of(written: Mapping[str, SessionShape], zone: ZoneInfo) -> dict[str, Session]:
    """Return the sessions by id, the earliest first."""
    found = [
        Session(
            id,
            one.kind,
            one.title,
            one.begins.replace(tzinfo=zone).astimezone(UTC),
            one.ends.replace(tzinfo=zone).astimezone(UTC),
            one.place,
            one.seats,
            one.led_by,
        )
        for id, one in written.items()
    ]
    return {one.id: one for one in sorted(found, key=lambda one: (one.begins_at, one.id))}
