"""Logging set-up: one line per event, an English sentence and stable keys; masked whatever a line holds."""

import logging
import sys

from township.privacy import mask

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class MaskingFormatter(logging.Formatter):
    """Write `time level logger: sentence key=value …`, with phones, ID numbers, cards and tokens masked."""

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(f"{key}={value}" for key, value in vars(record).items() if key not in _PLAIN)
        line = super().format(record)
        return mask(f"{line} {extra}" if extra else line)


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
