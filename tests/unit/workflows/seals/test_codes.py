"""A printed code is read back however somebody types it, and is taken for nothing else."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from workflows.seals import codes

CODES = st.builds(lambda _: codes.new_code(), st.integers())


@given(CODES)
def test_a_new_code_has_twelve_clear_symbols_in_groups_of_four(code: str) -> None:
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert not set(code) & set("01OILU")
    assert codes.is_code(code)


@given(CODES, st.sampled_from(["", " ", "-", "－", "  - ", "_"]), st.booleans())
def test_case_dashes_and_spaces_do_not_matter(code: str, between: str, lower: bool) -> None:
    typed = between.join(code.split("-"))
    assert codes.hash_of(code) in codes.readings(typed.lower() if lower else typed)


@pytest.mark.parametrize(("printed", "typed"), [("Q", "O"), ("Q", "0"), ("J", "1"), ("J", "I"), ("V", "U"), ("7", "1")])
def test_what_a_symbol_is_taken_for_is_forgiven(printed: str, typed: str) -> None:
    code = f"{printed}K3M-9QXD-TT2P"
    assert codes.hash_of(code) in codes.readings(code.replace(printed, typed, 1))


def test_few_readings_are_tried_however_many_symbols_are_wrong() -> None:
    assert len(codes.readings("O1O1-O1O1-O1O1")) == codes.MOST_READINGS


@pytest.mark.parametrize("text", ["", "路灯坏了", "138000000012", "ABCDEFGHIJKL", "7K3M-9QXD", "柳树 12 号"])
def test_other_words_and_numbers_are_no_codes(text: str) -> None:
    assert not codes.is_code(text)


def test_digits_for_the_counter_are_bound_to_their_paper() -> None:
    digits = codes.new_pickup()
    assert len(digits) == codes.DIGITS
    assert codes.pickup_hash("a", digits) != codes.pickup_hash("b", digits)
