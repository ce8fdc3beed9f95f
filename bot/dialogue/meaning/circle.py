"""What people say of the neighbours' circle: recognised by rule from circle.yaml, as a whole. Pure.

Nothing goes into the circle but what its author sends there in so many words; a complaint takes its own way.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.dialogue.hearing.signs import plain, speaks_of_belongings

_NAMED = "圈"
_ABOUT = ("what", "what2", "what3", "what4", "what5", "village", "plea")
"""Groups of circle.yaml that say which post, village or plea is meant."""
_NUMBER = ("n", "n2", "n3")
_BLANK = re.compile(r"\s+")


class Ask(StrEnum):
    """What somebody wants of the circle."""

    POST = "post"
    HOW = "how"
    LOOK = "look"
    SEE = "see"
    FLAG = "flag"
    PROPOSE = "propose"
    TAKE_BACK = "take_back"
    MINE = "mine"
    HELD = "held"
    COUNT = "count"
    APPEAL = "appeal"
    OFFER = "offer"
    """Something to sell, to find or to give back: asked whether it is to be posted."""
    ANSWER = "answer"
    """What the bot has just asked about a post."""


@dataclass(frozen=True, slots=True)
class Circle:
    """One wish. `text` is the post, the word by which one's own is meant, a village, or a plea."""

    ask: Ask
    text: str = ""
    number: int = 0
    unnamed: bool = False
    is_express: bool = True
    """The circle itself was named: only so does a complaint about somebody go there."""


def recognise(text: str) -> Circle | None:
    """Read what a whole message wants of the circle; None when it is about something else."""
    said = text.strip()
    return _post(said) or _look(said.rstrip("。！!？?~ "))


def for_neighbours(text: str) -> Circle | None:
    """Take what neighbours would like to read, though the circle was not named: it is only offered to be posted."""
    said = plain(text)
    if _patterns()["offer.never"].search(said):
        return None
    is_trade = any(_patterns()[f"offer.{name}"].search(said) for name in ("sell", "seek", "wanted", "found"))
    is_lost = _patterns()["offer.lost"].search(said) is not None and speaks_of_belongings(said)
    return Circle(Ask.OFFER, text.strip()) if is_trade or is_lost else None


def _post(said: str) -> Circle | None:
    found = _patterns()["post.begins"].match(said)
    if found:
        unnamed = bool(found["unnamed"] or found["unnamed2"])
        return _written(found["text"], unnamed=unnamed, is_express=_NAMED in said[: found.start("text")])
    if _patterns()["post.alone"].fullmatch(said):
        return Circle(Ask.HOW)
    if ended := _patterns()["post.ends"].match(said):
        return _written(ended["text"].rstrip("，,。；; \n"), unnamed=False, is_express=True)
    headed = _patterns()["post.headed"].match(said)
    return _written(headed["text"], unnamed=False, is_express=False) if headed else None


def _written(text: str, *, unnamed: bool, is_express: bool) -> Circle:
    aside = _patterns()["post.unnamed_inside"].search(text)
    if aside and aside.start() > 1:
        text, unnamed = text[: aside.start()], True
    says_something = any(sign.isalnum() for sign in text)
    return Circle(Ask.POST, text.strip(), unnamed=unnamed, is_express=is_express) if says_something else Circle(Ask.HOW)


def _look(said: str) -> Circle | None:
    for ask in (Ask.HELD, Ask.COUNT, Ask.MINE, Ask.TAKE_BACK, Ask.SEE, Ask.FLAG, Ask.PROPOSE, Ask.APPEAL, Ask.LOOK):
        if found := _patterns()[ask.value].fullmatch(_as_read(ask, said)):
            named = {name: value or "" for name, value in found.groupdict().items()}
            about = next((named[name] for name in _ABOUT if named.get(name)), "").strip()
            number = next((named[name] for name in _NUMBER if named.get(name)), "")
            return Circle(ask, "" if _patterns()["of_any"].fullmatch(about) else about, _number(number))
    return None


def _as_read(ask: Ask, said: str) -> str:
    """Give a message as one wish reads it: a plea and a reason keep their blanks, who takes back says so first."""
    if ask in (Ask.APPEAL, Ask.FLAG):
        return said
    close = _BLANK.sub("", said)
    return _patterns()["before_take_back"].sub("", close) if ask is Ask.TAKE_BACK else close


def is_reason(text: str) -> bool:
    """Tell whether words say what is wrong about a post that was just shown to somebody."""
    return _patterns()["reason"].fullmatch(plain(text)) is not None


class Answer(StrEnum):
    """How somebody answers a question of the circle."""

    YES = "yes"
    SECOND = "second"
    NO = "no"


def answer(text: str) -> Answer | None:
    """Read the answer to a question of the circle."""
    said = text.strip().rstrip("。！!~ ")
    return next((one for one in Answer if _patterns()[one.value].fullmatch(said)), None)


def _number(said: str) -> int:
    return int(said) if said.isdecimal() else _digits().get(said, 0)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Compile circle.yaml, by dotted name."""
    found: dict[str, re.Pattern[str]] = {}
    for name, value in _loaded().items():
        if name == "digits":
            continue
        entries = {f"{name}.{key}": one for key, one in value.items()} if isinstance(value, dict) else {name: value}
        found |= {key: re.compile(str(one)) for key, one in entries.items()}
    return found


@cache
def _digits() -> dict[str, int]:
    return {str(sign): int(value) for sign, value in _loaded()["digits"].items()}


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(
        Path(__file__).with_name("circle.yaml").read_text("utf-8")
    )
    return loaded
