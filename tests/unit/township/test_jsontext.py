import json
import math
from datetime import datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township import jsontext
from township.clock import SHANGHAI

PLAIN: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


class Word(StrEnum):
    YES = "是"


@given(JSON)
def test_a_hash_is_taken_over_what_the_standard_library_writes(value: Any) -> None:
    usual = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert jsontext.canonical(value) == usual


@given(JSON)
def test_what_was_written_is_read(value: Any) -> None:
    assert jsontext.read(jsontext.written(value)) == value
    assert jsontext.read(json.dumps(value)) == value


ODD = (
    {"路灯": [1, None, True, {"a": '\x01\x7f\u2028"\\/'}], "空": {}},
    ("a", ["b"]),
    Word.YES,
    {"said": Word.YES},
    None,
    10**30,
    {1: "a number as a key"},
    0.1,
    1e16,
    1e-7,
    [],
)


@pytest.mark.parametrize("value", ODD)
def test_both_texts_are_those_of_the_standard_library(value: Any) -> None:
    def usual(*, sort_keys: bool) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)

    if not isinstance(value, float):
        assert jsontext.written(value) == usual(sort_keys=False)
    assert jsontext.canonical(value).decode() == usual(sort_keys=True)


def test_half_a_pair_of_surrogates_is_written_and_read() -> None:
    assert jsontext.read(jsontext.written("\ud800")) == jsontext.read('"\\ud800"') == "\ud800"


def test_a_number_that_is_none_is_read_as_it_was_written_once() -> None:
    assert math.isnan(jsontext.read("NaN"))
    assert jsontext.canonical([math.inf]) == b"[Infinity]"


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        jsontext.written({"at": datetime.now(SHANGHAI)})
    with pytest.raises(TypeError):
        jsontext.canonical({"at": datetime.now(SHANGHAI)})
    with pytest.raises(json.JSONDecodeError):
        jsontext.read("{")
