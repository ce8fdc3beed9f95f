"""What a person wrote, kept apart by reference: cases and events hold `{"ref": id}`, the value can be erased."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from township.db import Tx
from township.ids import new_id
from township.models import person_values
from township.statements import Statement
from workflows import forms
from workflows.definition import FormField
from workflows.house import texts


def put(
    tx: Tx, town_id: str, person_id: str | None, form: Mapping[str, FormField], values: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Store the personal ones of `values` and return all, the personal ones as references."""
    rows, kept = [], dict(values)
    for name, value in values.items():
        spec = form.get(name)
        if spec is None or not forms.is_personal(spec):
            continue
        kept[name] = {"ref": new_id()}
        rows.append(_row(kept[name]["ref"], town_id, person_id, spec.kind.value, value, spec.retention.value, now))
    _ADD.run_all(tx, rows)
    return kept


def put_text(tx: Tx, town_id: str, person_id: str | None, text: str, now: datetime) -> str:
    """Store one sentence about a person and return its reference."""
    ref = new_id()
    _ADD.run(tx, **_row(ref, town_id, person_id, "notice", text, "case", now))
    return ref


_ADD = Statement(sa.insert(person_values), ("id", "town_id", "person_id", "kind", "value", "retention", "created_at"))


def _row(
    ref: str, town_id: str, person_id: str | None, kind: str, value: Any, retention: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": ref, "town_id": town_id, "person_id": person_id, "kind": kind, "value": _written(kind, value),
        "retention": retention, "created_at": now,
    }  # fmt: skip


LISTS = frozenset({"photos", "file", "signature"})
"""Kept as hashes, one a line."""
SHAPED = frozenset({"number", "money", "duration", "yes_no", "period", "place", "rows"})
"""Kept as JSON; everything else is text."""


def _written(kind: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if kind in LISTS:
        return "\n".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if kind in SHAPED else str(value)


def _read(kind: str, value: str) -> Any:
    """Read a stored value as it was put; one of before that is no JSON is taken as text."""
    if kind in LISTS:
        return value.split("\n")
    if kind not in SHAPED:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def resolve(tx: Tx, several: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put the values back in place of references; an erased one reads as erased."""
    held = [dict(one) for one in several]
    refs = [value["ref"] for one in held for value in one.values() if is_ref(value)]
    found, erased = texts_of(tx, refs), texts().say("erased")
    return [
        {name: found.get(value["ref"], erased) if is_ref(value) else value for name, value in one.items()}
        for one in held
    ]


def texts_of(tx: Tx, refs: Iterable[str]) -> dict[str, Any]:
    """Read stored values by reference, as they were put."""
    wanted = list(dict.fromkeys(refs))
    if not wanted:
        return {}
    rows = ((row["id"], row["kind"], row["value"]) for row in _VALUES.rows(tx, its_ids=wanted))
    return {ref: _read(kind, value) for ref, kind, value in rows if value is not None}


_VALUES = Statement(
    sa.select(person_values.c.id, person_values.c.kind, person_values.c.value).where(
        person_values.c.id.in_(sa.bindparam("its_ids", expanding=True))
    )
)


def is_ref(value: Any) -> bool:
    """Say whether a value is only a reference."""
    return isinstance(value, dict) and len(value) == 1 and "ref" in value
