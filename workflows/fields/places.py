"""Places in the town: the village, the group and what stands there. Pure.

Addresses from elsewhere are taken apart in addresses.py.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from workflows.clocks.durations import words
from workflows.definition import FormField
from workflows.fields.known import Known
from workflows.fields.plain import LONGEST


def place(raw: Any, spec: FormField, known: Known) -> dict[str, Any] | None:
    """Take a place as it is said, with its village and group where they are named."""
    if isinstance(raw, Mapping):
        group = {"group": str(raw["group"])} if raw.get("group") else {}
        return {"text": str(raw.get("text", "")), "village": raw.get("village")} | group
    if not isinstance(raw, str) or not raw.strip():
        return None
    said = raw.strip()[:LONGEST]
    return {"text": said, "village": village_in(said, known)} | _group(said)


def village_in(said: str, known: Known) -> str | None:
    """The one village that is named; None when it is none or several."""
    suffix = words()["village_suffix"]
    named = [village for name, village in known.villages.items() if name.removesuffix(suffix) in said]
    return named[0] if len(named) == 1 else None


def _group(said: str) -> dict[str, str]:
    found = group_pattern().search(said)
    return {"group": found.group()} if found else {}


@cache
def group_pattern() -> re.Pattern[str]:
    """How a group of a village is named."""
    return re.compile(words()["group_pattern"])
