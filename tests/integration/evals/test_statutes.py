"""The tasks over statutes on a tiny corpus: what is learned, cited, old, or not there."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.commands.quality import app_eval
from evals.tasks import abstention, citation_lookup, law_retrieval, validity

ARTICLES = {
    "a#1": ("甲法", "土地承包经营权可以依法流转。"),
    "a#2": ("甲法", "承包地不得买卖。"),
    "b#1": ("乙法", "禁止露天焚烧秸秆。"),
    "b#2": ("乙法", "违反规定的，处五百元罚款。"),
}


def written(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DINGLIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DINGLIN_EMBEDDER", "hash")
    register = [{"doc_id": doc, "date": "2020-01-01", "category": "行政法"} for doc in "ab"]
    written(tmp_path / "law_docs.jsonl", register)
    rows = [
        {
            "doc_id": key[0],
            "article_id": key,
            "title": title,
            "article_no": f"第{'一二'[int(key[2]) - 1]}条",
            "text": text,
        }
        for key, (title, text) in ARTICLES.items()
    ]
    return written(tmp_path / "corpus.jsonl", rows)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    def asked(qid: str, query: str, gold: str, kind: str = "citizen") -> dict[str, object]:
        return {"qid": qid, "source": "S", "kind": kind, "query": query, "gold": [gold], "township": True}

    rows = [asked(f"{n}", f"承包地能买卖吗{n}", "a#2") for n in range(6)]
    rows += [asked("s", "秸秆能烧吗", "b#1"), asked("c", "《乙法》第二条的内容是什么？", "b#2", "citation-lookup")]
    return written(tmp_path / "questions.jsonl", rows)


def test_citations_are_found_however_they_are_written(corpus: Path, questions: Path) -> None:
    report = citation_lookup.run(questions, corpus)
    assert report.items == 1
    assert report.metrics == {"n": 1, "hit@1": 1, "answered": 1}
    assert {name: row["hit@1"] for name, row in report.by.items()} == dict.fromkeys(report.by, 1)
    assert {"as asked", "arabic", "bare", "paragraph", "whole"} <= set(report.by)


def test_what_is_learned_is_kept_outside_and_its_questions_are_out_of_fold(
    corpus: Path, questions: Path, tmp_path: Path
) -> None:
    report = law_retrieval.run(questions, corpus, fit=questions)
    assert report.settings["learned_from"] == report.settings["out_of_fold"] == 7
    assert report.metrics["hit@10"] == 1
    [kept] = (tmp_path / "cache").glob("ranker-*.json")
    before = kept.stat().st_mtime_ns
    assert law_retrieval.run(questions, corpus, fit=questions).metrics == report.metrics
    assert kept.stat().st_mtime_ns == before


def test_a_search_knows_talk_and_its_own_law_gone(corpus: Path, questions: Path, tmp_path: Path) -> None:
    talk = [{"text": text, "route": "chitchat"} for text in ("讲个笑话", "你好呀", "好无聊")]
    chat = written(tmp_path / "chat.jsonl", [*talk, {"text": "路灯坏了", "route": "issue_report"}])
    report = abstention.run(questions, corpus, chat)
    assert report.items == 7
    assert set(report.metrics) == {"auroc_chat", "auroc_gold_removed", "right_at_60", "right"}
    assert report.by["chitchat"]["n"] == 3
    learned = abstention.run(questions, corpus, chat, fit=questions)
    assert learned.settings["out_of_fold"] == 7
    assert learned.metrics["auroc_gold_removed"] >= 0.5


def test_a_superseded_article_is_found_as_of_its_day_only(corpus: Path, questions: Path, tmp_path: Path) -> None:
    old = [
        {"doc_id": "b", "title": "乙法", "version": "2010-01-01", "article_no": "第一条", "text": "秸秆可以还田。"},
        {"doc_id": "b", "title": "乙法", "version": "2010-01-01", "article_no": "第二条", "text": "处五十元罚款。"},
        {"doc_id": "a", "title": "甲法", "version": "", "article_no": "第二条", "text": "承包地买卖要登记。"},
    ]
    report = validity.run(questions, corpus, written(tmp_path / "old.jsonl", old))
    assert report.metrics["superseded"] == report.metrics["superseded_cited"] == report.metrics["not_in_force"] == 0
    assert report.metrics["as_of_asked"] == 2
    assert report.metrics["as_of"] == report.metrics["as_of_cited"] == 1


def test_the_commands_write_json(corpus: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    arguments = ["law-retrieval", "--data", str(questions), "--corpus", str(corpus), "--fit", str(questions)]
    done = CliRunner().invoke(app_eval, [*arguments, "--json", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    assert json.loads(out.read_text("utf-8"))["settings"]["fit"] == "questions.jsonl"
