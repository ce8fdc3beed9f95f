"""What is not ours to say, whatever the documents hold: medicine, politics, pleadings, fortunes, swindlers. Pure.

Money, places, papers and hours around an illness or a quarrel are ordinary: that is what people ask a township.
"""

import re
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

ORDINARY = "ordinary"
ALWAYS = frozenset({"scam", "politics", "lawsuit", "fortune"})
"""Boundaries that hold whatever else is asked in the same breath."""


def boundary(question: str) -> str:
    """Name the boundary that a question touches, or nothing."""
    is_ordinary = any(each.search(question) for each in _patterns()[ORDINARY])
    for name, patterns in _patterns().items():
        if name == ORDINARY or (is_ordinary and name not in ALWAYS):
            continue
        if any(each.search(question) for each in patterns):
            return name
    return ""


@cache
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    path = Path(__file__).with_name("boundaries.yaml")
    loaded: dict[str, list[str]] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return {name: [re.compile(source) for source in sources] for name, sources in loaded.items()}
