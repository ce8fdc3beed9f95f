"""Which document people mean: titles cited whole, without the nation's name, or shortened by leaving out characters.

Pure. A shortened title counts only where it fits one document better than all others.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from ruamel.yaml import YAML

SHORTEST = 3
"""Characters of a shortened title: two fit too much."""
LONGEST = 40
"""Characters before an article among which its title is sought."""
SURE_LENGTH = 5
"""Characters from which a shortened title may begin in the middle of the whole one."""
LEAST_LEFT = 0.4
"""Of a title's characters, how many a shortened one must keep."""


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Give a pattern of `citations.yaml`."""
    return re.compile(words(name).replace("{number}", words("number")))


@cache
def words(name: str) -> str:
    """Give what `citations.yaml` says under a name."""
    found: Mapping[str, str] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("citations.yaml").read_text("utf-8")
    )
    return found[name].strip()


@lru_cache(8192)
def plain(title: str) -> str:
    """Reduce a title to what people say of it: no nation, no signs."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", title).replace(words("nation"), ""))


def meant(said: str, titles: Iterable[str]) -> frozenset[str]:
    """Choose the titles that one in brackets means: the same, else those with a place before it, else a longer one."""
    short, by_plain = plain(said), _by_plain(titles)
    if not short or short in by_plain:
        return frozenset(by_plain.get(short, ()))
    placed = [key for key in by_plain if key.endswith(short) and pattern("place").search(key.removesuffix(short))]
    return frozenset(title for key in placed for title in by_plain[key]) or _shortened(short, by_plain)


def ending(text: str, titles: Iterable[str]) -> frozenset[str]:
    """Choose the titles that `text` ends with, whole, brackets inside them or not; the longest."""
    end, by_plain = _end(text, 2 * LONGEST), _by_plain(titles)
    whole = [key for key in by_plain if end.endswith(key)]
    return frozenset(by_plain[max(whole, key=len)]) if whole else frozenset()


def meant_before(text: str, titles: Iterable[str]) -> frozenset[str]:
    """Choose the title that the end of `text` is, shortened; the longest that fits."""
    end, by_plain = _end(text, LONGEST), _by_plain(titles)
    said = (end[-size:] for size in range(len(end), SHORTEST - 1, -1))
    return next(filter(None, (_shortened(short, by_plain) for short in said)), frozenset())


def _end(text: str, most: int) -> str:
    return plain(pattern("between").sub("", unicodedata.normalize("NFKC", text)[-most:]))


def _by_plain(titles: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for title in titles:
        if short := plain(title):
            found.setdefault(short, []).append(title)
    return found


def _shortened(short: str, by_plain: Mapping[str, list[str]]) -> frozenset[str]:
    """Choose the one shortest title in which the characters of `short` stand in this order, the last at its end."""
    if len(short) < SHORTEST:
        return frozenset()
    for said in _readings(short):
        fitting = sorted((key for key in by_plain if _holds(key, said)), key=len)
        if fitting and (len(fitting) == 1 or len(fitting[0]) < len(fitting[1])):
            return frozenset(by_plain[fitting[0]])
    return frozenset()


def _readings(short: str) -> list[str]:
    """Give what a short title may stand for: a court's reading is called otherwise in its title."""
    if not short.endswith(words("reading")):
        return [short]
    stem = words("court") + short.removesuffix(words("reading"))
    return [short, *(stem + ending for ending in words("readings").split())]


def _holds(title: str, short: str) -> bool:
    """Tell whether the characters of `short` stand in `title` in order, from its first to its last."""
    if title[-1] != short[-1] or (title[0] != short[0] and len(short) < SURE_LENGTH):
        return False
    rest = iter(title)
    return len(short) >= LEAST_LEFT * len(title) and all(each in rest for each in short)
