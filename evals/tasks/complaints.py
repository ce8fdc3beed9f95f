"""Which office a written complaint belongs to: one of the categories of the data, over raw and detokenised texts.

With `--fit` it is learned from labelled complaints, and a text that was learned from is judged by a machine that never
saw it (five folds); without, only the names of a taxonomy are known. What is learned is kept outside the repository.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import fmean

from evals.harness import Report
from evals.statutes import cache_folder, digest
from township import learner
from township.learner import Learner

TASK = "complaints"
FOLDS = 5
RECIPE = "1"
"""To be raised when pieces or learning change: what was kept before is not used."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint and where it belongs."""

    text: str
    category: str
    form: str

    @property
    def mark(self) -> str:
        """Name it by what it says."""
        return sha256(self.text.encode()).hexdigest()[:16]

    @property
    def fold(self) -> int:
        return int(self.mark, 16) % FOLDS


@dataclass(frozen=True, slots=True)
class Fitted:
    """A machine of all that was learned from, and what machines that had not seen a text said of it."""

    machine: Learner
    unseen: Mapping[str, str]

    def category(self, one: Complaint) -> str:
        return self.unseen.get(one.mark) or self.machine.label(one.text)


def run(data: Path, fit: Path | None = None, taxonomy: Path | None = None) -> Report:
    """Name the category of every complaint; `accuracy`, `macro_f1`, and both for each form of the texts."""
    complaints = list(read(data))
    settings: dict[str, object] = {"fit": str(fit or ""), "recipe": RECIPE}
    if fit:
        fitted = fitted_to(fit)
        named = [fitted.category(one) for one in complaints]
        settings["out_of_fold"] = sum(one.mark in fitted.unseen for one in complaints)
    else:
        known = of_taxonomy(taxonomy or data.with_name("complaint_taxonomy.json"))
        categories = frozenset(one.category for one in complaints)
        named = [known.label(one.text, categories) for one in complaints]
    right = [one.category for one in complaints]
    forms = {form: [at for at, one in enumerate(complaints) if one.form == form] for form in _forms(complaints)}
    by = {form: scores([named[at] for at in rows], [right[at] for at in rows]) for form, rows in forms.items()}
    return Report(TASK, len(complaints), scores(named, right), {**by, **_of_each(named, right)}, settings)


def read(path: Path) -> Iterator[Complaint]:
    """Read a JSONL of `text`, `category` and `form`."""
    with path.open(encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            row = json.loads(line)
            yield Complaint(str(row["text"]), str(row["category"]), str(row.get("form", "")))


def fitted_to(path: Path) -> Fitted:
    """Learn from a file of labelled complaints, or read what was learned from it before."""
    kept = cache_folder() / f"complaints-{RECIPE}-{digest(path)}"
    if (kept / "unseen.json").exists():
        return Fitted(learner.load(kept / "machine.npz"), json.loads((kept / "unseen.json").read_text("utf-8")))
    fitted = taught(list(read(path)))
    fitted.machine.store(kept / "machine.npz")
    (kept / "unseen.json").write_text(json.dumps(fitted.unseen, ensure_ascii=False), "utf-8")
    return fitted


def taught(complaints: Sequence[Complaint]) -> Fitted:
    """Learn once without each fold, and once from all."""
    bags = [learner.pieces(one.text) for one in complaints]
    unseen: dict[str, str] = {}
    for fold in range(FOLDS):
        rows = [at for at, one in enumerate(complaints) if one.fold != fold]
        machine = learner.learn([bags[at] for at in rows], [complaints[at].category for at in rows])
        unseen |= {one.mark: machine.label(one.text) for one in complaints if one.fold == fold}
    return Fitted(learner.learn(bags, [one.category for one in complaints]), unseen)


def of_taxonomy(path: Path) -> Learner:
    """Learn from the names of a taxonomy alone: each line is one name under its category."""
    rows = [list(map(str, row.values())) for row in json.loads(path.read_text("utf-8"))]
    return learner.learn([learner.pieces("".join(row)) for row in rows], [row[0] for row in rows], rare=1)


def scores(named: Sequence[str], right: Sequence[str]) -> dict[str, float]:
    """Give the share that is right, and the mean of the categories' F1."""
    each = _of_each(named, right)
    accuracy = fmean(one == other for one, other in zip(named, right, strict=True)) if right else 0.0
    return {"accuracy": round(accuracy, 4), "macro_f1": round(fmean(row["f1"] for row in each.values()), 4)}


def _of_each(named: Sequence[str], right: Sequence[str]) -> dict[str, dict[str, float]]:
    """Give precision, recall and F1 of each category."""
    hits: dict[str, int] = defaultdict(int)
    for one, other in zip(named, right, strict=True):
        hits[other] += one == other
    found = {}
    for category in sorted(set(right)):
        precision = hits[category] / (named.count(category) or 1)
        recall = hits[category] / (right.count(category) or 1)
        f1 = 2 * precision * recall / ((precision + recall) or 1)
        found[category] = {"f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4)}
    return found


def _forms(complaints: Sequence[Complaint]) -> list[str]:
    return sorted({one.form for one in complaints if one.form})
