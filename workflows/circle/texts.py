"""The circle's own sentences: names of reasons, bylines, the digest."""

from functools import cache
from pathlib import Path

from township.texts import Texts
from workflows.circle.rules import Reason


@cache
def texts() -> Texts:
    """Read texts.yaml."""
    return Texts.load(Path(__file__).with_name("texts.yaml"))


def in_words(reasons: tuple[Reason, ...]) -> str:
    """Say why a post waits."""
    return texts().say("between").join(texts().say(f"why_{reason}") for reason in reasons)
