"""Scorers: what came back against what is right, as a number from 0 to 1."""

from collections.abc import Callable, Sequence


def hit_at(count: int) -> Callable[[Sequence[str], frozenset[str]], float]:
    """Score 1 when any right one is among the first `count`."""
    return lambda found, target: float(any(one in target for one in found[:count]))


def reciprocal_rank(found: Sequence[str], target: frozenset[str]) -> float:
    """Score 1 over the place of the first right one; 0 when there is none."""
    return next((1 / place for place, one in enumerate(found, 1) if one in target), 0.0)
