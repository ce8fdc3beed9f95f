"""Where nobody can act: the services of all towns played through, and each gap in the words of a clerk."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from skills import chains, registry
from skills.registry import Skill
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from workflows import definitions
from workflows.seals.wording import texts

NAMED = 3
"""Villages that one line names."""


def look(tx: Tx, at: datetime, wanted: Callable[[Skill], bool] = lambda _: True) -> tuple[int, list[dict[str, Any]]]:
    """Play what all towns offer; returns how many services there are, and where nobody can act.

    What is missing in several villages for the same reason is told once.
    """
    offered = ((town_id, skill) for town_id in definitions.towns(tx) for skill in registry.offered(tx, town_id))
    played = [(town_id, skill) for town_id, skill in offered if wanted(skill)]
    found = (_gathered(tx, town_id, chains.gaps(tx, town_id, skill, at)) for town_id, skill in played)
    return len(played), [in_words(tx, gap) for gaps in found for gap in gaps]


def _gathered(tx: Tx, town_id: str, gaps: list[chains.Gap]) -> Iterator[chains.Gap]:
    """One gap instead of several that differ in their villages only; who could stand in everywhere is named."""
    alike: dict[chains.Gap, list[chains.Gap]] = {}
    for gap in gaps:
        alike.setdefault(replace(gap, village="", could=()), []).append(gap)
    everywhere = {one.name for one in directory.villages_of(tx, town_id)}
    for several in alike.values():
        could = tuple(one for one in several[0].could if all(one in gap.could for gap in several))
        yield replace(several[0], village=_named([gap.village for gap in several], everywhere), could=could)


def _named(villages: list[str], everywhere: set[str]) -> str:
    if len(villages) > 1 and everywhere <= set(villages):
        return texts().say("chain_everywhere")
    if len(villages) > NAMED:
        return texts().say("chain_villages", first=villages[0], count=len(villages))
    return texts().say("chain_between").join(villages)


def in_words(tx: Tx, gap: chains.Gap) -> dict[str, Any]:
    """Say a gap as a clerk reads it: where, when, whom to appoint, and who could stand in."""
    person = directory.person(tx, gap.applicant or gap.away)
    on = gap.on.astimezone(SHANGHAI) if gap.on else None
    when = texts().say(
        f"chain_when_{gap.when.value}",
        name=person.name if person else "",
        month=on.month if on else "",
        day=on.day if on else "",
    )
    between = texts().say("chain_between")
    known = {"village": gap.village, "skill": gap.skill, "stage": gap.stage}
    roles = between.join(texts().say(f"role_{role}") for role in gap.roles)
    words = texts().say("chain_gap", when=when, roles=roles, **known)
    people = directory.persons(tx, gap.could)
    if names := between.join(people[one].name for one in gap.could if one in people):
        words += texts().say("chain_could", names=names)
    return {**asdict(gap), "on": on.date().isoformat() if on else "", "words": words}
