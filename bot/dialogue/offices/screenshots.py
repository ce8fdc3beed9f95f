"""A clerk's picture of another chat: its lines as matters, of which the clerk says by number which are filed.

Reading the picture is the extra `ocr`; what is filed names nobody of the picture.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from ruamel.yaml import YAML

from bot.dialogue.cases import matters
from bot.dialogue.cases.openings import opening
from bot.dialogue.conversations import TalkState
from bot.dialogue.hearing.words import load
from bot.dialogue.meaning.commands import StartSkill
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.parts import Counts, Part, Turn, texts
from knowledge import loaders
from township.db import Tx
from township.errors import Mistake
from township.filestore import FileStore
from workflows.cases import Opening
from workflows.state import Via

LIVES = timedelta(hours=1)
"""How long numbers choose among the matters of a picture."""
MOST = 8
SHORTEST, LONGEST_NAME = 4, 8
"""Characters of a matter, at least; of a line that is only a name, at most."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture of a chat says, or why it could not be read."""

    said: tuple[str, ...] = ()
    mistake: Mistake | None = None


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {name: re.compile(text) for name, text in loaded.items()}


def wanted(state: TalkState, now: datetime) -> Sequence[str]:
    """Name the pictures that wait for the word to file them: their hashes in the store."""
    kept: Mapping[str, Any] = state.get("photos") or {}
    is_fresh = bool(kept) and now - datetime.fromisoformat(kept["at"]) <= LIVES
    return list(kept["hashes"]) if is_fresh else ()


def read(store: FileStore, hashes: Iterable[str], names: Collection[str] = ()) -> Seen:
    """Read pictures of chats; without the extra, or where nothing can be read, the reason. Blocks for seconds."""
    lines: list[str] = []
    try:
        for sha256 in hashes:
            loaded = loaders.parse(store.path(sha256).read_bytes(), f"{texts().say('screenshot')}.png")
            lines += [line.text for line in loaded.lines]
    except Mistake as mistake:
        return Seen(mistake=mistake)
    return Seen(tuple(said_in(lines, names)[:MOST]))


def said_in(lines: Sequence[str], names: Collection[str] = ()) -> list[str]:
    """Take the lines of a chat for what was said: without names, times and the buttons around; one bubble a matter."""
    patterns = _patterns()
    found: list[str] = []
    is_new = True
    for line in (raw.strip() for raw in lines):
        if not line or patterns["time"].fullmatch(line) or patterns["frame"].fullmatch(line) or _is_name(line, names):
            is_new = True
        elif is_new or not found:
            found.append(line)
            is_new = False
        else:
            found[-1] += line
    kept = (_unnamed(text, names) for text in found)
    return [text for text in kept if len(text) >= SHORTEST]


def _is_name(line: str, names: Collection[str]) -> bool:
    """Tell whether a line only says who speaks."""
    if line.strip("：:") in names:
        return True
    lexicon = load()
    says = any(lexicon.find(name, line) for name in ("trouble", "question", "want"))
    return len(line) <= LONGEST_NAME and not says and bool(_patterns()["name"].fullmatch(line))


def _unnamed(text: str, names: Collection[str]) -> str:
    """Leave out who is named in what was said, and who was called."""
    text = _patterns()["called"].sub("", text)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text.strip(" ，,：:")


def offered(seen: Seen, at: datetime) -> Part:
    """Ask which of the matters are filed."""
    if seen.mistake is not None:
        return Part(texts().say("screenshot_unreadable"))
    if not seen.said:
        return Part(texts().say("screenshot_nothing"))
    lines = " ".join(texts().say("which_choice", n=n, name=text[:24]) for n, text in enumerate(seen.said, 1))
    said = texts().say("screenshot_offered", count=len(seen.said), lines=lines)
    return Part(said, state={"seen": {"said": list(seen.said), "at": at.isoformat()}, "photos": None})


def waits(state: TalkState, now: datetime) -> Sequence[str]:
    """Give the matters among which numbers choose; empty if none wait."""
    known: Mapping[str, Any] = state.get("seen") or {}
    is_fresh = bool(known) and now - datetime.fromisoformat(known["at"]) <= LIVES
    return list(known["said"]) if is_fresh else ()


def chosen(tx: Tx, turn: Turn, text: str) -> Part | None:
    """File the matters whose numbers were said; None where none waits, or the words are no numbers."""
    said = waits(turn.state, turn.heard.received_at)
    if not said or load().fits("numbers", text.strip()) is None:
        return None
    numbers = [load().digits.get(mark) or (int(mark) if mark.isdecimal() else 0) for mark in text]
    wanted_ones = [said[number - 1] for number in dict.fromkeys(numbers) if 0 < number <= len(said)]
    return _filed(tx, turn, wanted_ones) if wanted_ones else None


def _filed(tx: Tx, turn: Turn, chosen: Sequence[str]) -> Part:
    """File matters, each a case that nobody of the picture stands on."""
    report = next((skill.name for skill in turn.services.words if skill.catches_all), "")
    person = turn.situation.person
    lines = []
    for position, text in enumerate(chosen, 1):
        fields = {**matters.read(turn, StartSkill(report, text), home=""), "what": text}
        fields.setdefault("kind", OTHER)
        fields["for_whom"] = texts().say("somebody_in_group")
        matter = opening(turn, report, position, fields)
        _, outcome = matters.filed(tx, turn, _written_by(matter, person.id if person else None))
        lines.append(outcome.number)
    said_back = texts().say("screenshot_filed", count=len(lines), numbers=texts().say("between").join(lines))
    return Part(said_back, state={"seen": None, "last": None}, counts=Counts.filed)


def _written_by(matter: Opening, clerk: str | None) -> Opening:
    return replace(matter, spoke=None, wrote=clerk, via=Via.CHAT, channels=("chat", "screenshot"), anonymous=True)
