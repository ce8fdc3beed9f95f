"""The invented town in which services are rehearsed, and the people in it."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from skills.sheets import nearest, say
from township import register

SHEET = Path(__file__).with_name("town.yaml")


@cache
def town() -> register.TownSheet:
    """Read the town."""
    return register.read_sheet(YAML(typ="safe", pure=True).load(SHEET.read_text("utf-8")))


def names() -> tuple[str, ...]:
    """What its people are called."""
    return tuple(person.name for person in town().people)


def nobody(name: str | None) -> str:
    """Say that nobody there has this name, and whom one may have meant."""
    told = say("no_person", name=name or "")
    return told + (nearest(name or "", set(names())) or say("book_options", options="、".join(names())))
