"""Words of people made fit to be kept and shown: numbers, names and links out, signs that could act made plain. Pure.

What is somebody's own, or a complaint about somebody, is told apart here and never kept.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from township.privacy import mask
from township.texts import Texts

MOST_ASKED = 120
MOST_ANSWERED = 400
MOST_NAMED = 80
"""Characters that are kept of a question, an answer, and of a source or owner."""
NAMES = range(2, 5)
"""How long the name of a person may be."""
_ACTING = str.maketrans(dict(zip("<>[](){}*_`#|~!\\^$", "＜＞［］（）｛｝＊＿｀＃｜～！＼＾＄", strict=True)))
"""Signs of Markdown, HTML and templates, and what stands in their place."""
_WRITTEN = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class _Rules:
    never: tuple[re.Pattern[str], ...]
    number: re.Pattern[str]
    years: re.Pattern[str]
    link: re.Pattern[str]


def plain(text: str, most: int) -> str:
    """Take out what could act: links, Markdown, control signs; one line, `most` characters at most."""
    seen = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or sign.isprintable())
    seen = "".join(sign for sign in seen if unicodedata.category(sign) not in {"Cf", "Co", "Cn"})
    without = _rules().link.sub(_texts().say("question_link"), seen)
    short = " ".join(without.translate(_ACTING).split())
    return short if len(short) <= most else short[: most - 1] + _texts().say("question_cut")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Put a mark in place of every number that leads to a person, and of these names."""
    hidden = _rules().number.sub(_number, mask(text))
    for name in sorted(names, key=len, reverse=True):
        hidden = hidden.replace(name, _texts().say("question_name"))
    return hidden


def kept_words(text: str, names: Iterable[str] = (), most: int = MOST_ASKED) -> str:
    """Give what is kept of something that a villager said."""
    return plain(masked(text, names), most)


def is_private(text: str) -> bool:
    """Tell whether words are somebody's own matter, or a complaint about somebody: nothing of them is kept."""
    return any(found.search(text) for found in _rules().never)


def holds_number(text: str) -> bool:
    """Tell whether a text holds a mobile, an identity number or a bank card: never said to everybody."""
    return mask(text) != text


def possible_names(text: str) -> Iterator[str]:
    """Give every run of characters in a text that could be somebody's name, to be looked up."""
    for run in _WRITTEN.findall(text):
        for length in NAMES:
            yield from (run[at : at + length] for at in range(len(run) - length + 1))


def _number(found: re.Match[str]) -> str:
    return found[0] if _rules().years.fullmatch(found[0]) else _texts().say("question_number")


@cache
def _rules() -> _Rules:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("private.yaml").read_text("utf-8"))
    never = tuple(re.compile(source) for source in loaded["never"].values())
    number, years, link = (re.compile(loaded[name]) for name in ("number", "year_range", "link"))
    return _Rules(never, number, years, link)


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")
