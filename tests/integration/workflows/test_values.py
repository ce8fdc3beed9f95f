"""What is kept by reference comes back as it was put, whatever its kind, on either engine."""

from typing import Any

import pytest

from skills.rehearsal.founding import TOWN
from township.clock import TurnedClock
from township.db import Database
from workflows import values
from workflows.definition import FormField

KEPT: list[tuple[str, Any]] = [
    ("text", "村口灯不亮"),
    ("phone", "13800000001"),
    ("number", 3),
    ("money", 30000),
    ("yes_no", False),
    ("period", {"from": "2026-12-03", "to": "2026-12-05"}),
    ("place", {"text": "桥头", "village": None, "group": "三组"}),
    ("signature", ["a" * 64]),
    ("photos", ["a", "b"]),
    ("rows", [{"name": "赵兰", "age": 70}, {"name": "王芳", "age": 8}]),
]


def test_every_kind_comes_back_as_it_was_put(town: Database, clock: TurnedClock) -> None:
    form = {
        kind: FormField.model_validate({"kind": kind, "name": kind, "sensitive": True, "rows": {}}) for kind, _ in KEPT
    }
    refs = town.write_now(lambda tx: values.put(tx, TOWN, "v1", form, dict(KEPT), clock.now()))
    assert all(values.is_ref(ref) for ref in refs.values())
    assert town.read_now(lambda tx: values.resolve(tx, [refs])) == [dict(KEPT)]


@pytest.mark.parametrize("kind", ["place", "number"])
def test_what_was_stored_before_as_text_is_still_read(kind: str) -> None:
    assert values._read(kind, "{'text': '桥头'}") == "{'text': '桥头'}"
