"""The harness: scores, groups, reports and thresholds."""

import json

import pytest

from evals.harness import Report, Sample, below_thresholds, evaluate
from evals.scorers import hit_at, reciprocal_rank


@pytest.mark.parametrize(
    ("found", "first", "five", "rank"),
    [(["a", "b"], 1, 1, 1), (["x", "b"], 0, 1, 0.5), (["x"] * 5 + ["a"], 0, 0, 1 / 6), ([], 0, 0, 0)],
)
def test_scores_by_the_place_of_the_first_right_one(found: list[str], first: float, five: float, rank: float) -> None:
    target = frozenset({"a", "b"})
    assert hit_at(1)(found, target) == first
    assert hit_at(5)(found, target) == five
    assert reciprocal_rank(found, target) == pytest.approx(rank)


def a_report() -> Report:
    samples = [
        Sample("1", "right", frozenset({"a"}), ("one", "town")),
        Sample("2", "wrong", frozenset({"a"}), ("one",)),
        Sample("3", "right", frozenset({"a"}), ("two",), headline=False),
    ]
    answers = {"right": ["a"], "wrong": ["b"]}
    return evaluate("t", samples, answers.__getitem__, {"hit@1": hit_at(1)}, settings={"embedder": "x"})


def test_averages_over_all_and_by_group() -> None:
    report = a_report()
    assert report.items == 3
    assert report.metrics == {"n": 2, "hit@1": 0.5}
    assert report.by == {"one": {"n": 2, "hit@1": 0.5}, "town": {"n": 1, "hit@1": 1}, "two": {"n": 1, "hit@1": 1}}


def test_the_report_has_its_agreed_shape() -> None:
    written = json.loads(a_report().to_json())
    assert {"task", "items", "metrics", "by", "settings"} <= set(written)
    assert written["hit@1"] == written["metrics"]["hit@1"] == 0.5


def test_what_is_below_its_threshold_is_named() -> None:
    good = {"hit@1": 0.9, "hit@5": 0.9, "hit@10": 0.9}
    assert below_thresholds(Report("law-retrieval", 1, good)) == []
    assert below_thresholds(Report("law-retrieval", 1, {**good, "hit@5": 0.1})) == ["hit@5"]
    assert below_thresholds(Report("ask", 1, {"p50_ms": 61, "p99_ms": 1, "p99_4_ms": 1})) == ["p50_ms", "rss_mb"]
    assert below_thresholds(Report("no such task", 1, {})) == []
    middling = {"accuracy": 0.8, "macro_f1": 0.8}
    assert below_thresholds(Report("complaints", 1, middling, settings={"fit": ""})) == []
    assert below_thresholds(Report("complaints", 1, middling, settings={"fit": "f"})) == ["accuracy", "macro_f1"]
    assert below_thresholds(Report("address", 1, {"town": 0.5}, settings={"fit": "f"})) == ["town"]
