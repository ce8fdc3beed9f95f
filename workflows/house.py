"""Presets of the house, read once from presets.yaml: paces, late steps, and actions that every case knows."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from township.texts import Texts
from workflows.definition import Action, FormField, LateStep, PaceTimes

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class House:
    """What holds unless a service says otherwise."""

    paces: dict[str, PaceTimes]
    late: tuple[LateStep, ...]
    leader: dict[str, Action]
    duty: dict[str, Action]
    villager: dict[str, Action]
    office: dict[str, Action]
    closed: dict[str, Action]
    watch: frozenset[str]
    """Roles that see the cases of their village, or of all villages when held in the town."""

    def fields(self) -> dict[str, FormField]:
        """List the fields that these actions need."""
        sets = (self.leader, self.duty, self.villager, self.office, self.closed)
        return {name: spec for actions in sets for one in actions.values() for name, spec in one.needs.items()}


@cache
def house() -> House:
    """Read presets.yaml."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load((HERE / "presets.yaml").read_text("utf-8"))
    actions = TypeAdapter(dict[str, Action])
    return House(
        TypeAdapter(dict[str, PaceTimes]).validate_python(loaded["paces"]),
        TypeAdapter(tuple[LateStep, ...]).validate_python(loaded["late"]),
        actions.validate_python(loaded["leader"]),
        actions.validate_python(loaded["duty"]),
        actions.validate_python(loaded["always"]["villager"]),
        actions.validate_python(loaded["always"]["office"]),
        actions.validate_python(loaded["always"]["closed"]),
        frozenset(loaded["watch"]),
    )


@cache
def texts() -> Texts:
    """The engine's own sentences."""
    return Texts.load(HERE / "texts.yaml")
