"""Where an exception came from, without its message, which may quote an answer."""

import traceback
from pathlib import Path

HERE = Path(__file__).parent.parent
DEEPEST = 4


def where(error: BaseException) -> str:
    """Return the type of an exception and the last lines of our code in its traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f for f in frames if Path(f.filename).is_relative_to(HERE) and ".venv" not in f.filename
    ]
    lines = (f"{Path(f.filename).relative_to(HERE)}:{f.lineno}" for f in ours[-DEEPEST:])
    cause = f" from {type(error.__cause__).__name__}" if error.__cause__ else ""
    return f"{type(error).__name__}{cause} at {' > '.join(lines)}"
