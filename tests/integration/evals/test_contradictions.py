"""The eval of contradictions holds its thresholds on both of its sets."""

from evals.harness import below_thresholds
from evals.tasks import contradictions


def test_planted_contradictions_are_found_and_few_others() -> None:
    report = contradictions.run()
    assert below_thresholds(report) == []
    assert set(report.by) == {"contradictions", "contradictions_blind"}
    assert all(each["planted"] == 20 for each in report.by.values())
    assert report.items == 40
