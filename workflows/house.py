"""Presets of the house, read once from presets.yaml: paces, late steps, and actions that every case knows."""

from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from township.texts import Texts
from workflows.definition import Action, FormField, LateStep, PaceTimes
from workflows.flow.who import Who, parse

HERE = Path(__file__).parent


class House(Struct, frozen=True):
    """What holds unless a service says otherwise."""

    paces: dict[str, PaceTimes]
    late: tuple[LateStep, ...]
    staffs: Who
    """Who names somebody for a stage in which nobody can act."""
    leader: dict[str, Action]
    duty: dict[str, Action]
    villager: dict[str, Action]
    office: dict[str, Action]
    signer: dict[str, Action]
    """Of somebody whom a colleague asked."""
    back: dict[str, Action]
    """Where a stage may send the case back."""
    sheet: dict[str, Action]
    """Of a newer sheet, on the rows that are open."""
    part: dict[str, Action]
    """Of somebody who has acted, has asked another, or got a copy; without a task."""
    closed: dict[str, Action]
    besides: dict[str, FormField]
    """What may be said with a row of a list, or from outside, besides what an action asks for."""
    objection: str
    """The service that takes objections to what is shown to everybody."""
    watch: frozenset[str]
    """Roles that see the cases of their village, or of all villages when held in the town."""

    def fields(self) -> dict[str, FormField]:
        """List the fields that these actions need."""
        of_actions = (one.needs for actions in self.sets() for one in actions.values())
        return {name: spec for needs in (self.besides, *of_actions) for name, spec in needs.items()}

    def sets(self) -> tuple[dict[str, Action], ...]:
        """List all actions of the house, by who may do them."""
        always = (self.office, self.signer, self.back, self.sheet, self.part, self.villager, self.closed)
        return (*always, self.leader, self.duty)


@cache
def house() -> House:
    """Read presets.yaml."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load((HERE / "presets.yaml").read_text("utf-8"))
    actions = TypeAdapter(dict[str, Action])
    return House(
        TypeAdapter(dict[str, PaceTimes]).validate_python(loaded["paces"]),
        TypeAdapter(tuple[LateStep, ...]).validate_python(loaded["late"]),
        parse(loaded["staffs"]),
        actions.validate_python(loaded["leader"]),
        actions.validate_python(loaded["duty"]),
        actions.validate_python(loaded["always"]["villager"]),
        actions.validate_python(loaded["always"]["office"]),
        actions.validate_python(loaded["always"]["signer"]),
        actions.validate_python(loaded["always"]["back"]),
        actions.validate_python(loaded["always"]["sheet"]),
        actions.validate_python(loaded["always"]["part"]),
        actions.validate_python(loaded["always"]["closed"]),
        TypeAdapter(dict[str, FormField]).validate_python(loaded["besides"]),
        str(loaded["objection"]),
        frozenset(loaded["watch"]),
    )


@cache
def texts() -> Texts:
    """The engine's own sentences."""
    return Texts.load(HERE / "texts.yaml")
