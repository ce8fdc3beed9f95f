"""Where nobody can act: the services of all towns played through, and each gap in the words of a clerk."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from skills import chains, registry
from skills.registry import Skill
from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from workflows import definitions
from workflows.seals.wording import texts


def look(tx: Tx, at: datetime, wanted: Callable[[Skill], bool] = lambda _: True) -> tuple[int, list[dict[str, Any]]]:
    """Play what all towns offer; returns how many services there are, and where nobody can act."""
    offered = ((town_id, skill) for town_id in definitions.towns(tx) for skill in registry.offered(tx, town_id))
    played = [(town_id, skill) for town_id, skill in offered if wanted(skill)]
    gaps = (gap for town_id, skill in played for gap in chains.gaps(tx, town_id, skill, at))
    return len(played), [in_words(tx, gap) for gap in gaps]


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
