"""A clerk's words: read from the home folder, read again when changed, bad rows told and passed over."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from knowledge.language import own_words


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    own_words.use(tmp_path)
    yield tmp_path
    own_words.use(tmp_path / "nowhere")


def test_without_a_file_there_are_none(home: Path) -> None:
    assert own_words.read() == {}
    assert own_words.stamp() == ()


def test_a_yaml_of_pairs_is_read_and_read_again_when_it_changed(home: Path) -> None:
    path = home / "本镇说法.yaml"
    path.write_text("孝心钱: 高龄津贴\n", "utf-8")
    assert own_words.read() == {"孝心钱": "高龄津贴"}
    path.write_text("进老林: 骨灰安放\n", "utf-8")
    os.utime(path, (1, 1))
    assert own_words.read() == {"进老林": "骨灰安放"}


def test_a_sheet_is_read_by_its_columns(home: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (("正式名称", "备注", "说法"), ("骨灰安放", "老人这么说", "进老林"), (None, None, None)):
        sheet.append(row)
    book.save(home / "本镇说法.xlsx")
    assert own_words.read() == {"进老林": "骨灰安放"}


def test_a_csv_from_an_old_spreadsheet_is_read(home: Path) -> None:
    (home / "本镇说法.csv").write_bytes("说法,正式名称\n孝心钱,高龄津贴\n".encode("gb18030"))
    assert own_words.read() == {"孝心钱": "高龄津贴"}


def test_what_cannot_be_used_is_told_and_the_rest_counts(home: Path) -> None:
    path = home / "本镇说法.csv"
    path.write_text("说法,正式名称\n钱,高龄津贴\n孝心钱,高龄津贴\n孝心钱,养老金\n", "utf-8")
    words, mistakes = own_words.check([path])
    assert words == {"孝心钱": "高龄津贴"}
    assert [(mistake.code, mistake.values["row"]) for mistake in mistakes] == [
        ("own_word_length", 2),
        ("own_word_twice", 4),
    ]


@pytest.mark.parametrize("content", ["只有一列\n甲乙\n", "", "说法;正式名称\n"])
def test_a_file_of_another_shape_is_a_mistake(home: Path, content: str) -> None:
    path = home / "本镇说法.csv"
    path.write_text(content, "utf-8")
    words, mistakes = own_words.check([path])
    assert words == {}
    assert [mistake.code for mistake in mistakes] == ["own_words_unreadable"]
