"""How people speak of papers: who asks for one, what for, and for whom. Pure; the words are data in `phrases.yaml`.

Only bodies of a closed list are read as who asks, so that no person's name can ever stand in a letter or a statistic.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from township.lexicon import syllables
from workflows.seals import policy

SOURCE = Path(__file__).with_name("phrases.yaml")
_BREAKS = re.compile(r"[\s,，。.!！;；:：、~～…\"“”'‘’()（）]+")
PARTS = ("body", "body_before", "body_demands", "relation")
"""Patterns that stand in others by their name in braces."""


@dataclass(frozen=True)
class Phrases:
    """The patterns of phrases.yaml."""

    word: str
    """What a paper is called."""
    own_names: tuple[str, ...]
    """Ends of names that need no such word."""
    patterns: Mapping[str, re.Pattern[str]]
    strong: tuple[re.Pattern[str], ...]
    firm: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    same: Mapping[str, str]
    misheard: Mapping[str, str]

    def find(self, name: str, heard: str) -> re.Match[str] | None:
        """Search one pattern."""
        return self.patterns[name].search(heard)


def hear(text: str) -> str:
    """Bring a text to one form: folded, every break one comma, what speech recognition wrote wrong put right."""
    heard = _BREAKS.sub("，", unicodedata.normalize("NFKC", text).lower().replace("?", "?，")).strip("，")
    for wrong, right in load().misheard.items():
        heard = heard.replace(wrong, right)
    return _by_sound(heard)


def receiver(heard: str) -> str:
    """Name the body that asks: the one that demands, else one that is named; never the village itself."""
    phrases = load()
    bodies = [found["body"] for found in phrases.patterns["demanding"].finditer(heard)] or [
        found.group() for found in phrases.patterns["whole_body"].finditer(heard)
    ]
    return phrases.same.get(bodies[0], bodies[0]) if bodies else ""


def handed_to(text: str) -> str:
    """Say to whom a paper is to be handed, in the applicant's own words: it stands on that paper and nowhere else."""
    found = load().find("handed", hear(text))
    return found["to"] if found else ""


def purpose(heard: str) -> str:
    """Say what a paper is wanted for; empty if it was not said."""
    found = load().find("purpose", heard)
    return found.group().strip("，") if found else ""


def for_whom(heard: str, around: str = "") -> str:
    """Say for whom a paper is wanted: by name if one was said, as the speaker calls the person; empty: the speaker."""
    phrases = load()
    found = phrases.find("for_whom", heard) or phrases.find("for_elder", heard)
    who = found["who"] if found else ""
    if who and not phrases.patterns["pronoun"].fullmatch(who):
        return _named(heard, around) or who
    if not who:
        return ""
    meant = phrases.find("about", heard) or phrases.find("about", around)
    return _named(heard, around) or (meant["who"] if meant else who)


def _named(heard: str, around: str) -> str:
    found = load().find("name", heard) or load().find("name", around)
    return found["name"] if found else ""


def _by_sound(heard: str) -> str:
    """Put right a paper's name that sounds the same and is written otherwise."""
    sounds = [(syllables(mark) or (mark,))[0] for mark in heard]
    for length in _lengths():
        for at in range(len(heard) - length + 1):
            meant = _named_by_sound().get(tuple(sounds[at : at + length]))
            if meant and heard[at : at + length] not in _names():
                heard = heard[:at] + meant + heard[at + length :]
    return heard


@cache
def _names() -> frozenset[str]:
    word = load().word
    aliases = (alias for _, row in policy.load().rows() for alias in row.alias)
    return frozenset(f"{alias}{word}" for alias in aliases if len(alias) > 1)


@cache
def _named_by_sound() -> Mapping[tuple[str, ...], str]:
    return {syllables(name): name for name in sorted(_names()) if len(syllables(name)) == len(name)}


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(sound) for sound in _named_by_sound()}, reverse=True))


@cache
def load() -> Phrases:
    """Read phrases.yaml."""
    loaded = YAML(typ="safe", pure=True).load(SOURCE.read_text("utf-8"))
    word, own_names = loaded.pop("word"), tuple(loaded.pop("own_names"))
    same, misheard = loaded.pop("same"), loaded.pop("misheard")
    parts = {name: loaded[name] for name in PARTS}

    def made(source: str) -> re.Pattern[str]:
        for name in PARTS:
            source = source.replace(f"{{{name}}}", parts[name])
        return re.compile(source)

    several = {name: tuple(map(made, loaded.pop(name))) for name in ("strong", "firm", "weak")}
    patterns = {name: made(source) for name, source in loaded.items()}
    return Phrases(word, own_names, patterns, **several, same=same, misheard=misheard)
