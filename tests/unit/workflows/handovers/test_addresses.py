"""Addresses of work that is passed on: short, signed, and nobody makes one up."""

from hypothesis import given
from hypothesis import strategies as st

from township import ids
from workflows.handovers.addresses import HALF, code, handover_of

KEY = b"signs addresses"
IDS = st.text(ids.ALPHABET, min_size=HALF, max_size=HALF)


@given(IDS)
def test_a_code_opens_what_it_was_made_for(handover_id: str) -> None:
    made = code(KEY, handover_id)
    assert len(made) == 2 * HALF
    assert handover_of(KEY, made) == handover_id
    assert handover_of(KEY, made.lower()) == handover_id


@given(IDS, st.integers(0, 2 * HALF - 1), st.sampled_from(ids.ALPHABET))
def test_one_other_symbol_opens_nothing(handover_id: str, at: int, other: str) -> None:
    made = code(KEY, handover_id)
    if made[at] != other:
        assert handover_of(KEY, made[:at] + other + made[at + 1 :]) is None


@given(IDS)
def test_another_key_signs_otherwise(handover_id: str) -> None:
    assert handover_of(b"another", code(KEY, handover_id)) is None


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    assert handover_of(KEY, text) is None or len(text.strip()) == 2 * HALF
