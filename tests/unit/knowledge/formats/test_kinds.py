"""What a file is, by its bytes before its name."""

import pytest

from knowledge.formats.kinds import Kind, kind_of
from tests.unit.knowledge.formats import making
from township.errors import Mistake

TEXT = "第一条 带身份证到窗口办。".encode()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", TEXT, Kind.TEXT),
        ("没有后缀", TEXT, Kind.TEXT),
        ("a.md", TEXT, Kind.MARKDOWN),
        ("a.csv", TEXT, Kind.CSV),
        ("a.jsonl", b'{"text": "x"}', Kind.ARTICLES),
        ("a.doc", b"<!DOCTYPE html><html><body>x</body></html>", Kind.HTML),
        ("a.txt", b"\n%PDF-1.4 ...", Kind.PDF),
        ("a.wps", making.compound("WordDocument"), Kind.DOC),
        ("a.doc", making.compound("Workbook"), Kind.XLS),
        ("a.ppt", making.compound("PowerPoint Document"), Kind.PPT),
        ("a.doc", b"{\\rtf1 x}", Kind.RTF),
        ("a.pdf", making.png(10, 10), Kind.IMAGE),
        ("a.docx", making.archive({"a.txt": b"x"}), Kind.ZIP),
        ("a.zip", making.word(making.new_word()), Kind.DOCX),
    ],
)
def test_bytes_decide(name: str, data: bytes, kind: Kind) -> None:
    assert kind_of(data, name) is kind


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.py", TEXT, "file_format_unknown"),
        ("a.ofd", making.archive({"OFD.xml": b"x"}), "file_format_unknown"),
        ("a.odt", making.archive({"mimetype": b"x"}), "file_format_unknown"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0", "file_format_unknown"),
        ("a.doc", making.compound("Nothing known"), "file_unreadable"),
        ("a.zip", b"PK\x03\x04 and no more", "file_unreadable"),
        ("a.txt", bytes(range(256)) * 20, "file_unreadable"),
        ("a.pdf", bytes(range(128, 256)) * 20, "file_unreadable"),
    ],
)
def test_what_we_do_not_read_is_said(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Mistake, match=code):
        kind_of(data, name)
