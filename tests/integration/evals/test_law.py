"""The law task and the ask bench on a tiny corpus, through their commands."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.bench import ask
from evals.commands.quality import app_eval
from evals.tasks import law_retrieval

ARTICLES = {
    "a#1": "土地承包经营权可以依法流转。",
    "a#2": "承包地不得买卖。",
    "b#1": "禁止露天焚烧秸秆。",
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DINGLIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DINGLIN_EMBEDDER", "hash")
    rows = [
        {"doc_id": key[0], "article_id": key, "title": f"{key[0]}法", "article_no": f"第{key[2]}条", "text": text}
        for key, text in ARTICLES.items()
    ]
    path = tmp_path / "corpus.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [
        {"qid": "1", "source": "S", "kind": "citizen", "query": "承包地能买卖吗", "gold": ["a#2"], "township": True},
        {"qid": "2", "source": "S", "kind": "citizen", "query": "秸秆能烧吗", "gold": ["b#1"], "township": False},
        {"qid": "3", "source": "L", "kind": "scenario-llm", "query": "流转", "gold": ["a#1"], "township": True},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def test_right_articles_are_counted_by_source(corpus: Path, questions: Path) -> None:
    report = law_retrieval.run(questions, corpus)
    assert report.items == 3
    assert report.metrics == {"n": 2, "hit@1": 1, "hit@5": 1, "hit@10": 1, "mrr": 1}
    assert {name: row["n"] for name, row in report.by.items()} == {"S": 2, "township": 1, "L": 1}
    assert report.settings["embedder"] == "hash-64"


def test_the_second_run_uses_what_the_first_made(corpus: Path, questions: Path, tmp_path: Path) -> None:
    law_retrieval.run(questions, corpus)
    [made] = (tmp_path / "cache").iterdir()
    rows = (made / "corpus.db").stat().st_size
    law_retrieval.run(questions, corpus)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [made.name]
    assert (made / "corpus.db").stat().st_size == rows


def test_words_alone_say_so(corpus: Path, questions: Path) -> None:
    report = law_retrieval.run(questions, corpus, embedder="none")
    assert report.metrics["hit@1"] == 1
    assert report.settings["embedder"] == "none: words only"


def test_the_command_writes_json(corpus: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    arguments = ["law-retrieval", "--data", str(questions), "--corpus", str(corpus), "--json", str(out)]
    done = CliRunner().invoke(app_eval, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert {"task", "items", "metrics", "by", "settings"} <= set(json.loads(out.read_text("utf-8")))
    assert CliRunner().invoke(app_eval, [*arguments, "--check"]).exit_code == 0


def test_a_figure_below_its_threshold_fails_only_a_check(corpus: Path, tmp_path: Path) -> None:
    questions = tmp_path / "wrong.jsonl"
    row = {"qid": "1", "source": "S", "kind": "citizen", "query": "秸秆", "gold": ["none"], "township": True}
    questions.write_text(json.dumps(row), "utf-8")
    arguments = ["law-retrieval", "--data", str(questions), "--corpus", str(corpus)]
    assert CliRunner().invoke(app_eval, arguments).exit_code == 0
    assert CliRunner().invoke(app_eval, [*arguments, "--check"]).exit_code == 1


def test_the_bench_gives_its_four_figures(corpus: Path, questions: Path) -> None:
    metrics = ask.run(questions, corpus).metrics
    assert set(metrics) == {"p50_ms", "p99_ms", "p99_4_ms", "rss_mb"}
    assert 0 < metrics["p50_ms"] <= metrics["p99_ms"]
    assert metrics["rss_mb"] > 20
