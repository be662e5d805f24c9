"""Errors that say why the workflow refuses something."""


class WorkflowError(Exception):
    """Base of these errors. Trying the same thing again never helps."""


class TransitionNotAllowed(WorkflowError):
    """The case's state does not allow this event."""


class CannotTakeIt(TransitionNotAllowed):
    """The supporter who was asked can no longer support this request. We never tell the reason."""


class CannotBeAsked(WorkflowError):
    """A chosen supporter cannot be asked about this request. We never tell the reason."""


class NotSettled(WorkflowError):
    """No one can be asked until a reviewer settles whom the requester does not want."""


class NeedsReason(WorkflowError):
    """There is a caution about a chosen supporter, and the reviewer gave no reason to go on."""

    def __init__(self, advised_against: dict[str, tuple[str, ...]]) -> None:
        super().__init__(f"{', '.join(advised_against)}: choosing them needs a reason")
        #: Cautions by supporter id.
        self.advised_against = advised_against


class NotYours(WorkflowError):
    """This person may not do this in this role."""


class NobodyLeft(WorkflowError):
    """The last reviewer of a case cannot step back until someone else can review it."""


class NoSuchCase(WorkflowError):
    """There is no such case, or it was forgotten."""


class StaleCase(Exception):
    """Someone else changed the case first. Load it and decide again."""
