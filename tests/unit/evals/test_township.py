"""The ways of asking are made by rule, and the task finds what we know, in the town of the samples."""

from ruamel.yaml import YAML

from evals.tasks import township
from knowledge.facts import Fact

ASKED = YAML(typ="safe", pure=True).load(township.QUESTIONS.read_text("utf-8"))


def test_five_ways_of_asking() -> None:
    fact = Fact(("低保哪天发", "低保钱几号到"), "每月10日前")
    ways = {way.name: way.ask for way in township.ways_of(fact, ASKED, 0)}
    assert list(ways) == ["plain", "dialect", "misheard", "inside", "follow_up"]
    assert ways["plain"] == "低保钱几号到"
    assert ways["dialect"] == "低保几号发"
    assert ways["misheard"] != ways["plain"]
    assert "低保哪天发" in ways["inside"]
    assert ways["follow_up"] == "那哪天发呢"


def test_every_expected_clause_is_in_the_samples() -> None:
    assert all((township.SAMPLES / item["file"]).is_file() for item in ASKED["documents"])
    assert len(ASKED["documents"]) >= 60


def test_without_an_embedder_facts_are_found_and_nothing_leaks() -> None:
    report = township.run(embedder="none")
    assert report.metrics["hit@1"] >= 0.95
    assert report.metrics["expired_as_valid"] == 0
    assert report.metrics["leaked"] == 0
    assert report.metrics["refused"] >= 0.95
    assert report.by["follow_up"]["items"] == 60
