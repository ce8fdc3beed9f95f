"""Asks for a time that can be booked by naming what is free, and asks on where what was wanted cannot be had."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.dialogue.cases import filling
from bot.dialogue.hearing import words
from bot.dialogue.parts import Part, Turn
from bot.wording import sentence
from skills.manifest import Manifest
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from township.texts import Texts
from workflows.bookings import keeping, times
from workflows.bookings.room import Span
from workflows.cases import Opening
from workflows.clocks import calendars
from workflows.definition import Definition
from workflows.fields.wording import say_day
from workflows.house import texts as house_texts

NOTHING = "nothing_wanted"
REFUSALS = frozenset(
    {"not_enough", "never_enough", "time_taken", "time_not_offered", NOTHING, "days_wrong", "days_over"}
)
"""Why a form is asked on, and not given up."""


@cache
def texts() -> Texts:
    """The sentences about what can be borrowed, booked and queued for."""
    return Texts.load(Path(__file__).with_name("booking.yaml"))


def is_slot(manifest: Manifest, name: str) -> bool:
    """Say whether a field is a time of which there are only some."""
    return name in manifest.workflow.slots


def offered(tx: Tx, turn: Turn, matter: Opening, name: str, asked: str) -> tuple[str, list[Any]]:
    """Ask for a time with those that are free, numbered; and the values behind the numbers."""
    manifest = turn.services.manifests[matter.skill]
    spans = free_times(tx, turn, manifest.definition(matter.skill), name, matter.fields, matter.village_id)
    if not spans:
        return texts().say("no_times", name=manifest.name), []
    kind = manifest.form[name].kind
    said = texts().say("ask_times", ask=asked, times=listed(spans, manifest, name))
    return said, [times.value_of(span, kind) for span in spans]


def free_times(
    tx: Tx, turn: Turn, definition: Definition, name: str, fields: Mapping[str, Any], village_id: str | None,
    most: int = 5,
) -> list[Span]:  # fmt: skip
    """List the nearest times that can be booked."""
    town_id, at = turn.situation.town_id, turn.situation.at
    calendar = calendars.calendar_of(tx, town_id)
    return keeping.free_times(tx, town_id, village_id, definition, name, at, fields, calendar, most)


def listed(spans: Sequence[Span], manifest: Manifest, name: str) -> str:
    """Number some times in words."""
    return " ".join(_said(n, span, manifest, name) for n, span in enumerate(spans, 1))


def _said(number: int, span: Span, manifest: Manifest, name: str) -> str:
    day = say_day(span.begins.date().isoformat(), house_texts())
    if not manifest.workflow.slots[name].hours:
        return texts().say("whole_day", n=number, day=day)
    hours = texts().say("hours", begins=_hour(span.begins), ends=_hour(span.ends))
    return texts().say("time", n=number, day=day, hours=hours)


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def refused(tx: Tx, turn: Turn, matter: Opening, mistake: Mistake, question: Part) -> Part:
    """Say what cannot be had and what can, and keep the form open for another amount or another day."""
    name = str(mistake.values["field"])
    manifest = turn.services.manifests[matter.skill]
    form = dict(question.state["form"])
    if is_slot(manifest, name):
        form["fields"] = {key: value for key, value in matter.fields.items() if key != name}
        asked, form["choices"] = offered(tx, turn, matter, name, manifest.texts[manifest.form[name].ask])
        return replace(question, text=f"{sentence(mistake)}{asked}", state={"form": form})
    stock = manifest.workflow.stock
    form["either"] = (
        list(stock) if mistake.code == NOTHING else [name, *([stock[name].during] if name in stock else [])]
    )
    return replace(question, text=sentence(mistake), state={"form": form})


def answered(turn: Turn, form: Mapping[str, Any], manifest: Manifest, text: str) -> filling.Filled | None:
    """Read a number that names an offered time, or another amount or day in place of what could not be had."""
    asked, number = form["asked"], words.number(text)
    choices = form.get("choices", ())
    if is_slot(manifest, asked) and 0 < number <= len(choices):
        return filling.Filled({asked: choices[number - 1]}, {asked: {"text": text, "moon": False}})
    if not form.get("either"):
        return None
    either = {name: manifest.form[name] for name in form["either"]}
    found = filling.taken(turn, either, text, {})
    return found if found.values else None
