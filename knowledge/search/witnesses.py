"""How sure a search is that the rule asked for is there at all: what its candidates say together, from 0 to 1. Pure.

`confidence` rates one clause for quoting; this tells a question of law from talk, and from law that we do not have.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.search.authority import LAW, NATION
from knowledge.search.ranking import Candidates, Floats

FIRST, BEHIND = 10, 50
"""The candidates that bear witness, and those that they are held against."""
NAMES = ("cosine", "stands_out", "words", "scattered", "laws", "constant")
#: Whether it is about law at all, and whether the right law is there. Chosen by `dinglin eval abstention --fit` on the
#: dev half (docs/decisions/0023); both must hold.
OF_LAW = (119.0, 0.0, 3.3, 0.0, 0.0, -117.0)
IS_THERE = (27.0, 19.0, 0.0, -2.9, 2.2, -25.9)
LENIENT = 2.0
"""Added to what was learned of talk: a question counts as law unless it is clearly talk; the constant has it."""
Weights = tuple[Sequence[float], Sequence[float]]


def witnesses(candidates: Candidates, scores: Floats) -> NDArray[np.float64]:
    """Give what bears witness, in the order of NAMES; a question without candidates has none.

    The best cosine and how far it stands above those behind, the words found, how many documents the first come from,
    and how many of them are laws of the nation.
    """
    order = np.argsort(-scores, kind="stable")[:FIRST]
    if not order.size:
        return np.zeros(len(NAMES))
    cosines = -np.sort(-candidates.meaning())
    behind = cosines[FIRST:BEHIND] if cosines.size > FIRST else cosines
    first = [candidates.about[place] for place in order]
    return np.array(
        [
            cosines[0],
            cosines[0] - behind.mean(),
            math.log1p(candidates.words.max()),
            len({each.document_id for each in first}) / FIRST,
            sum(each.authority >= NATION + LAW for each in first) / len(first),
            1.0,
        ]
    )


def sure(found: NDArray[np.float64], weights: Weights = (OF_LAW, IS_THERE)) -> float:
    """Weigh witnesses into a confidence: that it is law, and that the right law is among the candidates."""
    chances = 1 / (1 + np.exp(-np.clip(np.array(weights) @ found, -40, 40)))
    return float(chances.prod())
