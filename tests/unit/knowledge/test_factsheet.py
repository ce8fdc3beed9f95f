"""The facts sheet: rows in, mistakes by row; written and read back it is the same."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from knowledge import factsheet
from knowledge.facts import Fact
from knowledge.factsheet import read_sheet
from township.errors import Mistake
from township.texts import Texts

HEAD = "问法,答案,依据,谁负责,有效到,最后核对,适用村\n"
VILLAGES = {"柳树村": "liushu", "桃园村": "taoyuan"}
SHEET = Path(factsheet.__file__).with_name("samples") / "facts.csv"
TEXTS = Texts.load(Path(factsheet.__file__).with_name("texts.yaml"))


def sheet(rows: str) -> factsheet.Sheet:
    return read_sheet((HEAD + rows).encode(), "facts.csv", VILLAGES)


def test_the_sample_sheet_has_sixty_good_rows() -> None:
    found = read_sheet(SHEET.read_bytes(), SHEET.name, {name: name for name in (*VILLAGES, "石桥村", "河湾村")})
    assert len(found.facts) == 60
    assert found.mistakes == ()
    assert sum(not fact.is_valid(date(2026, 11, 23)) for fact in found.facts) == 4


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",有答案,,,,,", "fact_without_question"),
        ("几点上班,,,,,,", "fact_without_answer"),
        ("书记电话,打13800000001,,,,,", "fact_private_mobile"),
        ("书记电话,打 138 0000 0001,,,,,", "fact_private_mobile"),
        ("几点上班,九点,,,明年,,", "fact_bad_date"),
        ("几点上班,九点,,,,,东海村", "fact_unknown_village"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_taken(row: str, code: str) -> None:
    found = sheet(f"{row}\n在哪办,在大厅,,,,,\n")
    assert [fact.answer for fact in found.facts] == ["在大厅"]
    assert [mistake.code for mistake in found.mistakes] == [code]
    assert "2" in TEXTS.say(code, **found.mistakes[0].values)


def test_the_same_question_twice_is_a_mistake() -> None:
    (mistake,) = sheet("几点上班,九点,,,,,\n大厅几点|几点上班,八点,,,,,\n").mistakes
    assert (mistake.code, mistake.values["row"], mistake.values["other"]) == ("fact_asked_twice", 3, 2)


def test_a_sheet_without_its_columns_is_refused() -> None:
    with pytest.raises(Mistake, match="fact_sheet_columns") as caught:
        read_sheet("问题,答案\n几点,九点\n".encode(), "a.csv", {})
    assert "问法" in TEXTS.say("fact_sheet_columns", **caught.value.values)


def test_duty_numbers_and_short_rows_are_fine() -> None:
    (fact,) = sheet("夜里找谁,533-1234\n").facts
    assert fact.answer == "533-1234"


def test_a_workbook_is_read_like_a_sheet() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEAD.strip().split(","))
    book.active.append(["几点上班|啥时候开门", "九点", "公示", "大厅", date(2026, 12, 31), "2026-11-03", "柳树村"])
    stream = io.BytesIO()
    book.save(stream)
    (fact,) = read_sheet(stream.getvalue(), "facts.xlsx", VILLAGES).facts
    assert fact.questions == ("几点上班", "啥时候开门")
    assert (fact.valid_until, fact.last_checked) == (date(2026, 12, 31), date(2026, 11, 3))
    assert fact.village_id == "liushu"


def workbook(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_each_mistake_names_its_row_and_what_is_wrong_there() -> None:
    rows = "几点上班,九点,,,,,\n" * 1 + "电费多少,五毛,,,明年底,,\n书记电话,13800000001,,,,,\n"
    said = [TEXTS.say(one.code, **one.values) for one in sheet(rows).mistakes]
    assert said[0] == "第 3 行：“有效到”写的是“明年底”，应像 2026-12-31。"
    assert said[1].startswith("第 4 行：“答案”里有个人手机号")


@pytest.mark.parametrize("cell", ["李主任13800000001", "１３８００００１１１１", "138 0000-1111"])
def test_a_private_mobile_is_refused_in_every_column_however_it_is_written(cell: str) -> None:
    for row in (f"几点{cell},九点,,,,,", f"几点,九点,{cell},,,,", f"几点,九点,,{cell},,,"):
        assert [one.code for one in sheet(row + "\n").mistakes] == ["fact_private_mobile"]


def test_a_duty_phone_may_be_a_mobile() -> None:
    row = (HEAD + "夜里找谁,打 138-0000-0901,,,,,\n").encode()
    assert read_sheet(row, "a.csv", {}, {"13800000901"}).mistakes == ()
    assert len(read_sheet(row, "a.csv", {}, {"13800000902"}).mistakes) == 1


def test_the_same_way_of_asking_is_found_whatever_marks_it_bears() -> None:
    (mistake,) = sheet("几点上班？,九点,,,,,\n 几点上班,八点,,,,,\n").mistakes
    assert (mistake.code, mistake.values["other"]) == ("fact_asked_twice", 2)


def test_a_row_that_stands_there_twice_is_listed_as_such() -> None:
    (mistake,) = sheet("几点上班,九点,,,,,\n几点上班,九点,,,,,\n").mistakes
    assert mistake.code == "fact_twice"


def test_two_villages_may_answer_the_same_question() -> None:
    found = sheet("村委电话,533-3101,,,,,柳树村\n村委电话,533-3102,,,,,桃园村\n")
    assert [fact.village_id for fact in found.facts] == ["liushu", "taoyuan"]
    assert found.mistakes == ()


@pytest.mark.parametrize("day", ["2026-12-31", "2026/12/31", "2026.12.31", "2026年12月31日", "２０２６-12-31"])
def test_days_are_read_as_clerks_write_them(day: str) -> None:
    assert sheet(f"几点,九点,,,{day},,\n").facts[0].valid_until == date(2026, 12, 31)


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "12-31", "2026"])
def test_a_day_that_is_none_is_named(day: str) -> None:
    assert [one.code for one in sheet(f"几点,九点,,,{day},,\n").mistakes] == ["fact_bad_date"]


def test_a_fact_may_have_no_end() -> None:
    assert sheet("几点,九点,,,长期,,\n").facts[0].valid_until is None


def test_a_row_may_end_a_fact() -> None:
    found = sheet("暑假班车,作废,,,,,\n")
    assert (found.facts, [fact.questions for fact in found.ended]) == ((), [("暑假班车",)])


def test_a_title_above_the_head_is_passed_over_and_rows_keep_their_numbers() -> None:
    head = HEAD.strip().split(",")
    data = workbook(("示例镇常用事实",), head, ("几点上班", 12393.0), ("", "没有问法"))
    found = read_sheet(data, "a.xlsx", VILLAGES)
    assert found.facts[0].answer == "12393"
    assert [one.values["row"] for one in found.mistakes] == [4]


def test_a_file_is_a_sheet_by_its_columns_alone() -> None:
    assert factsheet.is_sheet((HEAD + "几点,九点\n").encode("gb18030"), "别的名字.csv")
    assert not factsheet.is_sheet("项目,标准\n水费,2.6元\n".encode(), "本镇常用事实.csv")
    assert not factsheet.is_sheet(b"PK\x03\x04 broken", "本镇常用事实.xlsx")
    assert not factsheet.is_sheet(HEAD.encode(), "本镇常用事实.txt")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04 broken", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0 locked", "file_encrypted"),
        (workbook(("问法", "答案")), "fact_sheet_columns"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Mistake, match=code):
        read_sheet(data, "a.xlsx", {})


@pytest.mark.parametrize(("name", "code"), [("a.xls", "file_old_format"), ("a.docx", "fact_sheet_format")])
def test_what_is_no_sheet_by_its_name_is_not_taken_for_a_broken_one(name: str, code: str) -> None:
    with pytest.raises(Mistake, match=code):
        read_sheet(b"\xd0\xcf\x11\xe0", name, {})


def test_a_sheet_without_end_is_refused() -> None:
    rows = "".join(f"问题{n},答,,,,,\n" for n in range(factsheet.MOST_ROWS + 1))
    with pytest.raises(Mistake, match="fact_sheet_long"):
        sheet(rows)


def test_what_is_written_is_read_back_as_it_was() -> None:
    villages = {name: name for name in ("柳树村", "桃园村")}
    known = read_sheet(SHEET.read_bytes(), SHEET.name, villages).facts
    written = factsheet.write(known, villages, samples=True)
    read = read_sheet(written, "本镇常用事实.xlsx", villages)
    assert read.facts == known
    assert (len(read.facts), read.mistakes, read.has_samples) == (60, (), True)


def test_a_cell_that_looks_like_a_formula_is_text() -> None:
    written = factsheet.write([Fact(("=1+1",), "=HYPERLINK(0)")], {})
    assert read_sheet(written, "a.xlsx", {}).facts[0].answer == "=HYPERLINK(0)"


def test_a_village_clerks_rows_are_of_the_own_village() -> None:
    found = sheet("村委电话,533-3101,,,,,\n桃园电话,533-3102,,,,,桃园村\n").of_village("liushu")
    assert [fact.village_id for fact in found.facts] == ["liushu"]
    assert [one.code for one in found.mistakes] == ["fact_other_village"]
