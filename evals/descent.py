"""Linear models learned by gradient descent, in numpy: which of a group is right, and how sure a yes is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Slope = Callable[[Matrix], Matrix]

STEPS, RATE, DECAY = 250, 0.05, 1e-3


@dataclass(frozen=True, slots=True)
class Group:
    """What competes for one place: a row of features each, and which of them are right."""

    rows: Matrix
    right: NDArray[np.bool_]


def learn(groups: Sequence[Group]) -> Matrix:
    """Learn the weights by which the right ones of each group get the largest share of a softmax."""
    if not groups:
        return np.zeros(0)
    sizes = np.array([len(group.right) for group in groups])
    owner, starts = np.repeat(np.arange(len(groups)), sizes), np.cumsum(sizes) - sizes
    rows = np.concatenate([group.rows for group in groups])
    share = np.concatenate([group.right / group.right.sum() for group in groups])
    spread = rows.std(0) + 1e-6
    scaled = (rows - rows.mean(0)) / spread

    def slope(weights: Matrix) -> Matrix:
        scores = scaled @ weights
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        chances = raised / np.add.reduceat(raised, starts)[owner]
        return np.asarray(scaled.T @ (chances - share) / len(groups) + DECAY * weights)

    return np.asarray(_descend(slope, scaled.shape[1]) / spread)


def learn_yes(rows: Matrix, yes: NDArray[np.bool_]) -> Matrix:
    """Learn the weights of a logistic yes, the constant last."""
    middle, spread = rows.mean(0), rows.std(0) + 1e-6
    scaled = np.column_stack([(rows - middle) / spread, np.ones(len(rows))])

    def slope(weights: Matrix) -> Matrix:
        chances = 1 / (1 + np.exp(-(scaled @ weights)))
        return np.asarray(scaled.T @ (chances - yes) / len(rows) + DECAY * weights)

    weights = _descend(slope, scaled.shape[1])
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ middle)


def _descend(slope: Slope, size: int) -> Matrix:
    """Follow a slope down with a step for each weight that suits how it has moved (Adam)."""
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, STEPS + 1):
        gradient = slope(weights)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.99 * square + 0.01 * gradient**2
        weights = weights - RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights
