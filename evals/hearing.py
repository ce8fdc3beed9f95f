"""Teach the second ear (bot/dialogue/hearing/likeness.py) what a cry for help is like; part of `make setup`.

Learned from our own utterances, with the texts of the skills and sample documents as everyday language: nothing from
outside the project. Run again after emergency.jsonl has grown; the same data give the same weights.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.dialogue.hearing import likeness, signs
from bot.dialogue.hearing.sounds import is_sound, spelling
from evals.tasks.emergency import OURS, read

ROOT = Path(__file__).parents[1]
EVERYDAY = (
    "skills/**/*.yaml",
    "bot/dialogue/meaning/sayings.yaml",
    "knowledge/samples/**/*.md",
    "evals/datasets/township.yaml",
    "knowledge/samples/*.csv",
)
SENTENCE = re.compile(r"[\u4e00-\u9fff，、？！0-9]{6,60}")
ROUNDS, PACE, DECAY, RARE, LIGHT = 16, 0.3, 1e-3, 2, 0.05
"""Passes over the data; step; pull towards nothing; least texts a piece stands in; weights below it are not kept."""
LONGEST_WRITTEN = 2
"""Characters of a piece of the text itself; the names of themes are longer."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts taken to pieces (each its own row of piece numbers), and which are emergencies."""

    rows: list[npt.NDArray[np.intp]]
    scales: list[float]
    wanted: list[bool]
    names: list[str]


def everyday() -> Iterator[str]:
    """Give the sentences of our own texts that no word list takes for an emergency."""
    paths = sorted(path for pattern in EVERYDAY for path in ROOT.glob(pattern))
    found = {text for path in paths for text in SENTENCE.findall(path.read_text(encoding="utf-8"))}
    yield from sorted(text for text in found if signs.by_rule(signs.plain(text)) is None)


def _written(piece: str) -> str:
    """Write a piece as it is stored: the codes of syllables differ from run to run."""
    return spelling(piece) if is_sound(piece) else piece


def _can_be_stored(piece: str) -> bool:
    return is_sound(piece) or not any(map(is_sound, piece))


def _is_theme(piece: str) -> bool:
    return piece.startswith(likeness.MARK) and len(piece) > LONGEST_WRITTEN


def lesson() -> Lesson:
    """Take all texts to pieces and number those that stand in more than one."""
    texts = [(each.text, each.emergency) for each in read(OURS)] + [(text, False) for text in everyday()]
    sets = [signs.pieces(signs.plain(text)) for text, _ in texts]
    counted = Counter(piece for each in sets for piece in each)
    common = (piece for piece, texts_with in counted.items() if texts_with >= RARE and _can_be_stored(piece))
    names = sorted(common, key=_written)
    numbers = {piece: number for number, piece in enumerate(names)}
    rows = [np.array(sorted(numbers[piece] for piece in each if piece in numbers), dtype=np.intp) for each in sets]
    return Lesson(rows, [len(each) ** -0.5 for each in sets], [wanted for _, wanted in texts], names)


def learn(data: Lesson) -> tuple[float, npt.NDArray[np.float64]]:
    """Learn bias and weights by logistic regression (AdaGrad), in a fixed order."""
    weights, seen, bias = np.zeros(len(data.names)), np.full(len(data.names), 1e-6), 0.0
    for number in range(ROUNDS):
        for at in np.random.default_rng(number).permutation(len(data.rows)):
            row, scale = data.rows[at], data.scales[at]
            error = 1 / (1 + np.exp(-(bias + weights[row].sum() * scale))) - data.wanted[at]
            slope = error * scale + DECAY * weights[row]
            seen[row] += slope * slope
            weights[row] -= PACE * slope / np.sqrt(seen[row])
            bias -= 0.02 * error
    return float(bias), weights


def ready(target: Path) -> None:
    """Use the weights of `target`, learned first where they are missing or older than what they are learned from."""
    newest = max(source.stat().st_mtime for source in (OURS, likeness.SOURCE, signs.SOURCE))
    if not target.is_file() or target.stat().st_mtime < newest:
        teach(target)
    likeness.use(target)


def teach(target: Path) -> None:
    """Learn and write the weights: a few seconds, the same file for the same data."""
    data = lesson()
    bias, weights = learn(data)
    kept = [(name, round(float(weight), 2)) for name, weight in zip(data.names, weights, strict=True)]
    kept = [(name, weight) for name, weight in kept if abs(weight) >= LIGHT]
    stored = {
        "bias": round(bias, 3),
        "written": {name: weight for name, weight in kept if not is_sound(name) and not _is_theme(name)},
        "themes": {name: weight for name, weight in kept if _is_theme(name)},
        "heard": {spelling(name): weight for name, weight in kept if is_sound(name)},
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Teach the second ear from our own utterances.")
    parser.add_argument("--out", type=Path, required=True)
    teach(parser.parse_args().out)
