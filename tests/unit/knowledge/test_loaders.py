"""Files in, lines out; and each bad file gets its own sentence."""

import io
from pathlib import Path

import docx
import openpyxl
import pytest

from knowledge import loaders
from knowledge.loaders import load, parse
from township.errors import Mistake
from township.texts import Texts

TEXT = "第一条 六十岁以上的老人都能办。\n第二条 不收钱，当天办好。\n"
TEXTS = Texts.load(Path(loaders.__file__).with_name("texts.yaml"))


def texts(name: str, data: bytes) -> list[str]:
    return [line.text for line in parse(data, name).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_in_every_encoding(encoding: str) -> None:
    assert texts("通知.txt", TEXT.encode(encoding)) == TEXT.splitlines()


def test_markdown_headings_and_tables() -> None:
    data = "# 收费表\n\n| 事项 | 标准 |\n| --- | --- |\n| 水费 | 2.6元 |\n\n**都要**公示，别忘了。".encode()
    lines = parse(data, "a.md").lines
    assert [(line.text, line.heading, line.table) for line in lines] == [
        ("收费表", 1, 0),
        ("事项：水费；标准：2.6元", 0, 1),
        ("都要公示，别忘了。", 0, 0),
    ]


def test_web_pages_without_scripts() -> None:
    page = "<html><script>alert(1)</script><h1>通知</h1><p>明天停水，请<b>存水</b>。</p>"
    page += "<table><tr><th>村</th><th>天</th></tr><tr><td>桃园村</td><td>24日</td></tr></table></html>"
    assert texts("a.html", page.encode()) == ["通知", "明天停水，请存水。", "村：桃园村；天：24日"]


def test_word_documents_with_tables() -> None:
    document = docx.Document()
    document.add_heading("办事指南", 1)
    document.add_paragraph("第一条 带身份证来办就行。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ["事项", "钱", "办证", "0元"], strict=True):
        cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    lines = parse(stream.getvalue(), "a.docx").lines
    assert [line.text for line in lines] == ["办事指南", "第一条 带身份证来办就行。", "事项：办证；钱：0元"]
    assert lines[0].heading == 1


def test_workbooks_row_by_row() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["事项", "标准"], ["水费", 2.6], [None, None], ["垃圾费", "60元"]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    assert texts("a.xlsx", stream.getvalue()) == ["事项：水费；标准：2.6", "事项：垃圾费；标准：60元"]


def test_comma_separated_rows() -> None:
    assert texts("a.csv", "事项,标准\n水费,每吨2.6元\n".encode("gb18030")) == ["事项：水费；标准：每吨2.6元"]


def refused(name: str, data: bytes) -> str:
    with pytest.raises(Mistake) as caught:
        parse(data, name)
    assert name in TEXTS.say(caught.value.code, **caught.value.values)
    return caught.value.code


def test_empty_files_are_refused() -> None:
    assert refused("空.txt", b"") == "file_empty"
    assert refused("空白.txt", b"  \n\n ") == "file_empty"


def test_unknown_formats_are_refused() -> None:
    assert refused("照片.heic", b"1234567890") == "file_format_unknown"
    assert refused("程序.py", b"1234567890") == "file_format_unknown"


@pytest.mark.parametrize("name", ["坏.docx", "坏.xlsx", "坏.pdf"])
def test_broken_files_are_refused(name: str) -> None:
    assert refused(name, b"this is not what its name says") == "file_mislabelled"


def test_binary_under_a_text_name_is_refused() -> None:
    assert refused("程序.txt", bytes(range(256)) * 20) == "file_unreadable"


def a_pdf(pages: list[list[str]]) -> bytes:
    """Write a PDF by hand, in Latin letters: one text line a row."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>")
    for number, rows in enumerate(pages):
        stream = "BT /F1 10 Tf 50 800 Td 14 TL " + " ".join(f"({row}) Tj T*" for row in rows) + " ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    return data + f"{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF".encode()


def test_pdf_lines_know_their_page_and_lose_running_heads() -> None:
    pages = [["Rules of the town", f"Number {n}: bring your card.", f"- {n} -"] for n in "123"]
    lines = parse(a_pdf(pages), "a.pdf").lines
    assert [(line.text, line.page) for line in lines] == [(f"Number {n}: bring your card.", n) for n in (1, 2, 3)]


def test_lines_that_the_page_broke_are_joined() -> None:
    rows = ["x" * 60 + ",", "y" * 60 + ",", "short end.", "Next one begins here."]
    assert [line.text for line in parse(a_pdf([rows]), "a.pdf").lines] == ["".join(rows[:3]), rows[3]]


def test_files_too_large_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    path.write_bytes(b"x" * 2000)
    with pytest.raises(Mistake) as caught:
        load(path, max_bytes=1000)
    assert caught.value.code == "file_too_large"
    assert "大.txt" in TEXTS.say(caught.value.code, **caught.value.values)
    with pytest.raises(Mistake, match="file_missing"):
        load(tmp_path / "没有.txt")
