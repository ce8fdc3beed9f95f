"""The details a report already holds: since when, where, for whom. Pure; nothing is asked that can be known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.hearing import words


@dataclass(frozen=True, slots=True)
class Behalf:
    """Who is affected when somebody else speaks, what is left of the text, and whom to ring."""

    affected: str
    text: str
    via: str = ""
    """Who passes it on."""
    no_phone: bool = False


def since(text: str, today: date) -> dict[str, str]:
    """Read since when, in dialect too: plain words and the day."""
    lexicon = words.load()
    for said, (plain, days) in lexicon.times.items():
        if said in text:
            return {"since": plain, "since_day": (today - timedelta(days=days)).isoformat()}
    if counted := lexicon.find("counted", text):
        number = lexicon.digits.get(counted["n"]) or (int(counted["n"]) if counted["n"].isdecimal() else 0)
        if number:
            return {"since": counted.group(), "since_day": (today - timedelta(days=number)).isoformat()}
    return {}


def place(text: str, household: str) -> dict[str, str]:
    """Read where; what is not said is the known household. Of a place that a village has once, no group is said."""
    pattern = words.load().patterns["place"]
    found = max((m for m in pattern.finditer(text) if m.group()), key=lambda m: _weight(m.groupdict()), default=None)
    if found is None:
        return {"place": household} if household else {}
    parts = found.groupdict()
    said = found.group()
    if parts["village"] or not household:
        return {"place": said}
    known = pattern.match(household)
    village = known["village"] if known and known["village"] else ""
    if parts["spot"] and not (parts["owner"] or parts["group"]) and words.load().fits("common_place", parts["spot"]):
        return {"place": f"{village} {said}".strip()}
    return {"place": f"{village}{said}" if parts["group"] and village else f"{household} {said}"}


def spot(text: str) -> str:
    """Read where, as it is said, beside whose house it is; empty where no place is said."""
    found = (m.groupdict() for m in words.load().patterns["place"].finditer(text) if m.group())
    best = max(found, key=_weight, default=None)
    return (best["spot"] or best["group"] or best["village"] or "") if best else ""


def _weight(parts: dict[str, str | None]) -> int:
    return 4 * bool(parts["spot"]) + 2 * bool(parts["group"]) + bool(parts["owner"]) + bool(parts["village"])


def behalf(text: str) -> Behalf | None:
    """Read a report for another ("for Wang, the roof leaks"): who is affected, the matter, and whom to ring."""
    lexicon = words.load()
    if found := lexicon.fits("behalf.named", text):
        what, via = found["what"], ""
        if reached := lexicon.find("behalf.via", what):
            what, via = what[: reached.start()], reached["via"]
        without = lexicon.find("behalf.no_phone", what)
        if without is not None:
            what = what[: without.start()] + what[without.end() :]
        return Behalf(found["who"], what.strip("，"), via, no_phone=without is not None)
    return None


def own_name(said: str) -> str:
    """Leave out where somebody lives seen from the speaker ("old Feng from across the street")."""
    relation = words.load().find("behalf.relation", said)
    return said[relation.end() :] if relation else said


@cache
def of_forms() -> Mapping[str, re.Pattern[str]]:
    """Words by which an open form is gone on with, skipped or answered."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("filling_words.yaml").read_text("utf-8"))
    return {name: re.compile(written) for name, written in loaded.items()}


def goes_on(text: str) -> bool:
    """Tell whether somebody wants to go on with what was begun another day."""
    return of_forms()["resume"].fullmatch(text.strip(" ，。！!,.")) is not None


def has_none(text: str) -> bool:
    """Tell whether somebody has nothing to send, or not now."""
    return of_forms()["no_file"].fullmatch(text.strip(" ，。！!,.")) is not None


def skips(text: str) -> bool:
    """Tell whether somebody leaves a question open for now."""
    return of_forms()["skip"].fullmatch(text.strip(" ，。！!,.")) is not None


def puts_off(text: str) -> bool:
    """Tell whether somebody goes on with a form at another time."""
    return of_forms()["later"].fullmatch(text.strip(" ，。！!,.")) is not None


def in_one_breath(text: str) -> tuple[str, str]:
    """Part what was said first from what it was put right to ("twenty, no, thirty"); without such a turn, the text."""
    turns = [found for found in of_forms()["breath"].finditer(text) if found.start() and found.end() < len(text)]
    return (text[: turns[-1].start()], text[turns[-1].end() :]) if turns else ("", text)
