"""A folder taken in again and again: what is unchanged is not opened, what is bad is named, everything is reported."""

import io
import os
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from knowledge import intake
from knowledge.intake import Report
from knowledge.structure import reports
from township.clock import SHANGHAI
from township.db import Database

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
RULES = """示例镇停车办法
示例政发〔2025〕1号
示例镇人民政府
2025年1月1日
第一条 停车每小时收两元。
第二条 本办法自2025年1月1日起施行，有效期至2027年12月31日。"""
VAGUE = "今天下午开会，大家都来，不要迟到，带上笔和本子。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def take(db: Database, folder: Path, days: int = 0) -> Report:
    return intake.take_folder(db, folder, town_id="town", villages={}, at=AT + timedelta(days=days))


def rewritten(path: Path, text: str) -> None:
    """Change a file so that neither its size nor its time tells."""
    before = path.stat()
    path.write_text(text, "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def archive(path: Path, **files: str) -> Path:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, text in files.items():
            packed.writestr(f"{name}.txt", text)
    path.write_bytes(stream.getvalue())
    return path


def test_a_file_that_did_not_change_is_not_opened(sqlite_db: Database, folder: Path) -> None:
    path = folder / "停车.txt"
    path.write_text(RULES, "utf-8")
    assert take(sqlite_db, folder).taken == ("停车.txt",)
    rewritten(path, RULES.replace("两元", "三元"))
    again = take(sqlite_db, folder)
    assert (again.taken, again.unchanged) == ((), ("停车.txt",))
    os.utime(path, ns=(1, 1))
    assert take(sqlite_db, folder).taken == ("停车.txt",)


def test_another_audience_is_reason_to_read_again(sqlite_db: Database, folder: Path) -> None:
    (folder / "停车.txt").write_text(RULES, "utf-8")
    take(sqlite_db, folder)
    (folder / "manifest.yaml").write_text("defaults: {audience: cadre}\n", "utf-8")
    rewritten(folder / "停车.txt", RULES.replace("两元", "三元"))
    assert take(sqlite_db, folder).taken == ("停车.txt",)


def test_an_archive_counts_as_its_files(sqlite_db: Database, folder: Path) -> None:
    path = archive(folder / "包.zip", 停车=RULES, 开会=VAGUE, 空="")
    first = take(sqlite_db, folder)
    assert set(first.taken) == {"包.zip/停车.txt", "包.zip/开会.txt"}
    assert [(name, mistake.code) for name, mistake in first.refused] == [("包.zip/空.txt", "file_empty")]
    again = take(sqlite_db, folder)
    assert again.taken == ()
    assert set(again.unchanged) == set(first.taken)
    assert [name for name, _ in again.refused] == ["包.zip/空.txt"]
    archive(path, 停车=RULES)
    os.utime(path, ns=(1, 1))
    assert {one.name for one in take(sqlite_db, folder).files} == {"包.zip/停车.txt"}


def test_every_file_is_reported_in_plain_words(sqlite_db: Database, folder: Path) -> None:
    for name, text in {"停车": RULES, "开会": VAGUE, "空": ""}.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    take(sqlite_db, folder)
    found = sqlite_db.read_now(lambda tx: reports.of_town(tx, "town"))
    assert [(one.name, one.mistake.code if one.mistake else "") for one in found] == [
        ("空.txt", "file_empty"),
        ("开会.txt", ""),
        ("停车.txt", ""),
    ]
    assert reports.words(found[1]) == "能答，1 条；没有文号；没写发文单位；没写发文日期；没写从哪天起；没有有效期"
    assert reports.words(found[2]) == "能答，2 条"
    assert found[2].document_id
    (folder / "空.txt").unlink()
    take(sqlite_db, folder)
    assert [one.name for one in sqlite_db.read_now(lambda tx: reports.of_town(tx, "town"))] == ["开会.txt", "停车.txt"]


def test_progress_is_told_file_by_file(sqlite_db: Database, folder: Path) -> None:
    for name in "甲乙丙":
        (folder / f"{name}.txt").write_text(VAGUE + name, "utf-8")
    told: list[tuple[int, int]] = []
    intake.take(sqlite_db, folder, town_id="town", villages={}, at=AT, show=lambda n, of: told.append((n, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_corpus_of_statutes_is_shared_and_other_rows_are_the_towns(sqlite_db: Database, folder: Path) -> None:
    row = '{"doc_id": "d1", "article_id": "d1-1", "title": "示例法", "article_no": "第一条", "text": "为了试验。"}'
    (folder / "law_corpus.jsonl").write_text(row + "\n", "utf-8")
    (folder / "law_docs.jsonl").write_text('{"doc_id": "d1", "category": "法律", "date": "2020-01-01"}\n', "utf-8")
    (folder / "问答.jsonl").write_text('{"title": "问答", "text": "问：几点开门？答：早上八点半开门。"}\n', "utf-8")
    report = take(sqlite_db, folder)
    assert (report.statutes, report.taken) == (1, ("问答.jsonl",))
    assert take(sqlite_db, folder).statutes == 0


@pytest.mark.parametrize("name", ["../外面.txt", "/根.txt"])
def test_names_in_archives_do_not_climb(sqlite_db: Database, tmp_path: Path, folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / "包.zip", "w") as packed:
        packed.writestr(name, RULES)
        packed.writestr("好.txt", RULES)
    report = take(sqlite_db, folder)
    assert report.taken == ("包.zip/好.txt",)
    assert [mistake.code for _, mistake in report.refused] == ["archive_climbs"]
    assert [path.name for path in tmp_path.rglob("*.txt")] == []
