"""How sure a search is that the rule asked for is there at all: what its candidates say together, from 0 to 1. Pure.

`confidence` rates one clause for quoting; this tells a question of law from talk, and from law that we do not have.
"""

import math

import numpy as np
from numpy.typing import NDArray

from knowledge.authority import LAW, NATION
from knowledge.ranking import Candidates, Floats

FIRST, BEHIND = 10, 50
"""The candidates that bear witness, and those that they are held against."""
NAMES = ("cosine", "stands_out", "words", "scattered", "laws", "constant")
#: Chosen by `dinglin eval abstention --fit` on the dev half; docs/decisions/0023.
WEIGHTS = (20.0, 12.0, 0.1, -3.0, 2.5, -18.0)


def witnesses(candidates: Candidates, scores: Floats, question: str) -> NDArray[np.float64]:
    """Give what bears witness, in the order of NAMES; a question without candidates has none.

    The best cosine and how far it stands above those behind, words found for each character of the question, how many
    documents the first come from, and how many of them are laws of the nation.
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
            candidates.words.max() / math.sqrt(max(len(question), 1)),
            len({each.document_id for each in first}) / FIRST,
            sum(each.authority >= NATION + LAW for each in first) / len(first),
            1.0,
        ]
    )


def sure(found: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> float:
    """Weigh witnesses into a confidence."""
    weighed = float(found @ (np.array(WEIGHTS) if weights is None else weights))
    return 1 / (1 + math.exp(-min(max(weighed, -40.0), 40.0)))
