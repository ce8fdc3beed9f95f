"""What is shown to everybody: masked, and with a hash that nobody can make fit other words."""

from datetime import datetime

import pytest

from township.clock import SHANGHAI
from workflows.definition import Definition, FieldKind, FormField
from workflows.public import showings
from workflows.public.masking import masked

DEFINITION = Definition.model_validate(
    {
        "skill": "aid", "name": "补贴",
        "form": {
            "who": {"kind": "text", "name": "姓名"}, "secret": {"kind": "text", "name": "病情"},
            "amount": {"kind": "money", "name": "金额"},
            "people": {"kind": "rows", "name": "名单", "rows": {"name": {"kind": "text", "name": "姓名"},
                                                            "days": {"kind": "number", "name": "天数"}}},
        },
        "workflow": {"start": "show", "stages": {"show": {
            "title": "公示", "within": "7 working days",
            "showing": {"shows": ["who", "amount", "people"], "mask": ["who", "name"]},
            "actions": {"over": {"title": "期满", "to": "closed"}, "upheld": {"title": "成立", "to": "closed"}},
        }}},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "shown"),
    [
        (FieldKind.TEXT, "王小满", "王**"),
        (FieldKind.TEXT, "王", "王*"),
        (FieldKind.PHONE, "13812345678", "138****5678"),
        (FieldKind.PHONE, "5331234", "533****"),
        (FieldKind.ID_NUMBER, "110101199001011237", "110101************"),
    ],
)
def test_of_a_name_its_family_and_of_a_number_its_ends(kind: FieldKind, said: str, shown: str) -> None:
    assert masked(FormField(kind=kind, name="x"), said) == shown


def test_only_what_is_named_is_shown_and_a_table_row_by_row() -> None:
    held = {"who": "王小满", "secret": "重病", "amount": 80000, "people": [{"name": "钱大", "days": 3}]}
    assert showings.lines_of(DEFINITION, "show", held) == [["姓名", "王**"], ["金额", "800 元"], ["名单", "钱* 3"]]


def test_the_hash_changes_with_anything_that_was_shown() -> None:
    shown = {
        "town_id": "t",
        "title": "补贴公示",
        "lines": [["姓名", "王**"]],
        "begun_at": datetime(2026, 11, 23, tzinfo=SHANGHAI),
    }
    first = showings.digest("1 号", shown)
    assert showings.digest("1 号", shown) == first
    for other in (
        {"title": "补贴"},
        {"lines": [["姓名", "李**"]]},
        {"begun_at": datetime(2026, 11, 24, tzinfo=SHANGHAI)},
    ):
        assert showings.digest("1 号", shown | other) != first
    assert showings.digest("2 号", shown) != first
