"""Archives: every file under a safe name, whatever they are called inside; a bad one does not stop the rest."""

import zipfile

from knowledge.formats.archive import members
from tests.unit.knowledge.formats import making
from township.errors import Mistake


def found(data: bytes) -> dict[str, str]:
    return {
        name: one.code if isinstance(one, Mistake) else one.decode() for name, one in members(data, "包.zip", most=1000)
    }


def test_names_that_climb_out_are_refused_and_the_rest_is_read() -> None:
    data = making.archive(
        {"../../etc/a.txt": b"1", "/b.txt": b"2", "C:\\c.txt": b"3", "里面/通知.txt": b"4", "大.txt": b"x" * 2000}
    )
    assert found(data) == {
        "包.zip/../../etc/a.txt": "archive_climbs",
        "包.zip//b.txt": "archive_climbs",
        "包.zip/C:/c.txt": "archive_climbs",
        "包.zip/里面/通知.txt": "4",
        "包.zip/大.txt": "file_too_large",
    }


def test_archives_in_archives_end_somewhere() -> None:
    data = b"text"
    for depth in range(4):
        data = making.archive({f"{depth}.zip" if depth else "a.txt": data})
    assert found(data) == {"包.zip/3.zip/2.zip": "archive_too_deep"}
    assert found(making.archive({"里.zip": making.archive({"a.txt": b"text"})})) == {"包.zip/里.zip/a.txt": "text"}


def test_names_that_windows_wrote_are_read_as_chinese() -> None:
    data = making.archive({"AAAAAAAA.txt": b"4"}).replace(b"AAAAAAAA", "通知文件".encode("gb18030"))
    assert list(found(data)) == ["包.zip/通知文件.txt"]


def test_what_programs_leave_behind_is_passed_over() -> None:
    data = making.archive({"__MACOSX/._a.txt": b"1", ".DS_Store": b"2", "~$a.docx": b"3", "a.txt": b"4"})
    assert found(data) == {"包.zip/a.txt": "4"}


def test_an_office_file_is_no_archive() -> None:
    office = making.word(making.new_word())
    names = [name for name, _ in members(making.archive({"a.docx": office}), "包.zip", most=10**6)]
    assert names == ["包.zip/a.docx"]
    assert zipfile.is_zipfile(__import__("io").BytesIO(office))
