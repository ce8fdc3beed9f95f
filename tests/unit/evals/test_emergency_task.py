"""The emergency task: the figures the project promises."""

from pathlib import Path

import pytest

from evals.harness import Report
from evals.tasks.emergency import OUTSIDE, run


@pytest.fixture(scope="module")
def report() -> Report:
    """All sets, scored once."""
    return run()


def test_our_own_utterances_are_recalled(report: Report) -> None:
    assert report.items >= 300
    assert report.metrics["recall"] >= 0.98


@pytest.mark.skipif(not OUTSIDE.exists(), reason="the outside sets are not here")
def test_quiet_sets_raise_few_alarms(report: Report) -> None:
    assert report.by["complaints_dev"]["false_alarms"] <= 0.005
    assert report.by["routing_zh_dev"]["false_alarms"] <= 0.005


def test_a_file_of_ones_own_is_scored_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "着火了", "emergency": true}\n{"text": "路灯坏了", "emergency": false}\n', "utf-8")
    report = run(path)
    assert (report.metrics["recall"], report.metrics["false_alarms"], report.items) == (1.0, 0.0, 2)
