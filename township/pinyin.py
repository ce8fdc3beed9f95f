"""How characters are read, without tones: the home of pypinyin, of which only what we need is kept in memory.

Its dictionary of 47,000 phrases takes 45 MB, and for all but 3,400 says what the characters say one by one.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # read by pypinyin when it is imported
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

import pypinyin
from pypinyin import Style
from pypinyin.constants import PINYIN_DICT
from pypinyin.style import convert

PHRASES = Path(pypinyin.__file__).with_name("phrases_dict.json")
_ENTRY = re.compile(r'"([^"]+)": \[((?:\s*\[[^\]]*\],?)+)\s*\]')
_FIRST = re.compile(r'\[\s*"([^"]+)"')


@cache
def reading(character: str) -> str:
    """Say how a character is read most often; empty for what is no Chinese character."""
    found = PINYIN_DICT.get(ord(character), "")
    return _plain(found.split(",")[0]) if found else ""


def readings(text: str) -> tuple[str, ...]:
    """Read a text, each character as in the phrase it stands in; what is no Chinese character is passed over."""
    return _read(text, _phrases()) if len(text) > 1 else _alone(text)


Phrases = Mapping[str, tuple[str, ...]]
LONGEST = 10


def _read(text: str, phrases: Phrases) -> tuple[str, ...]:
    sounds: tuple[str, ...] = ()
    at = 0
    while at < len(text):
        found = (length for length in range(min(LONGEST, len(text) - at), 1, -1) if text[at : at + length] in phrases)
        length = next(found, 1)
        part = text[at : at + length]
        sounds += phrases[part] if length > 1 else _alone(part)
        at += length
    return sounds


def _alone(character: str) -> tuple[str, ...]:
    return (sound,) if character and (sound := reading(character)) else ()


@cache
def _phrases() -> Phrases:
    """Keep the phrases that are read otherwise than their parts; taken one by one, never held whole."""
    phrases: dict[str, tuple[str, ...]] = {}
    plain: list[str] = []
    for entry in _ENTRY.finditer(PHRASES.read_text("utf-8")):
        word, sounds = entry[1], tuple(_plain(first) for first in _FIRST.findall(entry[2]))
        if sounds == tuple(map(reading, word)):
            plain.append(word)
        elif len(sounds) == len(word) <= LONGEST:
            phrases[word] = sounds
    for word in plain:
        if 2 < len(word) <= LONGEST and _read(word, phrases) != (sounds := tuple(map(reading, word))):
            phrases[word] = sounds
    return phrases


@cache
def _plain(syllable: str) -> str:
    return str(convert(syllable, Style.NORMAL, strict=False))
