"""Says a value of a field back as people read it. Pure; the sentences stand in workflows/texts.yaml."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from township import lunar
from township.texts import Texts
from workflows.definition import FieldKind, FormField

DAY, HOUR = 1440, 60


def say_back(spec: FormField, value: Any, texts: Texts) -> str:
    """Say a value as people read it; an ID number only by its ends."""
    match spec.kind:
        case FieldKind.CHOICE:
            return spec.options[value].name if value in spec.options else str(value)
        case FieldKind.YES_NO:
            return texts.say("say_yes" if value else "say_no")
        case FieldKind.MONEY:
            return texts.say("say_money", yuan=f"{value / 100:.2f}".removesuffix(".00"))
        case FieldKind.NUMBER:
            return f"{value} {spec.unit[0]}" if spec.unit else str(value)
        case FieldKind.ID_NUMBER:
            return f"{value[:3]}***********{value[-4:]}"
        case FieldKind.DATE | FieldKind.MOMENT | FieldKind.PERIOD | FieldKind.DURATION:
            return _time(spec, value, texts)
        case FieldKind.PLACE:
            return str(value.get("text", "")) if isinstance(value, Mapping) else str(value)
        case FieldKind.PHOTOS | FieldKind.FILE | FieldKind.SIGNATURE | FieldKind.ROWS:
            return texts.say(_COUNTED[spec.kind], count=len(value))
        case _:
            return str(value)


_COUNTED = {
    FieldKind.PHOTOS: "say_photos",
    FieldKind.FILE: "say_files",
    FieldKind.SIGNATURE: "say_signature",
    FieldKind.ROWS: "say_rows",
}


def _time(spec: FormField, value: Any, texts: Texts) -> str:
    match spec.kind:
        case FieldKind.DATE:
            return say_day(value, texts)
        case FieldKind.MOMENT:
            return _moment(value, texts)
        case FieldKind.PERIOD:
            return texts.say("say_period", first=_moment(value["from"], texts), last=_moment(value["to"], texts))
    return _length(int(value), texts)


def _moment(value: str, texts: Texts) -> str:
    day, _, hour = value.partition("T")
    return texts.say("say_moment", day=say_day(day, texts), hour=hour) if hour else say_day(day, texts)


def say_day(value: str, texts: Texts, *, moon: bool = False) -> str:
    """Say a day with its weekday; by the farmers' calendar as well where it was said so."""
    day = date.fromisoformat(value)
    said = {"month": day.month, "day": day.day, "weekday": texts.say("weekdays")[day.weekday()]}
    return texts.say("say_moon_date", moon=lunar.name_of(day), **said) if moon else texts.say("say_date", **said)


def _length(minutes: int, texts: Texts) -> str:
    if minutes % DAY == 0:
        return texts.say("say_days", amount=minutes // DAY)
    if minutes % HOUR == 0:
        return texts.say("say_hours", amount=minutes // HOUR)
    return texts.say("say_minutes", amount=minutes)
