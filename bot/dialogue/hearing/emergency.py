"""Recognise an emergency and say at once what to do: a pure rule, before queue, form, quota and model.

Called when a message is accepted (law of talk 3). How words are found lives in signs.py, how much a text is like others
in likeness.py; sending lives in the turn.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from bot.dialogue.hearing import back_again, signs, words

LONGEST = 600  # characters of a message that are read
_CODE = re.compile(r"(?<![0-9A-Za-z])[2-9A-HJ-NP-Z]{4}(?![0-9A-Za-z])")
"""Of a task, in a typed decision: drawn at random, it may look like anything."""


class Kind(StrEnum):
    """What is happening; the order of the rules is in signs.yaml."""

    CHILD = "child"
    CHILD_TOLD = "child_told"
    BIRTH = "birth"
    SUICIDE = "suicide"
    POISON = "poison"
    GAS = "gas"
    DROWNING = "drowning"
    FIRE = "fire"
    ELECTRIC = "electric"
    COLLAPSE = "collapse"
    FLOOD = "flood"
    VIOLENCE = "violence"
    TRAFFIC = "traffic"
    MACHINE = "machine"
    TRAPPED = "trapped"
    MISSING = "missing"
    BITE = "bite"
    MEDICAL = "medical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Emergency:
    """What was recognised: the kind, whom it is about, and the words that said so."""

    kind: Kind
    who: str = ""
    """`child`, `elder`, `grown` or empty: picks the word to read out to the emergency number."""
    sign: str = ""
    """The word list of signs.yaml that was heard first: picks more exact words."""
    heard: tuple[str, ...] = ()
    may_be_child: bool = False
    """Whoever cries may be a child beaten at home: who protects children hears it beside those on duty."""

    @property
    def is_secret(self) -> bool:
        """Say whether nobody of the village may be told: a child speaks of harm, or somebody else of a child's."""
        return self.kind in (Kind.CHILD, Kind.CHILD_TOLD)

    @property
    def is_told(self) -> bool:
        """Say whether somebody else speaks of a child's harm: where they live is not where it happens."""
        return self.kind is Kind.CHILD_TOLD


class Instruction(BaseModel):
    """What is said back for one kind."""

    model_config = ConfigDict(extra="forbid")
    call: list[str]
    what: str
    do: str


class Replies(BaseModel):
    """The sentences of emergency.yaml."""

    model_config = ConfigDict(extra="forbid")
    kinds: dict[Kind, Instruction]
    what: dict[str, str]
    who: dict[str, str]
    joins: dict[str, str]
    texts: dict[str, str]


@cache
def _replies() -> Replies:
    return Replies.model_validate(YAML(typ="safe", pure=True).load(Path(__file__).with_name("emergency.yaml")))


def recognise(text: str) -> Emergency | None:
    """Recognise what needs help now, or nothing; under a millisecond, no state (law of talk 3)."""
    if words.load().fits("bracketed", text):
        return None  # faces, as the platform writes them: they say nothing that can be trusted
    plain = signs.plain(text[:LONGEST])
    finding = signs.find(plain)
    if finding is None or (finding.kind == Kind.UNKNOWN and _is_said_after_a_report(text)):
        return None
    may_be_child = finding.kind == Kind.VIOLENCE and signs.may_be_child(plain)
    return Emergency(Kind(finding.kind), finding.who, finding.sign, finding.heard, may_be_child)


def _is_said_after_a_report(text: str) -> bool:
    """Tell words of where something is, that it is not mended, of whom it concerns, or that nobody need come.

    They are short, and so like anything.
    """
    lexicon = words.load()
    heard = signs.plain(text)
    is_more = (
        lexicon.fits("only_where", text.strip())
        or lexicon.fits("only_lacks", heard)
        or lexicon.fits("only_still", heard)
        or lexicon.fits("only_counts", heard)
        or lexicon.fits("only_who", heard)
        or lexicon.fits("only_calls_off", heard)
        or lexicon.fits("asks_bot", heard)
    )
    is_over = back_again.needs_nobody(text) or back_again.is_all(text)
    return is_more is not None or is_over or _CODE.search(text) is not None


def is_distressed(text: str) -> bool:
    """Tell whether somebody says in anger that life is too much: a soft line, not the alarm."""
    plain = signs.plain(text[:LONGEST])
    return signs.has_soft_words(plain) and signs.find(plain) is None


def numbers(emergency: Emergency) -> tuple[str, ...]:
    """Name the numbers to call, the first to be called first."""
    return tuple(_replies().kinds[emergency.kind].call)


def distress_line() -> str:
    """Say the soft line that follows the answer to an angry message."""
    return _replies().texts["distress"]


def _what(emergency: Emergency, replies: Replies) -> str:
    exact = replies.what.get(emergency.sign) if emergency.kind is Kind.MEDICAL else None
    sentence = exact or replies.kinds[emergency.kind].what
    return sentence.format(who=replies.who[emergency.who])


def _to_group(emergency: Emergency, duty: Sequence[tuple[str, str]], replies: Replies) -> str:
    instruction, texts = replies.kinds[emergency.kind], replies.texts
    lines = [texts["call"].format(numbers=replies.joins["calls"].join(instruction.call))]
    if not emergency.is_secret:
        phones = replies.joins["people"].join(phone for _, phone in duty)
        lines += [instruction.do, *([texts["group_duty"].format(phones=phones)] if phones else []), texts["alone"]]
    return "\n".join(lines)


def reply(emergency: Emergency, *, place: str, duty: Sequence[tuple[str, str]], in_group: bool) -> str:
    """Say whom to call, what to tell them and what to do; promise nobody who has not answered.

    `place` is village, group and household as known ("" if unknown); `duty` are names and phones. A group gets
    numbers only: no name, no place (law of talk 4).
    """
    replies = _replies()
    if in_group:
        return _to_group(emergency, duty, replies)
    instruction, texts = replies.kinds[emergency.kind], replies.texts
    duties = [texts["duty"].format(name=name, phone=phone) for name, phone in duty]
    told = texts["told"] if duty else texts["alone"]
    if emergency.kind is Kind.SUICIDE:
        called = replies.joins["numbers"].join(instruction.call[:1])
        return "\n".join([texts["suicide"].format(numbers=called, do=instruction.do), *duties, told])
    say = texts["say" if place else "say_nowhere"].format(place=place, what=_what(emergency, replies))
    if emergency.kind is Kind.UNKNOWN:
        return "\n".join([texts["unsure"].format(do=instruction.do), say, *duties, told, texts["called_off_unsure"]])
    call = texts["call"].format(numbers=replies.joins["calls"].join(instruction.call))
    return "\n".join([call, say, instruction.do, *duties, told, texts["called_off"]])


def reply_to_child(emergency: Emergency, *, place: str, in_group: bool) -> str:
    """Answer a child who speaks of harm at home, and what the child says next: nobody at home or on duty will know."""
    replies = _replies()
    if in_group:
        return _to_group(emergency, (), replies)
    instruction, texts = replies.kinds[emergency.kind], replies.texts
    if emergency.kind is Kind.CHILD:
        return texts["child"].format(do=instruction.do)
    if emergency.is_told:
        return texts["child_told"].format(do=instruction.do)
    if emergency.kind is Kind.UNKNOWN:
        return child_line()
    call = texts["call"].format(numbers=replies.joins["calls"].join(instruction.call))
    say = texts["say" if place else "say_nowhere"].format(place=place, what=_what(emergency, replies))
    return "\n".join([call, say, instruction.do, child_line()])


def child_line() -> str:
    """Say that the officer hears this too."""
    return _replies().texts["child_more"]
