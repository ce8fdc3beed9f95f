"""Broken, locked, empty, gigantic, mislabelled and hostile files: each refused with its own sentence, none opened."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from knowledge import loaders
from knowledge.formats.quarantine import Quarantine
from tests.unit.knowledge.formats import making
from township.errors import Mistake
from township.texts import Texts

TEXTS = Texts.load(Path(loaders.__file__).with_name("texts.yaml"))
ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.fixture(scope="module")
def apart() -> Iterator[Quarantine]:
    with Quarantine() as own:
        yield own


def refused(apart: Quarantine, name: str, data: bytes) -> str:
    """Give the code of the refusal; its sentence names the file and fills every gap."""
    with pytest.raises(Mistake) as caught:
        loaders.parse(data, name, apart=apart)
    said = TEXTS.say(caught.value.code, **caught.value.values)
    assert name in said
    assert "None" not in said
    return caught.value.code


def with_part(office: bytes, part: str, content: bytes) -> bytes:
    """Replace a part of an office file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != part:
                new.writestr(entry, old.read(entry))
        new.writestr(part, content)
    return stream.getvalue()


OFFICE = {
    "a.docx": (making.word(making.new_word()), "word/document.xml"),
    "a.xlsx": (making.excel(making.workbook({"表": [["事项", "钱"]]})), "xl/workbook.xml"),
    "a.pptx": (making.slides([("标题", ["一句话"])]), "ppt/presentation.xml"),
}


@pytest.mark.parametrize("name", OFFICE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_xml_that_declares_entities_is_not_opened(apart: Quarantine, name: str, encoding: str) -> None:
    office, part = OFFICE[name]
    assert refused(apart, name, with_part(office, part, ENTITIES.encode(encoding))) == "file_hostile"


@pytest.mark.parametrize("name", OFFICE)
def test_xml_nested_without_end_is_a_broken_file(apart: Quarantine, name: str) -> None:
    office, part = OFFICE[name]
    deep = b"<?xml version='1.0'?>" + b"<a>" * 200_000 + b"</a>" * 200_000
    assert refused(apart, name, with_part(office, part, deep)) in {"file_unreadable", "file_too_hard"}


@pytest.mark.parametrize("name", OFFICE)
def test_half_an_office_file_is_broken(apart: Quarantine, name: str) -> None:
    office, _ = OFFICE[name]
    assert refused(apart, name, office[: len(office) // 2]) == "file_unreadable"


def test_half_a_pdf_is_broken_or_read_as_far_as_it_goes(apart: Quarantine) -> None:
    whole = making.pdf("第一条 带身份证到窗口办。")
    assert refused(apart, "半.pdf", whole[:600]) in {"file_unreadable", "file_empty"}


@pytest.mark.parametrize(
    ("name", "part"), [("炸.docx", "word/document.xml"), ("炸.xlsx", "xl/workbook.xml"), ("炸.zip", "a.txt")]
)
def test_a_zip_bomb_is_refused_before_it_unfolds(apart: Quarantine, name: str, part: str) -> None:
    assert refused(apart, name, making.bomb(201, part)) == "file_bomb"


def test_a_zip_of_too_many_files_is_refused(apart: Quarantine) -> None:
    many = making.archive({f"{n}.txt": b"x" for n in range(501)})
    assert refused(apart, "多.zip", many) == "archive_of_many"


def test_a_picture_that_claims_too_many_dots_is_not_unfolded(apart: Quarantine) -> None:
    assert refused(apart, "大.png", making.png(30_000, 30_000)) == "picture_too_large"


def test_locked_files_are_named_as_locked(apart: Quarantine) -> None:
    assert refused(apart, "密.docx", making.compound("EncryptedPackage", "EncryptionInfo")) == "file_encrypted"
    assert refused(apart, "密.zip", _locked_zip()) == "file_encrypted"
    assert refused(apart, "密.pdf", _locked_pdf()) == "file_encrypted"


def _locked_zip() -> bytes:
    data = bytearray(making.archive({"a.txt": b"secret"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _locked_pdf() -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(making.pdf("第一条 带身份证到窗口办。"))))
    writer.encrypt(owner_pass="owner", user_pass="user")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_empty_files_are_named_as_empty(apart: Quarantine) -> None:
    assert refused(apart, "空.pdf", b"") == "file_empty"
    assert refused(apart, "空白.txt", b"\xef\xbb\xbf \r\n\r\n") == "file_empty"
    assert refused(apart, "空.docx", making.word(making.new_word())) == "file_empty"
    assert refused(apart, "空.zip", making.archive({})) == "file_empty"
    assert refused(apart, "零.pdf", b"\0" * 5000) == "file_empty"


@pytest.mark.parametrize(
    ("name", "data", "named", "found"),
    [
        ("通知.docx", "第一条 这其实是一份文本文件。".encode(), "DOCX", "TXT"),
        ("通知.pdf", b"MZ\x90\0" + b"\0" * 100, "PDF", "EXE"),
        ("照片.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 100, "JPG", "HEIC"),
        ("资料.zip", b"Rar!\x1a\x07\0" + b"\0" * 100, "ZIP", "RAR"),
    ],
)
def test_a_false_name_is_refused_with_both(apart: Quarantine, name: str, data: bytes, named: str, found: str) -> None:
    with pytest.raises(Mistake, match="file_mislabelled") as caught:
        loaders.parse(data, name, apart=apart)
    assert (caught.value.values["named"], caught.value.values["found"]) == (named, found)


def test_a_false_name_does_not_matter_where_the_content_can_be_read(apart: Quarantine) -> None:
    pdf = making.pdf("第一条 带身份证到窗口办。\n\n第二条 不收钱。")
    assert loaders.parse(pdf, "通知.docx", apart=apart).lines[0].text.startswith("第一条")
    page = "<html><table><tr><td>事项</td></tr><tr><td>1234567890</td></tr></table></html>".encode()
    assert loaders.parse(page, "导出.xls", apart=apart).lines[0].table == 1
    assert (
        loaders.parse("事项\t标准\n水费\t每吨2.6元".encode("gb18030"), "导出.xls", apart=apart).lines[0].text
        == "事项：水费；标准：每吨2.6元"
    )


def test_pdf_scripts_are_never_run_and_remarked_on(apart: Quarantine) -> None:
    text = "BT /F1 12 Tf 50 700 Td (Bring your card to the window.) Tj ET"
    nested = "<< " * 3 + "/S /JavaScript /JS (app.alert\\(1\\))" + " >>" * 1
    data = making.raw_pdf(
        f"<< /Type /Catalog /Pages 2 0 R /OpenAction << /A << /Next {nested} >> >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    )
    loaded = loaders.parse(data, "脚本.pdf", apart=apart)
    assert loaded.lines[0].text == "Bring your card to the window."
    assert [remark.code for remark in loaded.remarks] == ["has_script"]


def test_a_pdf_of_endless_dictionaries_does_not_hang(apart: Quarantine) -> None:
    deep = "<< /A " * 50_000 + "null" + ">> " * 50_000
    data = making.raw_pdf(
        f"<< /Type /Catalog /Pages 2 0 R /OpenAction {deep} >>", "<< /Type /Pages /Kids [] /Count 0 >>"
    )
    assert refused(apart, "深.pdf", data) in {"file_unreadable", "file_empty", "file_too_hard"}


def test_a_sheet_of_a_billion_cells_is_refused(apart: Quarantine) -> None:
    book = making.workbook({"空表": [["事项", "钱"]]})
    book.worksheets[0].cell(1_000_000, 2_000).value = "角落"
    assert refused(apart, "空.xlsx", making.excel(book)) == "sheet_too_large"


def test_web_pages_nested_without_end_are_read(apart: Quarantine) -> None:
    page = "<div>" * 50_000 + "带身份证到窗口办理就行。" + "</div>" * 50_000
    assert [line.text for line in loaders.parse(page.encode(), "a.html", apart=apart).lines] == [
        "带身份证到窗口办理就行。"
    ]


def test_after_every_refusal_the_next_file_is_read(apart: Quarantine) -> None:
    with pytest.raises(Mistake):
        loaders.parse(b"%PDF-1.4 broken", "坏.pdf", apart=apart)
    assert loaders.parse(making.pdf("第一条 带身份证到窗口办理。"), "好.pdf", apart=apart).lines
