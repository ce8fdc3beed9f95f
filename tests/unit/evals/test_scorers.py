"""Scorers: numbers from what came back and what is right."""

import pytest

from evals.scorers import auroc, hit_at, reciprocal_rank, right_at


def test_a_hit_counts_within_its_places_only() -> None:
    assert hit_at(1)(["a", "b"], frozenset("b")) == 0
    assert hit_at(2)(["a", "b"], frozenset("b")) == 1
    assert reciprocal_rank(["a", "b"], frozenset("b")) == 0.5


@pytest.mark.parametrize(
    ("higher", "lower", "share"),
    [([2, 3], [0, 1], 1.0), ([0, 1], [2, 3], 0.0), ([1], [1], 0.5), ([3, 1], [2], 0.5), ([], [1], 0.5)],
)
def test_auroc_counts_pairs_in_order(higher: list[float], lower: list[float], share: float) -> None:
    assert auroc(higher, lower) == share


def test_right_at_looks_at_the_surest_only() -> None:
    assert right_at(0.5, [0.9, 0.1, 0.8, 0.2], [True, False, False, True]) == 0.5
    assert right_at(0.25, [0.9, 0.1, 0.8, 0.2], [True, False, False, True]) == 1.0
    assert right_at(0.6, [], []) == 0.0
