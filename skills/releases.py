"""Services of a new release: how they reach a town that has run for a year, without overruling it.

A town that never touched a service gets the new version in force; one that changed it, or took it off, finds the new
version as a draft. Cases that are open keep the version they began with.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skills import registry
from skills.registry import Loaded, Skill
from township.db import Tx
from township.errors import Mistake
from workflows import definitions
from workflows.definitions import Stored


class News(StrEnum):
    """What became of one service of the house in one town."""

    new = "new"
    """The town has it for the first time."""
    renewed = "renewed"
    """It replaces the older one of the house."""
    draft = "draft"
    """The town runs its own, or none: the new one waits for somebody's yes."""


@dataclass(frozen=True, slots=True)
class Release:
    """One service that changed for a town."""

    town_id: str
    skill: str
    news: News
    hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a service of a town stands against the house."""

    town_id: str
    skill: str
    running: str
    """Hash of what new cases begin with; empty: the town has taken it off."""
    of_house: bool
    """What runs came with a release."""
    newest: bool
    """What runs is what this release brings."""
    drafts: tuple[str, ...]
    """Hashes of what waits for somebody's yes."""


def bring(tx: Tx, town_id: str, *, now: datetime, house: Iterable[Loaded] | None = None) -> list[Release]:
    """Bring the services of this release to a town; again is nothing. `house`: the folders, those shipped if none."""
    known = definitions.stored(tx, town_id)
    brought = []
    for loaded in registry.house() if house is None else house:
        if loaded.skill is not None:
            mine = [one for one in known if one.skill == loaded.id]
            brought += _bring(tx, town_id, loaded.skill, mine, now)
    return brought


def bring_everywhere(tx: Tx, *, now: datetime) -> list[Release]:
    """Bring the services of this release to every town that has services."""
    towns = dict.fromkeys(one.town_id for one in definitions.stored(tx))
    house = registry.house() if towns else []
    return [release for town_id in towns for release in bring(tx, town_id, now=now, house=house)]


def _bring(tx: Tx, town_id: str, skill: Skill, known: list[Stored], now: datetime) -> list[Release]:
    digest = definitions.hash_of(skill.files)
    running = next((one for one in known if one.state == "published"), None)
    if running is not None and running.hash == digest:
        return []
    if running is None and not known:
        news = News.new
    elif running is not None and running.of_house:
        news = News.renewed
    elif any(one.hash == digest for one in known):
        return []
    else:
        news = News.draft
    registry.install(tx, town_id, skill, by=None, now=now, publish=news is not News.draft)
    return [Release(town_id, skill.id, news, digest)]


def standings(tx: Tx) -> list[Standing]:
    """List the services of all towns."""
    house = {one.id: definitions.hash_of(one.skill.files) for one in registry.house() if one.skill}
    known = definitions.stored(tx)
    found = []
    for town_id, skill in dict.fromkeys((one.town_id, one.skill) for one in known):
        mine = [one for one in known if (one.town_id, one.skill) == (town_id, skill)]
        running = next((one for one in mine if one.state == "published"), None)
        drafts = tuple(one.hash for one in mine if one.state == "draft")
        found.append(
            Standing(
                town_id,
                skill,
                running.hash if running else "",
                running is not None and running.of_house,
                running is not None and running.hash == house.get(skill),
                drafts,
            )
        )
    return found


def put_in_force(tx: Tx, skill: str, start: str, *, now: datetime) -> Standing:
    """Publish the one draft whose hash begins with `start`, as a release would; none or several is a Mistake."""
    waiting = [(one, draft) for one in standings(tx) if one.skill == skill for draft in one.drafts]
    chosen = [(one, draft) for one, draft in waiting if draft.startswith(start)]
    if len(chosen) != 1:
        raise Mistake("which_draft", skill=skill, start=start, count=len(chosen))
    standing, digest = chosen[0]
    definitions.publish(tx, standing.town_id, digest, by=None, now=now)
    return next(one for one in standings(tx) if (one.town_id, one.skill) == (standing.town_id, skill))
