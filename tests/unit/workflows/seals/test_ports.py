"""A sheet is one text and one hash, and whatever changes it changes the hash."""

from datetime import date
from types import MappingProxyType
from typing import Any

import hypothesis.strategies as st
from hypothesis import given
from msgspec.structs import replace

from workflows.seals.ports import Sheet, canonical, digest, restore

SHEET = Sheet(
    kind="residence_proof",
    number="样例-1",
    lines={"purpose": "孩子上学", "name": "样例甲", "receiver": "示范镇小学"},
    village="柳树村",
    town="示例镇",
    date=date(2026, 11, 22),
    valid_until=date(2026, 12, 22),
    code="7K3M-9QXD-TT2P",
    copies=2,
    demo=True,
)

TEXT = st.text(max_size=20)
SHEETS = st.builds(
    Sheet,
    kind=TEXT,
    number=TEXT,
    lines=st.dictionaries(TEXT, TEXT, max_size=5),
    village=TEXT,
    town=TEXT,
    date=st.dates(),
    valid_until=st.none() | st.dates(),
    code=TEXT,
    copies=st.integers(1, 20),
    demo=st.booleans(),
)


@given(SHEETS)
def test_a_sheet_comes_back_as_it_was_written(sheet: Sheet) -> None:
    again = restore(canonical(sheet))
    assert digest(again) == digest(sheet)
    assert dict(again.lines) == dict(sheet.lines)
    assert replace(again, lines={}) == replace(sheet, lines={})


@given(SHEETS, SHEETS)
def test_two_different_sheets_have_different_hashes(one: Sheet, other: Sheet) -> None:
    assert (digest(one) == digest(other)) == (one == other)


def test_the_order_of_lines_does_not_matter() -> None:
    turned = replace(SHEET, lines=MappingProxyType(dict(sorted(SHEET.lines.items(), reverse=True))))
    assert digest(turned) == digest(SHEET)


def test_every_value_is_part_of_the_hash() -> None:
    changes: tuple[dict[str, Any], ...] = (
        {"copies": 3},
        {"demo": False},
        {"code": ""},
        {"lines": {**SHEET.lines, "purpose": "办低保"}},
        {"valid_until": None},
        {"date": date(2026, 11, 23)},
    )
    for change in changes:
        assert digest(replace(SHEET, **change)) != digest(SHEET)
