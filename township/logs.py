"""Logging set-up: one line per event, an English sentence and stable keys; masked whatever a line holds.

Of what broke a line tells the kind and the place, never the message: it may hold a person's words.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

from township.errors import TownshipError
from township.privacy import mask

Broken = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
"""As `sys.exc_info` gives it."""

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class MaskingFormatter(logging.Formatter):
    """Write `time level logger: sentence key=value …`, with phones, ID numbers, cards and tokens masked."""

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(f"{key}={value}" for key, value in vars(record).items() if key not in _PLAIN)
        line = super().format(record)
        return mask(f"{line} {extra}" if extra else line)

    def formatException(self, ei: Broken) -> str:
        """Write what broke, after what led to it."""
        told = [_told(error) for error in _chain(ei[1])]
        return "\n".join(reversed(told))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and by turns what it was raised from; one that was raised from itself ends there."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    code = f" {error.code}" if isinstance(error, TownshipError) else ""
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__ + code


def set_up(level: str = "INFO") -> None:
    """Send all logs, masked, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # httpx and the SDK write addresses with tokens and one line a call; what we need of it we log ourselves.
    for noisy in ("httpx", "httpcore", "chromadb", "dingtalk_stream.client"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
