"""Who a cadre means by a name, a surname or an office: "old Liu", "head Sun", "the grid worker"."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.hearing import words
from bot.dialogue.parts import Turn
from township import deputies, directory
from township.db import Tx
from township.directory import Person, Role


def named(tx: Tx, turn: Turn, said: str) -> list[Person]:
    """Find the cadres that somebody can mean; of the own village before those of the town. Empty: nobody."""
    cadres = deputies.cadres(tx, turn.situation.town_id)
    near = [one for one in cadres if one.village_id == turn.situation.village_id]
    return _of(tx, turn, said, near) or _of(tx, turn, said, cadres)


def _of(tx: Tx, turn: Turn, said: str, cadres: list[Person]) -> list[Person]:
    full = [one for one in cadres if one.name and one.name in said]
    if full:
        return full
    role = _offices().get(said)
    if role is not None:
        holders = {grant.id for grant in _holders(tx, turn, role)}
        return [one for one in cadres if one.id in holders]
    found = words.load().fits("surname", said)
    surname = (found["after"] or found["before"]) if found else ""
    return [one for one in cadres if surname and one.name.startswith(surname)]


def _holders(tx: Tx, turn: Turn, role: Role) -> list[Person]:
    situation = turn.situation
    in_village = directory.people_with_role(tx, situation.town_id, role, situation.at, situation.village_id)
    return in_village or directory.people_with_role(tx, situation.town_id, role, situation.at)


@cache
def _offices() -> dict[str, Role]:
    """The offices by what they are called (bot/roles.yaml)."""
    loaded = YAML(typ="safe", pure=True).load((Path(__file__).parents[2] / "roles.yaml").read_text("utf-8"))
    return {said: Role(role) for role, names in loaded.items() for said in names}
