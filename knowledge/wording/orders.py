"""Orders inside documents: sentences that speak to whoever answers instead of to people. They have no effect. Pure.

What is cut here is neither quoted, nor shown to a model, nor taken as support of what a model says.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from knowledge.structure.patterns import pattern


def without_orders(text: str) -> str:
    """Leave out each sentence that gives orders, and what follows it in its paragraph; mostly nothing is left out."""
    if not gives_orders(text):
        return text
    kept = (_kept(line) for line in text.split("\n"))
    return "\n".join(line for line in kept if line)


def gives_orders(text: str) -> bool:
    """Tell whether a text speaks to whoever answers."""
    plain = unicodedata.normalize("NFKC", text)
    return any(each.search(plain) for each in _patterns())


def _kept(line: str) -> str:
    kept = ""
    for sentence in pattern("sentence").findall(line):
        if gives_orders(sentence):
            return kept
        kept += sentence
    return "" if gives_orders(kept) else kept


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("orders.yaml").read_text("utf-8"))
    return tuple(re.compile(source, re.MULTILINE) for source in loaded["orders"])
