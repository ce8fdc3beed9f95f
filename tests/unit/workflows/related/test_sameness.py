"""Two reports of one thing: by kind, village, place, days and words; never by somebody's own house."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from township.clock import SHANGHAI
from workflows.related.sameness import Report, likeness, same

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
LAMP = Report("lamp", "liushu", "南路口", "南路口的路灯不亮了", AT)
texts = st.text("路灯南北口东西村头不亮坏桥的了", max_size=12)
reports = st.builds(
    Report, st.sampled_from(["lamp", "road", "other"]), st.sampled_from(["liushu", "taoyuan"]), texts, texts,
    st.integers(0, 20).map(lambda days: AT + timedelta(days=days)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"place": "南边路口那里"}, True),
        ({"place": "小学门口", "text": "路灯不亮"}, False),
        ({"place": "", "text": "南路口路灯不亮"}, True),
        ({"place": "", "text": "路灯不亮了快来修"}, False),
        ({"kind": "road"}, False),
        ({"village": "taoyuan"}, False),
        ({"at": AT + timedelta(days=6)}, True),
        ({"at": AT + timedelta(days=8)}, False),
        ({"place": "俺家大门口"}, False),
    ],
)
def test_the_same_lamp(changes: dict[str, object], expected: bool) -> None:
    assert same(replace(LAMP, **changes), LAMP) is expected


def test_a_kind_that_says_nothing_needs_a_place() -> None:
    vague = replace(LAMP, kind="other")
    assert same(vague, replace(vague, text="别的话"))
    assert not same(replace(vague, place=""), replace(vague, place=""))


@given(reports, reports)
def test_it_is_mutual_and_never_over_kinds_villages_or_weeks(first: Report, second: Report) -> None:
    assert same(first, second) == same(second, first)
    if same(first, second):
        assert (first.kind, first.village) == (second.kind, second.village)
        assert abs(first.at - second.at) <= timedelta(days=7)


@given(texts.filter(bool), texts.filter(bool))
def test_likeness_is_mutual_and_whole_for_the_same_words(first: str, second: str) -> None:
    assert likeness(first, first) == 1
    assert 0 <= likeness(first, second) == likeness(second, first) <= 1
