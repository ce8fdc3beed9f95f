"""The common changes of a service, said in one sentence by a clerk: shown before and after, put in force by another.

What a change is and how it is written stands in `skills/edits.py`; who is away is said in `deputies.py`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.dialogue.parts import Counts, Part, Turn, texts
from bot.dialogue.services import CHANGE
from bot.wording import sentence
from skills import changes, edits, registry
from skills.changes import Wanted
from skills.edits import Edit
from skills.registry import Skill
from township.db import Tx
from township.directory import Role
from township.errors import Mistake, TownshipError
from township.statements import savepoint
from workflows.numerals import read_number

MAY_CHANGE = frozenset({Role.TOWN_CLERK, Role.TOWN_LEADER, Role.KNOWLEDGE_KEEPER})


@dataclass(frozen=True, slots=True)
class Said:
    """A change as it was said."""

    way: str
    service: str
    thing: str
    new: str


@dataclass(frozen=True)
class Patterns:
    """How changes are said."""

    ways: Mapping[str, re.Pattern[str]]
    number: re.Pattern[str]
    length: re.Pattern[str]
    roles: Mapping[str, str]


@cache
def patterns() -> Patterns:
    """Read changing.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("changing.yaml").read_text("utf-8"))
    ways = {name: re.compile(text) for name, text in loaded["ways"].items()}
    return Patterns(ways, re.compile(loaded["number"]), re.compile(loaded["length"]), loaded["roles"])


def read(text: str) -> list[Said]:
    """List the ways in which a sentence may be a change, the surest first. Pure."""
    found = []
    for way, pattern in patterns().ways.items():
        if match := pattern.match(text.strip().rstrip("。！!")):
            said = {name: value for name, value in match.groupdict().items() if value}
            parts = {name.rstrip("2"): value.strip() for name, value in said.items()}
            found.append(Said(way, parts.get("service", ""), parts.get("thing", ""), parts.get("new", "")))
    return found


def heard(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Take a change from whoever may ask for it; None where something else was said."""
    person, incoming = turn.situation.person, turn.heard.incoming
    if turn.heard.conversation.is_group or incoming.by_voice or person is None or not turn.situation.is_cadre:
        return None
    for said in read(text):
        chosen = _service(tx, turn, said)
        if chosen is None:
            continue
        if not turn.situation.own_scope.roles & MAY_CHANGE:
            return Part(texts().say("change_not_yours"))
        try:
            with savepoint(tx):
                return _submitted(tx, turn, _wanted(said, chosen, tx, turn))
        except TownshipError as refused:
            return Part(sentence(refused))
    return None


def _submitted(tx: Tx, turn: Turn, wanted: Wanted) -> Part:
    person = turn.situation.person
    if person is None:
        raise ValueError("a change of nobody cannot be submitted")
    outcome = changes.submit(
        tx, wanted, person, service=CHANGE, key=turn.key(0), at=turn.situation.at,
        conversation_id=turn.heard.conversation.id,
    )  # fmt: skip
    return Part(outcome.reply, counts=Counts.filed)


def _service(tx: Tx, turn: Turn, said: Said) -> Skill | None:
    """Find the service that is meant: by its name, or by the message that is quoted."""
    if said.way == "on":
        return _named(changes.retired(tx, turn.situation.town_id), said.service)
    names = [name for name, one in turn.services.manifests.items() if _is_meant(one.name, said.service)]
    is_quoting = said.way in ("sentence", "quoted") and not said.service
    if not is_quoting and len(names) != 1:
        return None
    offered = registry.offered(tx, turn.situation.town_id)
    if not is_quoting:
        return next((one for one in offered if one.id == names[0]), None)
    quote = _quoted(turn, said)
    scored = sorted(((edits.heard_from(one, quote), one.id, one) for one in offered), reverse=True) if quote else []
    return scored[0][2] if scored and scored[0][0] >= edits.QUOTED_ENOUGH else None


def _named(skills: list[Skill], said: str) -> Skill | None:
    found = [one for one in skills if _is_meant(one.manifest.name, said)]
    return found[0] if len(found) == 1 else None


def _is_meant(name: str, said: str) -> bool:
    return len(said) > 1 and (said in name or name in said)


def _quoted(turn: Turn, said: Said) -> str:
    quote = turn.heard.incoming.quote
    return said.thing if said.way == "sentence" else quote.text if quote and quote.text else ""


def _wanted(said: Said, skill: Skill, tx: Tx, turn: Turn) -> Wanted:
    if skill.definition.workflow.restricted:
        raise Mistake("change_restricted", name=skill.manifest.name)
    if said.way == "off":
        return changes.off(skill)
    if said.way == "on":
        return changes.on(skill)
    found = _ways(said, turn)[said.way](skill)
    if not found:
        raise Mistake("change_same", name=skill.manifest.name)
    return changes.of(skill, edits.edited(skill, found))


def _ways(said: Said, turn: Turn) -> Mapping[str, Callable[[Skill], list[Edit]]]:
    """What each way of saying it edits."""
    number, length = _number(said.new), _length(said.new)
    return {
        "sentence": lambda skill: edits.sentence(skill, said.thing, said.new),
        "quoted": lambda skill: edits.sentence(skill, _quoted(turn, said), said.new),
        "option": lambda skill: edits.option(skill, said.thing, said.new),
        "example": lambda skill: edits.example(skill, said.new),
        "owner": lambda skill: edits.owner(skill, said.new),
        "phone": lambda skill: edits.phone(skill, re.sub(r"[\s－—]", "-", said.new).strip("-")),
        "most": lambda skill: edits.most(skill, said.thing, _known(number, said)),
        "handler": lambda skill: edits.handler(skill, said.thing, patterns().roles.get(said.new, said.new)),
        "change": lambda skill: (
            edits.deadline(skill, said.thing, length)
            if length
            else edits.threshold(skill, said.thing, _known(number, said))
        ),
    }


def _known(number: float | None, said: Said) -> float:
    if number is None:
        raise Mistake("change_unread", new=said.new, thing=said.thing)
    return number


def _number(text: str) -> float | None:
    found = patterns().number.match(text)
    return read_number(found["n"]) if found else None


def _length(text: str) -> str:
    """Read a length of time, in figures or characters; empty if it is none."""
    found: Any = patterns().length.match(text)
    amount = read_number(found["n"]) if found else None
    return f"{amount:g} {found['unit']}" if amount else ""
