"""Hashes kept as bytes read and find like the texts that they were."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.hashes import Hashes, Places


def sha(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


@given(st.lists(st.integers(0, 12), max_size=40), st.sets(st.integers(0, 15)))
def test_every_place_is_found_and_no_other(numbers: list[int], sought: set[int]) -> None:
    hashes = Hashes(sha(number) for number in numbers)
    assert list(hashes) == [sha(number) for number in numbers]
    places = Places(hashes)
    right = [place for place, number in enumerate(numbers) if number in sought]
    assert sorted(places.of([sha(number) for number in sought])) == right


def test_the_same_first_bytes_are_not_the_same_digest() -> None:
    one, other = "ab" * 8 + "00" * 8, "ab" * 8 + "11" * 8
    places = Places(Hashes([one, other, one]))
    assert (places.of([one]), places.of([other])) == ([0, 2], [1])


def test_they_are_counted_cut_and_of_one_length() -> None:
    hashes = Hashes([sha(1), sha(2), sha(3)])
    assert (len(hashes), hashes[2], hashes[1:]) == (3, sha(3), [sha(2), sha(3)])
    assert len(Hashes([])) == 0
    for outside in (3, -1):
        with pytest.raises(IndexError):
            hashes[outside]
    with pytest.raises(ValueError, match="one length"):
        Hashes(["ab", "abcd"])
