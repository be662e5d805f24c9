"""What the workflow refuses, and why."""


class WorkflowError(Exception):
    """Base of what the workflow refuses. Trying the same again never helps."""


class TransitionNotAllowed(WorkflowError):
    """The case's state does not know this event."""


class CannotTakeIt(TransitionNotAllowed):
    """Whoever was asked cannot support this request any more; what for is never told."""


class CannotBeAsked(WorkflowError):
    """Somebody chosen cannot be asked for this request; what for is never told."""


class NeedsReason(WorkflowError):
    """Somebody chosen should rather not be asked, and nobody said why all the same."""

    def __init__(self, advised_against: dict[str, tuple[str, ...]]) -> None:
        super().__init__(f"{', '.join(advised_against)}: choosing them needs a reason")
        #: The cautions by the id of the supporter.
        self.advised_against = advised_against


class NotYours(WorkflowError):
    """This person may not do this in this role."""


class NobodyLeft(WorkflowError):
    """The last one who may review a case cannot step back before somebody else can."""


class NoSuchCase(WorkflowError):
    """There is no such case, or it was forgotten."""


class StaleCase(Exception):
    """Somebody else moved the case first; load it and decide again."""
