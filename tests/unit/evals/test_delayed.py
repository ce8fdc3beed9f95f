"""What a rehearsal on phones takes for the same sentence: moments may be later by what the steps took, words not."""

from datetime import datetime

import pytest

from evals.bench.delayed import says
from township.clock import SHANGHAI

NOW = datetime(2026, 11, 23, 12, 5, tzinfo=SHANGHAI)
WRITTEN = "接着办，最晚 11月26日（周四）12:00"


@pytest.mark.parametrize(
    ("found", "is_said"),
    [
        ("知道了，接着办，最晚 11月26日（周四）12:00。", True),
        ("知道了，接着办，最晚 11月26日（周四）14:00。", True),  # lunch lies between
        ("知道了，接着办，最晚 11月26日（周四）11:30。", False),
        ("知道了，接着办，最晚 11月26日（周四）16:30。", False),
        ("知道了，接着办，最晚 11月27日（周五）12:00。", False),
        ("知道了，不办了，最晚 11月26日（周四）12:00。", False),
        ("", False),
    ],
)
def test_a_promise_may_be_later_by_the_steps_and_nothing_else(found: str, is_said: bool) -> None:
    assert says(found, WRITTEN, NOW) is is_said


def test_words_without_a_moment_are_looked_for_as_they_are() -> None:
    assert says("记下了（柳树 1 号）。", "（柳树 1 号）", NOW)
    assert not says("记下了（柳树 2 号）。", "（柳树 1 号）", NOW)
