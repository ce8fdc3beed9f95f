"""Whether two reports speak of the same thing: of one kind, in one village, at one place, within some days. Pure.

Only a hint: it links, and a clerk merges. What lies at somebody's own house is somebody's own matter.
"""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML


class Report(Struct, frozen=True):
    """What is compared of a report."""

    kind: str
    village: str | None
    place: str
    text: str
    at: datetime


@cache
def words() -> dict[str, Any]:
    """The lexicon and the measures."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("sameness.yaml").read_text("utf-8")
    )
    return loaded


def same(new: Report, old: Report) -> bool:
    """Say whether both speak of the same thing."""
    if (new.kind, new.village) != (old.kind, old.village) or abs(new.at - old.at) > timedelta(days=words()["days"]):
        return False
    if is_own(new) or is_own(old):
        return False
    places = _bare(new.place), _bare(old.place)
    if all(places):
        return likeness(*places) >= float(words()["places"])
    return new.kind not in words()["vague"] and likeness(_bare(new.text), _bare(old.text)) >= float(words()["texts"])


def likeness(first: str, second: str) -> float:
    """Measure how much two short texts share, from 0 to 1: pairs of characters that both have (Dice)."""
    pairs = [Counter(pairwise(text)) if len(text) > 1 else Counter([(text, "")]) for text in (first, second)]
    total = sum(pairs[0].values()) + sum(pairs[1].values())
    return 2 * sum((pairs[0] & pairs[1]).values()) / total


def is_own(report: Report) -> bool:
    """Say whether it lies at somebody's own house."""
    return any(word in report.place or (not report.place and word in report.text) for word in words()["own"])


def _bare(text: str) -> str:
    """Leave out what says nothing: fillers, signs, spaces."""
    for word in words()["fillers"]:
        text = text.replace(word, "")
    return "".join(character for character in text if character.isalnum())
