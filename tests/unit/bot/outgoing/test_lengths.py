"""A text that is too long for the platform ends where a sentence does, and says that there is more."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outgoing.lengths import cut, fits

END = "后头还有。"


@pytest.mark.parametrize("text", ["", "好。", "一句话。" * 100, "a\nb" * 2000])
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert cut(text, END) == text


@pytest.mark.parametrize(
    ("sentence", "last"), [("第一条，要带户口本。", "。"), ("1 柳树 2 号\n", "号"), ("能办吗？", "？")]
)
def test_what_is_too_long_ends_with_a_sentence(sentence: str, last: str) -> None:
    found = cut(sentence * 2000, END)
    assert fits(found)
    assert found.endswith(f"{last}\n{END}")
    assert len(found.encode()) > 10_000, "as much as can be sent"


def test_a_text_without_an_end_is_cut_all_the_same() -> None:
    found = cut("长" * 20_000, END)
    assert fits(found)
    assert found.endswith(END)


@given(st.text(max_size=400))
def test_whatever_is_said_fits_as_it_travels(text: str) -> None:
    assert len(json.dumps(cut(text, END, 200), ensure_ascii=False).encode()) <= 200
