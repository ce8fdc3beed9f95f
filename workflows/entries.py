"""What is said in a form or with an action: read, and checked against the town."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.errors import Mistake
from workflows import forms, values
from workflows.census import Census
from workflows.definition import Action, Definition, FieldKind, FormField
from workflows.records import Record
from workflows.requests import Opening
from workflows.state import Command


def read_form(
    tx: Tx, definition: Definition, opening: Opening, now: datetime, census: Census
) -> dict[str, Any]:  # fmt: skip
    """Read the fields of a new case; a Mistake names the first that is missing or wrong."""
    villages = _village_names(census, opening.town_id, definition.form)
    known = forms.Known(now.astimezone(SHANGHAI).date(), villages, now=now)
    read = forms.read_all(definition.form, opening.fields, known)
    needed = forms.missing(definition.form, read)
    if needed:
        raise Mistake("value_missing", field=needed[0], name=definition.form[needed[0]].name)
    _check_persons(tx, opening.town_id, definition.form, read)
    return read


def _village_names(census: Census, town_id: str, form: Mapping[str, FormField]) -> dict[str, str]:
    if not any(spec.kind is FieldKind.PLACE for spec in form.values()):
        return {}
    return {village.name: village.id for village in census.villages(town_id)}


def _check_persons(tx: Tx, town_id: str, form: Mapping[str, FormField], read: Mapping[str, Any]) -> None:
    """A value that names a person names one of this town."""
    chosen = {name: value for name, value in read.items() if form[name].kind is FieldKind.PERSON}
    found = directory.persons(tx, chosen.values()) if chosen else {}
    for name, person_id in chosen.items():
        if person_id not in found or found[person_id].town_id != town_id:
            raise Mistake("not_a_person", field=name, name=form[name].name)


def village_of(read: Mapping[str, Any]) -> str | None:
    """Find the village of the place that a form names."""
    places = (value["village"] for value in read.values() if isinstance(value, Mapping) and value.get("village"))
    return next(places, None)


def read_values(tx: Tx, record: Record, action: Action, command: Command, now: datetime) -> dict[str, Any]:
    """Read what an action is given, and store what of it is personal."""
    if not action.needs and not command.values:
        return {}
    known = forms.Known(now.astimezone(SHANGHAI).date(), now=now)
    read = forms.read_all(action.needs, command.values, known)
    _check_persons(tx, record.row["town_id"], action.needs, read)
    return values.put(tx, record.row["town_id"], record.row["affected_id"], action.needs, read, now)
