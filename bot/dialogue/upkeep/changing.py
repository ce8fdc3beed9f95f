"""The common changes of a service, said in one sentence by a clerk: shown before and after, put in force by another.

What a change is and how it is written stands in `skills/edits.py`; who is away is said in `deputies.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.dialogue.meaning.services import CHANGE
from bot.dialogue.parts import Counts, Part, Turn, open_form, texts
from bot.wording import sentence
from skills import changes, edits, registry
from skills.changes import Wanted
from skills.edits import Edit, Place, Several
from skills.registry import Skill
from township.db import Tx
from township.directory import Role
from township.errors import Mistake, TownshipError
from township.statements import savepoint
from workflows import casebook, tasks
from workflows.casebook import Filter
from workflows.numerals import read_number

MAY_CHANGE = frozenset({Role.TOWN_CLERK, Role.TOWN_LEADER, Role.KNOWLEDGE_KEEPER})


@dataclass(frozen=True, slots=True)
class Said:
    """A change as it was said."""

    way: str
    service: str
    thing: str
    new: str


LIVES = timedelta(minutes=30)
"""How long a number answers which places are meant."""


@dataclass(frozen=True)
class Patterns:
    """How changes are said."""

    ways: Mapping[str, re.Pattern[str]]
    pick: Mapping[str, re.Pattern[str]]
    number_in_pick: re.Pattern[str]
    number: re.Pattern[str]
    length: re.Pattern[str]
    roles: Mapping[str, str]


@cache
def patterns() -> Patterns:
    """Read changing.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("changing.yaml").read_text("utf-8"))
    ways = {name: re.compile(text) for name, text in loaded["ways"].items()}
    pick = {name: re.compile(text) for name, text in loaded["pick"].items()}
    number, length = re.compile(loaded["number"]), re.compile(loaded["length"])
    return Patterns(ways, pick, re.compile(loaded["number_in_pick"]), number, length, loaded["roles"])


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
    if answered := _looked(tx, turn, text) or _picked(tx, turn, text):
        return answered
    for said in read(text):
        chosen = _service(tx, turn, said)
        if chosen is None:
            continue
        if not turn.situation.own_scope.roles & MAY_CHANGE:
            return Part(texts().say("change_not_yours"))
        try:
            with savepoint(tx):
                return _submitted(tx, turn, _wanted(said, chosen, turn, registry.offered(tx, turn.situation.town_id)))
        except Several as several:
            return _which(turn, said, chosen, several.places)
        except TownshipError as refused:
            return Part(sentence(refused))
    return None


def _looked(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Say all that a card of a change leaves out, to who has to say yes to it, or who asked for it."""
    person, town_id = turn.situation.person, turn.situation.town_id
    if person is None or not patterns().pick["whole"].match(text.strip()):
        return None
    held = [
        (task, casebook.get(tx, turn.situation.own_scope, task.case_id))
        for task in tasks.of_person(tx, town_id, person.id)
    ]
    mine = [(task, case) for task, case in held if case is not None and case.skill == CHANGE]
    if len(mine) > 1:
        lines = [texts().say("change_look_line", code=task.code, what=case.said["what"]) for task, case in mine]
        return Part(texts().say("change_look_which", count=len(mine), lines="\n".join(lines)))
    asked = Filter(skill=CHANGE, is_open=True, person_id=person.id)
    found = [case for _, case in mine] or casebook.listed(tx, turn.situation.own_scope, asked, limit=1)
    return Part(changes.shown(tx, town_id, found[0].said)) if found else None


def _which(turn: Turn, said: Said, skill: Skill, places: Sequence[Place]) -> Part:
    """List the places that may be meant with their numbers, and remember them."""
    lines = [texts().say("change_which_line", n=n, said=one.said) for n, one in enumerate(places, 1)]
    asked = texts().say(
        "change_which",
        name=skill.manifest.name,
        count=len(places),
        thing=said.thing or said.new,
        lines="\n".join(lines),
    )
    waits = {
        "said": [said.way, said.service, said.thing, said.new], "skill": skill.id,
        "places": [one.said for one in places], "at": turn.heard.received_at.isoformat(),
    }  # fmt: skip
    return Part(asked, state={"changing": waits})


def _picked(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Take which of the places that were listed are meant; None where nothing was listed, or something else is said."""
    known, plain, pick = turn.state.get("changing") or {}, text.strip(), patterns().pick
    if not known or _is_over(turn, known, plain):
        return None
    if pick["none"].match(plain):
        return Part(texts().say("change_which_dropped"), state={"changing": None})
    if not any(pick[name].match(plain) for name in ("all", "line", "numbers")):
        return None
    said, skill = Said(*known["said"]), _offered(tx, turn, known["skill"])
    if skill is None:
        return None
    places = _places(said, skill, turn)
    if [one.said for one in places] != known["places"]:  # it was changed meanwhile
        return _which(turn, said, skill, places) if places else None
    chosen = _chosen(places, plain)
    if wrong := next((n for n in chosen if n not in range(1, len(places) + 1)), 0):
        return Part(texts().say("change_which_none", count=len(places), n=wrong))
    try:
        with savepoint(tx):
            after = edits.edited(skill, edits.together([places[n - 1] for n in chosen]))
            part = _submitted(tx, turn, changes.of(skill, after, registry.offered(tx, turn.situation.town_id)))
    except TownshipError as refused:
        return Part(sentence(refused))
    return replace(part, state={**part.state, "changing": None})


def _is_over(turn: Turn, known: Mapping[str, Any], text: str) -> bool:
    """Say whether the list is too old, or something that was asked since then takes the same word."""
    at = datetime.fromisoformat(known["at"])
    others = (turn.state.get("which") or {}, open_form(turn.heard))
    is_asked = any(str(one.get("at", "")) > known["at"] for one in others)
    is_case = any(one.task.opened_at > at and one.said_by(text) for one in turn.situation.waiting)
    return turn.heard.received_at - at > LIVES or is_asked or is_case


def _places(said: Said, skill: Skill, turn: Turn) -> Sequence[Place]:
    try:
        _ways(said, turn)[said.way](skill)
    except Several as several:
        return several.places
    except TownshipError:
        return ()
    return ()


def _chosen(places: Sequence[Place], text: str) -> list[int]:
    """Read the numbers of the places that are meant."""
    known = patterns()
    if known.pick["all"].match(text):
        return list(range(1, len(places) + 1))
    if found := known.pick["line"].match(text):
        if mine := [n for n, one in enumerate(places, 1) if one.now == found["line"]]:
            return mine
        return [int(float(found["line"]))]
    spans = ((found["first"], found["last"] or found["first"]) for found in known.number_in_pick.finditer(text))
    read = [(read_number(first) or 0, read_number(last) or 0) for first, last in spans]
    return list(dict.fromkeys(n for first, last in read for n in range(int(first), int(last) + 1)))


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
    if not is_quoting:
        return _offered(tx, turn, names[0])
    offered = registry.offered(tx, turn.situation.town_id)
    quote = _quoted(turn, said)
    scored = sorted(((edits.heard_from(one, quote), one.id, one) for one in offered), reverse=True) if quote else []
    return scored[0][2] if scored and scored[0][0] >= edits.QUOTED_ENOUGH else None


def _offered(tx: Tx, turn: Turn, skill: str) -> Skill | None:
    return next((one for one in registry.offered(tx, turn.situation.town_id) if one.id == skill), None)


def _named(skills: list[Skill], said: str) -> Skill | None:
    found = [one for one in skills if _is_meant(one.manifest.name, said)]
    return found[0] if len(found) == 1 else None


def _is_meant(name: str, said: str) -> bool:
    return len(said) > 1 and (said in name or name in said)


def _quoted(turn: Turn, said: Said) -> str:
    quote = turn.heard.incoming.quote
    return said.thing if said.way == "sentence" else quote.text if quote and quote.text else ""


def _wanted(said: Said, skill: Skill, turn: Turn, offered: Sequence[Skill]) -> Wanted:
    if skill.definition.workflow.restricted:
        raise Mistake("change_restricted", name=skill.manifest.name)
    if said.way == "off":
        return changes.off(skill)
    if said.way == "on":
        return changes.on(skill)
    found = _ways(said, turn)[said.way](skill)
    if not found:
        raise Mistake("change_same", name=skill.manifest.name)
    return changes.of(skill, edits.edited(skill, found), offered)


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
            else edits.threshold(skill, said.thing, _known(number, said), _unit(said.new))
        ),
    }


def _known(number: float | None, said: Said) -> float:
    if number is None:
        raise Mistake("change_unread", new=said.new, thing=said.thing)
    return number


def _number(text: str) -> float | None:
    found = patterns().number.match(text)
    return read_number(found["n"]) if found else None


def _unit(text: str) -> str:
    found = patterns().number.match(text)
    return (found["unit"] or "") if found else ""


def _length(text: str) -> str:
    """Read a length of time, in figures or characters; empty if it is none."""
    found: Any = patterns().length.match(text)
    amount = read_number(found["n"]) if found else None
    return f"{amount:g} {found['unit']}" if amount else ""
