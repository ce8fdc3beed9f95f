"""What keeps a paper back before it is drawn: blank lines, too many copies, a meeting or notice too short."""

from datetime import date
from typing import Any

import pytest

from township.errors import Mistake
from workflows.seals import drafting
from workflows.seals.paper.kinds import kind_of

TODAY = date(2026, 11, 30)
PROOF, OPINION = kind_of("residence_proof"), kind_of("homestead_opinion")
RESOLVED: dict[str, Any] = {
    "purpose": "翻建三间旧房", "meeting_date": "2026-11-20", "of": 60, "attended": 45, "votes": 40,
    "minutes": ["a" * 64], "notice_from": "2026-11-21",
}  # fmt: skip


def told(**more: Any) -> dict[str, Any]:
    return {"purpose": "孩子上学", "receiver": "县第一小学", **more}


@pytest.mark.parametrize("blank", ["", "待定", "无", "XXX", "____", "……", "随便", "3"])
@pytest.mark.parametrize("line", ["purpose", "receiver"])
def test_a_blank_line_is_not_sealed(line: str, blank: str) -> None:
    with pytest.raises(Mistake) as problem:
        drafting.check(PROOF, told(**{line: blank}), TODAY, {line: "用途"})
    assert (problem.value.code, problem.value.values["field"]) == ("purpose_blank", line)


@pytest.mark.parametrize("purpose", ["孩子上学", "办水表", "给外孙转学用", "无线电执照", "3号楼装电梯"])
def test_a_purpose_that_says_something_passes(purpose: str) -> None:
    drafting.check(PROOF, told(purpose=purpose), TODAY, {})


@pytest.mark.parametrize("copies", [-1, 6, 100])
def test_few_copies_at_once(copies: int) -> None:
    with pytest.raises(Mistake, match="copies_wrong"):
        drafting.check(PROOF, told(copies=copies), TODAY, {})


def test_a_resolution_with_everything_passes() -> None:
    drafting.check(OPINION, RESOLVED, TODAY, {})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *[({name: None}, "resolution_lacking") for name in ("meeting_date", "of", "attended", "votes", "minutes")],
        ({"notice_from": None}, "resolution_lacking"),
        ({"minutes": ["在村部"]}, "resolution_lacking"),
        ({"attended": 30, "votes": 30}, "resolution_too_few"),
        ({"attended": 61}, "resolution_too_few"),
        ({"votes": 22}, "resolution_not_passed"),
        ({"votes": 46}, "resolution_not_passed"),
        ({"notice_from": "2026-11-24"}, "notice_too_short"),
        ({"notice_until": "2026-11-12"}, "notice_too_short"),
        ({"notice_until": "2030-01-01"}, "notice_hangs_still"),
    ],
)
def test_a_resolution_that_lacks_something_does_not(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Mistake, match=code):
        drafting.check(OPINION, {**RESOLVED, **change}, TODAY, {})
