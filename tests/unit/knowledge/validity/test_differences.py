"""The difference between what was told and what holds now, in one line."""

import pytest

from knowledge.validity.differences import LONGEST, Difference, difference

OLD = "高龄津贴每月25日前发到社保卡上。80岁以上每人每月60元。没发到的打民政办电话。"


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (OLD.replace("25日", "10日"), ("高龄津贴每月25日前发到社保卡上", "高龄津贴每月10日前发到社保卡上")),
        (OLD.replace("60元", "80元"), ("80岁以上每人每月60元", "80岁以上每人每月80元")),
        (OLD.replace("没发到的打民政办电话。", ""), ("没发到的打民政办电话", "")),
        (OLD + "去世的次月停发。", ("", "去世的次月停发")),
    ],
)
def test_the_sentence_that_changed_is_shown_before_and_after(new: str, told: tuple[str, str]) -> None:
    assert difference(OLD, new) == Difference(*told)


@pytest.mark.parametrize("new", [OLD, OLD.replace("。", "； "), f" {OLD}\n"])
def test_marks_and_spaces_are_no_difference(new: str) -> None:
    assert difference(OLD, new) is None


def test_a_sentence_that_only_changed_its_number_comes_before_one_that_was_rewritten() -> None:
    new = "打民政办电话533-1012问。80岁以上每人每月80元。高龄津贴每月25日前发到社保卡上。"
    told = difference(OLD, new)
    assert told is not None
    assert told.after == "80岁以上每人每月80元"


def test_a_long_sentence_is_cut_around_what_differs() -> None:
    before = f"{'前' * 80}每月25日前发{'后' * 80}。"
    told = difference(before, before.replace("25", "10"))
    assert told is not None
    assert "25日" in told.before
    assert "10日" in told.after
    assert max(len(told.before), len(told.after)) <= LONGEST + 2
