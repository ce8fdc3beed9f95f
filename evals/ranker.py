"""An order of candidates learned from questions and their right articles: a linear listwise model of eight features.

Behind `--fit` and never in the bot: what is asked for most is learned as well. A question that it was learned from is
ordered by a model that never saw it, so that figures over the same file are out of fold.
"""

import hashlib
import json
import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.descent import Group, learn
from knowledge.search.passages import Passage
from knowledge.search.ranking import Candidates, Floats, Order, score, stretched

FOLDS = 5
KEPT = 80
"""Candidates, best by the bot's own order, that are ordered anew."""
LAW_UNSEEN, CHAPTER_UNSEEN = 0.3, 0.2
"""Added to how often a law or chapter was right: one that never was can still be."""
RECIPE = "1"
"""To be raised when features or learning change: what was kept before is not used."""

Standing = Mapping[str, Passage]
"""Clause ids, with where they stand."""
Read = Callable[[Sequence[str]], Standing]
"""Tells of clauses where they stand."""
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned: a weight a feature, and how often each law and chapter was right."""

    weights: tuple[float, ...]
    laws: Mapping[str, float]
    chapters: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question with the candidates for it and what is right."""

    question: str
    candidates: Candidates
    gold: Standing
    """What is right."""
    standing: Standing
    """Of the candidates."""

    @property
    def fold(self) -> int:
        return fold_of(self.question)


@dataclass(frozen=True, slots=True)
class Ranker:
    """A model for each fold that was left out, and at the end one of all."""

    models: Sequence[Model]
    learned_from: frozenset[str]
    """Digests of the questions."""

    def order(self, question: str, read: Read) -> Order:
        """Give the order for a question: by a model that has not seen it."""
        return partial(ordered, self.model(question), read)

    def model(self, question: str) -> Model:
        """Give the model that has not seen a question."""
        return self.models[fold_of(question) if self.knows(question) else FOLDS]

    def knows(self, question: str) -> bool:
        """Tell whether it was learned from this question."""
        return _digest(question) in self.learned_from

    def to_json(self) -> str:
        """Write it to be kept."""
        return json.dumps({"models": [asdict(model) for model in self.models], "from": sorted(self.learned_from)})

    @classmethod
    def from_json(cls, text: str) -> "Ranker":
        """Read what was kept."""
        kept: dict[str, Any] = json.loads(text)
        models = [Model(tuple(each["weights"]), each["laws"], each["chapters"]) for each in kept["models"]]
        return cls(models, frozenset(kept["from"]))


def fit(lessons: Sequence[Lesson]) -> Ranker:
    """Learn once without each fold, and once from all."""
    models = [_model([each for each in lessons if each.fold != fold]) for fold in range(FOLDS)]
    return Ranker([*models, _model(lessons)], frozenset(_digest(each.question) for each in lessons))


def ordered(model: Model, read: Read, candidates: Candidates) -> Floats:
    """Score candidates: those that the bot would put first by the model, the rest behind them."""
    base = score(candidates)
    first = np.argsort(-base, kind="stable")[:KEPT]
    scores = base - np.float32(1e6)
    standing = read(candidates.clause_ids)
    scores[first] = features(model, candidates, standing, {})[first] @ np.array(model.weights)
    return scores


def features(model: Model, candidates: Candidates, standing: Standing, own: Standing) -> Matrix:
    """Describe each candidate; `own` is what was counted for this very question and is not to be known."""
    laws, chapters = _counts([own])
    stands = [standing[each] for each in candidates.clause_ids]
    return np.stack(
        [
            score(candidates),
            stretched(candidates.meaning()),
            stretched(candidates.words),
            stretched(candidates.widened),
            candidates.authority(),
            np.array([math.log1p(each.length) for each in stands]),
            _log(model.laws, laws, [each.document_id for each in stands], LAW_UNSEEN),
            _log(model.chapters, chapters, [_chapter(each) for each in stands], CHAPTER_UNSEEN),
        ],
        axis=1,
    ).astype(np.float64)


def fold_of(question: str) -> int:
    """Say in which fold a question lies: the same words always in the same."""
    return int(_digest(question)[:8], 16) % FOLDS


def cached(path: Path, lessons: Iterable[Lesson]) -> Ranker:
    """Read what was learned before, or learn and keep it."""
    if path.exists():
        return Ranker.from_json(path.read_text("utf-8"))
    made = fit(list(lessons))
    path.write_text(made.to_json(), "utf-8")
    return made


def _model(lessons: Sequence[Lesson]) -> Model:
    laws, chapters = _counts([each.gold for each in lessons])
    empty = Model((), laws, chapters)
    groups = []
    for each in lessons:
        first = np.argsort(-score(each.candidates), kind="stable")[:KEPT]
        right = np.array([clause in each.gold for clause in each.candidates.clause_ids], bool)[first]
        if right.any():
            groups.append(Group(features(empty, each.candidates, each.standing, each.gold)[first], right))
    return Model(tuple(learn(groups)), laws, chapters)


def _counts(golds: Iterable[Standing]) -> tuple[dict[str, float], dict[str, float]]:
    laws: dict[str, float] = defaultdict(float)
    chapters: dict[str, float] = defaultdict(float)
    for gold in golds:
        of_laws = {each.document_id for each in gold.values()}
        of_chapters = {_chapter(each) for each in gold.values()}
        for law in of_laws:
            laws[law] += 1 / len(of_laws)
        for chapter in of_chapters:
            chapters[chapter] += 1 / len(of_chapters)
    return dict(laws), dict(chapters)


def _log(known: Mapping[str, float], own: Mapping[str, float], keys: Sequence[str], unseen: float) -> Matrix:
    return np.array([math.log(max(known.get(key, 0.0) - own.get(key, 0.0), 0.0) + unseen) for key in keys])


def _chapter(passage: Passage) -> str:
    return f"{passage.document_id}/{passage.chapter}"


def _digest(question: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFKC", question).strip().encode()).hexdigest()[:16]
