"""Scorers: what came back against what is right, as a number from 0 to 1."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence


def hit_at(count: int) -> Callable[[Sequence[str], frozenset[str]], float]:
    """Score 1 when any right one is among the first `count`."""
    return lambda found, target: float(any(one in target for one in found[:count]))


def reciprocal_rank(found: Sequence[str], target: frozenset[str]) -> float:
    """Score 1 over the place of the first right one; 0 when there is none."""
    return next((1 / place for place, one in enumerate(found, 1) if one in target), 0.0)


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Give the share of pairs in which the first is above the second, ties half; 0.5 tells nothing."""
    ordered = sorted(lower)
    below = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in higher)
    return below / (2 * len(higher) * len(ordered)) if higher and ordered else 0.5


def right_at(share: float, confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Give the share that is right among the surest, so many of all."""
    order = sorted(range(len(confidences)), key=lambda place: -confidences[place])
    surest = order[: round(share * len(order))]
    return sum(right[place] for place in surest) / len(surest) if surest else 0.0
