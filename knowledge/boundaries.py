"""What is not ours to say, whatever the documents hold: medicine, politics, pleadings, messages of swindlers. Pure."""

import re
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML


def boundary(question: str) -> str:
    """Name the boundary that a question touches, or nothing."""
    return next((name for name, found in _patterns().items() if any(each.search(question) for each in found)), "")


@cache
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    path = Path(__file__).with_name("boundaries.yaml")
    loaded: dict[str, list[str]] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return {name: [re.compile(source) for source in sources] for name, sources in loaded.items()}
