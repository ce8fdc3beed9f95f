"""In what order candidates answer: both legs stretched and fused, then weighed by who passed the rule. Pure.

Which clauses are candidates, and what the rows say of them, comes from `retriever`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

#: Share of meaning against words, and how much the statutes' words for what people say count beside their own.
#: What else was tried, and what it gave: docs/decisions/0023.
MEANING, WIDENED = 0.6, 1.0


@dataclass(frozen=True, slots=True)
class About:
    """What the document of a candidate is."""

    document_id: str
    authority: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """Clauses of all shelves asked, side by side."""

    clause_ids: Sequence[str]
    cosines: Floats
    """NaN where there is no vector."""
    words: Floats
    """By the question's own words."""
    widened: Floats
    """By what statutes call the things that it names."""
    about: Sequence[About] = ()
    own: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    """Of the town that asks, and not shared by all."""

    def fused(self) -> Floats:
        """Fuse both legs, each stretched over its candidates; without a vector a clause ranks last by meaning."""
        words = stretched(self.words + np.float32(WIDENED) * self.widened)
        if np.isnan(self.cosines).all():
            return words
        return MEANING * stretched(self.meaning()) + np.float32(1 - MEANING) * words

    def meaning(self) -> Floats:
        """Give the cosines, the lowest where there is none."""
        if np.isnan(self.cosines).all():
            return np.zeros_like(self.cosines)
        return np.where(np.isnan(self.cosines), np.nanmin(self.cosines), self.cosines).astype(np.float32)

    def authority(self) -> Floats:
        """Give the weight of each candidate's document."""
        return np.array([each.authority for each in self.about], np.float32)

    def at(self, places: Sequence[int] | NDArray[np.intp]) -> "Candidates":
        """Choose candidates by their places."""
        chosen = list(places)
        return replace(
            self,
            clause_ids=[self.clause_ids[place] for place in chosen],
            cosines=self.cosines[chosen],
            words=self.words[chosen],
            widened=self.widened[chosen],
            about=[self.about[place] for place in chosen] if self.about else (),
            own=self.own[chosen] if self.own.size else self.own,
        )

    def without(self, documents: Collection[str]) -> "Candidates":
        """Leave out the clauses of some documents."""
        return self.at([place for place, each in enumerate(self.about) if each.document_id not in documents])


Order = Callable[[Candidates], Floats]
"""Gives each candidate a score: the higher, the sooner it answers."""


def score(candidates: Candidates) -> Floats:
    """Order candidates as the bot does."""
    return candidates.fused() + candidates.authority()


def joined(parts: Sequence[Candidates]) -> Candidates:
    """Put the candidates of several shelves side by side."""
    return Candidates(
        [clause for part in parts for clause in part.clause_ids],
        np.concatenate([part.cosines for part in parts]),
        np.concatenate([part.words for part in parts]),
        np.concatenate([part.widened for part in parts]),
        [each for part in parts for each in part.about],
        np.concatenate([part.own for part in parts]),
    )


def stretched(scores: Floats) -> Floats:
    """Stretch scores over 0..1."""
    if not scores.size:
        return scores
    low, high = scores.min(), scores.max()
    return np.asarray((scores - low) / (high - low) if high > low else np.zeros_like(scores), np.float32)
