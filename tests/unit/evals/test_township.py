"""The questions are whole and parted in halves, and the task finds what we know, in the town of the samples."""

import json
from collections import Counter
from pathlib import Path

import pytest

from evals import sample_town, townsfolk
from evals.harness import Report
from evals.tasks import township
from evals.townsfolk import SPELLED, WAYS, Half

OURS = list(townsfolk.ours({}))


@pytest.fixture(scope="module")
def report() -> Report:
    return township.run(embedder="none")


def test_each_of_the_sixty_facts_is_asked_in_five_ways() -> None:
    asked = Counter((each.fact, each.way) for each in OURS if each.way in WAYS)
    known = [fact.questions[0] for fact in sample_town.sheet().facts]
    assert asked == Counter((fact, way) for fact in known for way in WAYS)
    assert len(known) == 60


def test_there_are_enough_variants_and_every_expected_clause_is_in_the_samples() -> None:
    ways = Counter(each.way for each in OURS)
    assert ways["colloquial"] >= 100
    assert min(ways["typo"], ways["pinyin"]) >= 50
    known = list(sample_town.titles())
    for each in OURS:
        assert not each.file or any(path.endswith(each.file) for path in known), each.file


def test_half_of_the_questions_is_blind_and_stays_so() -> None:
    halves = Counter(each.half for each in OURS)
    assert 0.4 < halves[Half.blind] / len(OURS) < 0.6
    assert (
        townsfolk.Question(way="plain", ask="低保要带啥").half is townsfolk.Question(way="typo", ask="低保要带啥").half
    )


def test_other_peoples_questions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    lines = [
        {"way": "plain", "ask": "低保要带啥", "file": "minimum-living.md", "clause": "二、"},
        {"way": "no_answer", "ask": "护照咋办"},
    ]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    asked = list(townsfolk.read(path))
    assert [each.has_answer for each in asked] == [True, False]


def test_without_an_embedder_facts_are_found_and_nothing_leaks(report: Report) -> None:
    assert report.metrics["hit@1"] >= 0.95
    assert report.metrics["refused"] >= 0.95
    assert report.by["follow_up"]["items"] == 60


def test_nothing_false_is_told(report: Report) -> None:
    assert report.metrics["expired_as_valid"] == 0
    assert report.metrics["statutes"] == 0
    assert report.metrics["leaked"] == 0


def test_a_surer_answer_is_no_less_often_right(report: Report) -> None:
    curve = report.settings["curve"]
    assert [row["coverage"] for row in curve] == sorted((row["coverage"] for row in curve), reverse=True)
    assert curve[-1]["right"] >= curve[0]["right"]


def test_words_are_misspelled_and_still_found(report: Report) -> None:
    assert all(f"{way}_hit@3" in report.metrics for way in SPELLED)
