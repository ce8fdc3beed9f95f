"""The sentences of the bot, and the sentence of any expected error, from the texts of whichever package raised it."""

from datetime import datetime
from functools import cache
from pathlib import Path

from township.errors import TownshipError
from township.texts import Texts
from workflows.clocks.deadlines import say_moment
from workflows.house import texts as house_texts

ROOT = Path(__file__).parents[1]
SOURCES = (
    "bot/texts.yaml",
    "knowledge/texts.yaml",
    "workflows/texts.yaml",
    "workflows/seals/texts.yaml",
    "workflows/broadcasts/texts.yaml",
    "workflows/orders/texts.yaml",
    "workflows/rosters/texts.yaml",
    "workflows/bookings/texts.yaml",
    "skills/texts.yaml",
    "bot/refusals.yaml",
)


@cache
def texts() -> Texts:
    """The sentences of this package."""
    return Texts.load(ROOT / SOURCES[0])


@cache
def _all() -> tuple[Texts, ...]:
    return tuple(Texts.load(ROOT / source) for source in SOURCES if (ROOT / source).exists())


def _said(value: object) -> object:
    return say_moment(value, house_texts()) if isinstance(value, datetime) else value


def sentence(error: TownshipError) -> str:
    """Say an error in the words of a person; one without words of its own is shown with its code."""
    values = {name: _said(value) for name, value in error.values.items()}
    if texts().has(reason := f"reason_{values.get('reason')}"):
        values["reason"] = texts().say(reason)
    for known in _all():
        if known.has(error.code) and known.needs(error.code) <= set(values):
            return known.say(error.code, **values)
    details = ", ".join(f"{name}={value}" for name, value in error.values.items())
    return texts().say("unknown_error", code=error.code, details=details)
