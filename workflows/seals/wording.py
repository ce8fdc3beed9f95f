"""The sentences of seals, and the words that leave a paper blank, read once."""

from functools import cache
from pathlib import Path

from township.texts import Texts

SOURCE = Path(__file__).with_name("texts.yaml")


@cache
def texts() -> Texts:
    """Read texts.yaml."""
    return Texts.load(SOURCE)
