"""Log lines: text for people, or for collectors one JSON object a line."""

import json
import logging
from datetime import UTC, datetime

from lib.faults import where

TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)


class OneObject(logging.Formatter):
    """Writes a record as one line. Of an exception it says where: its text may quote an answer."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = where(record.exc_info[1])
        return json.dumps(line)


def formatter(kind: str) -> logging.Formatter:
    """Return what writes lines of a kind."""
    return OneObject() if kind == JSON else logging.Formatter("%(levelname)s %(name)s: %(message)s")


def begin(kind: str, level: int = logging.INFO) -> None:
    """Write everything from now on to standard error, unless something else was set up before."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(kind))
    logging.basicConfig(level=level, handlers=[handler])
    # Otherwise Python prints warnings, of two lines each, past every handler.
    logging.captureWarnings(kind == JSON)
