"""Old versions of statutes: when they held, and that they are told from those in force."""

import json
from datetime import date
from pathlib import Path

from knowledge.structure.superseded import is_path, path_of, read, terms
from knowledge.validity.terms import Term

OLD, NEWER, NOW = date(2009, 1, 1), date(2015, 5, 1), date(2020, 3, 1)


def test_a_version_ends_on_the_eve_of_the_next() -> None:
    held = terms({"a": [NEWER, OLD]}, {"a": NOW})
    assert held == {("a", OLD): Term(OLD, date(2015, 4, 30)), ("a", NEWER): Term(NEWER, date(2020, 2, 29))}


def test_where_no_later_version_is_known_nobody_knows_the_end() -> None:
    assert terms({"a": [OLD]}, {"a": None}) == {("a", OLD): Term(OLD, None)}
    assert terms({"a": [NOW]}, {"a": OLD}) == {("a", NOW): Term(NOW, None)}


def test_a_version_of_an_unknown_day_holds_on_no_known_day() -> None:
    assert terms({"a": [None, OLD]}, {"a": NOW}) == {
        ("a", None): Term(None, None),
        ("a", OLD): Term(OLD, date(2020, 2, 29)),
    }


def test_versions_are_read_one_by_one(tmp_path: Path) -> None:
    rows = [
        {"doc_id": "a", "title": "甲法", "version": day.isoformat(), "article_no": number, "text": "正文。"}
        for day, number in ((NEWER, "第一条"), (OLD, "第一条"), (NEWER, "第二条"))
    ]
    path = tmp_path / "versions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    assert [(doc, first, len(articles)) for doc, first, articles in read(path)] == [("a", OLD, 1), ("a", NEWER, 2)]


def test_the_name_of_an_old_article_is_told_from_one_in_force() -> None:
    assert is_path(path_of("cn-1", OLD, 3))
    assert not is_path("cn-1#3")
