"""The Word form of a counter becomes questions with guessed kinds; what is in doubt is said, the known not asked."""

import io

import docx
import pytest

from skills import drafting, paper_forms
from skills.workbook import books
from tests.unit.skills.workbook.filling import filled
from township.errors import Mistake


def form() -> bytes:
    document = docx.Document()
    document.add_heading("农村家宴申报表", level=1)
    document.add_paragraph("填表日期：____年__月__日")
    table = document.add_table(rows=0, cols=4)
    for cells in (
        ("举办人姓名", "", "联系电话", ""),
        ("身份证号", "", "举办时间", ""),
        ("举办地点", "", "就餐人数", "      人"),
        ("家宴类别", "□红事 □白事 □其他", "是否外请厨师", "□是 □否"),
        ("菜品来源", "", "食材照片", ""),
        ("村委会意见", "（盖章）", "经办人签字", ""),
    ):
        row = table.add_row().cells
        for cell, text in zip(row, cells, strict=True):
            cell.text = text
    merged = table.add_row().cells
    merged[0].text = "备注"
    merged[1].merge(merged[3])
    document.add_paragraph("监督电话：533-1000    帮厨人数：______")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_labels_become_fields_with_guessed_kinds() -> None:
    paper = paper_forms.read(form())
    kinds = {one.name: one.kind for one in paper.labels}
    assert paper.title == "农村家宴申报表"
    assert kinds["身份证号"] == "id_number"
    assert (kinds["举办时间"], kinds["举办地点"], kinds["就餐人数"]) == ("date", "place", "number")
    assert (kinds["家宴类别"], kinds["食材照片"], kinds["备注"]) == ("choice", "photos", "text")
    choice = next(one for one in paper.labels if one.name == "家宴类别")
    assert choice.options == ("红事", "白事", "其他")
    assert kinds["帮厨人数"] == "number"


def test_what_is_known_is_not_asked_and_what_others_write_is_no_question() -> None:
    paper = paper_forms.read(form())
    assert {one.name for one in paper.labels if one.known} == {"举办人姓名", "联系电话"}
    assert {"村委会意见", "经办人签字"} <= set(paper.decided)
    doubtful = {one.name for one in paper.doubtful}
    assert {"举办时间", "菜品来源"} <= doubtful
    assert "身份证号" not in doubtful


def test_the_workbook_of_a_form_can_be_run_once_its_first_sheet_is_filled() -> None:
    content = drafting.book_of_form("jiayan", paper_forms.read(form()))
    book = filled(content, {"一句话说明": "办酒席先报一声", "归谁管": "食安办", "村民怎么说": "俺家要办酒席"})
    loaded = books.load("家宴.xlsx", book)
    assert loaded.skill is not None, [str(one) for one in loaded.problems]
    form_of = loaded.skill.manifest.form
    assert loaded.skill.manifest.name == "农村家宴申报表"
    assert sum(1 for spec in form_of.values() if spec.ask) >= 6
    assert any(spec.sensitive for spec in form_of.values())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"plain text"])
def test_what_is_no_word_file_is_a_mistake(content: bytes) -> None:
    with pytest.raises(Mistake) as wrong:
        paper_forms.read(content)
    assert wrong.value.code == "paper_unreadable"


def test_a_page_without_labels_is_a_mistake() -> None:
    document, stream = docx.Document(), io.BytesIO()
    document.add_paragraph("各村要高度重视，认真落实。")
    document.save(stream)
    with pytest.raises(Mistake) as wrong:
        paper_forms.read(stream.getvalue())
    assert wrong.value.code == "paper_without_labels"


def listed() -> bytes:
    document = docx.Document()
    document.add_heading("帮厨登记表", level=1)
    table = document.add_table(rows=0, cols=4)
    lines = [
        ("户主姓名", "", "有无健康证", "□有 □无"),
        ("序号", "帮厨姓名", "联系电话", "几天"),
        ("1", "", "", ""),
        ("2", "", "", ""),
    ]
    for cells in lines:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_table_that_is_filled_row_by_row_is_one_question_and_two_boxes_of_yes_and_no_another() -> None:
    paper = paper_forms.read(listed())
    assert {one.name: one.kind for one in paper.labels} == {
        "户主姓名": "text",
        "有无健康证": "yes_no",
        "帮厨姓名等名单": "rows",
    }
    book = drafting.book_of_form("bangchu", paper)
    loaded = books.load("帮厨.xlsx", filled(book, {"一句话说明": "报帮厨", "归谁管": "食安办", "村民怎么说": "报帮厨"}))
    assert loaded.skill is not None, [str(one) for one in loaded.problems]
    (table,) = (one for one in loaded.skill.manifest.form.values() if one.rows)
    assert [(one.name, one.kind.value) for one in table.rows.values()] == [
        ("帮厨姓名", "text"),
        ("联系电话", "phone"),
        ("几天", "text"),
    ]


def test_what_stands_in_a_table_within_a_cell_is_asked_too_and_health_is_sensitive() -> None:
    document, stream = docx.Document(), io.BytesIO()
    outer = document.add_table(rows=1, cols=2)
    outer.rows[0].cells[0].text = "家庭情况"
    inner = outer.rows[0].cells[1].add_table(rows=3, cols=2)
    lines = (("房屋照片", ""), ("是否低保户", "□是 □否"), ("健康状况", ""))
    for row, cells in zip(inner.rows, lines, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(stream)
    found = {one.name: one for one in paper_forms.read(stream.getvalue()).labels}
    assert {name: one.kind for name, one in found.items() if name in dict(lines)} == {
        "房屋照片": "photos",
        "是否低保户": "yes_no",
        "健康状况": "text",
    }
    assert {name for name, one in found.items() if one.sensitive} == {"是否低保户", "健康状况"}


def family(place: str) -> bytes:
    """A form with a table of the family, named by a line above, by a row of its own, or by a cell beside all rows."""
    document, stream = docx.Document(), io.BytesIO()
    document.add_paragraph("临时困难救助申请表")
    heads = ("姓名", "与申请人关系", "年龄", "健康状况")
    if place == "line":
        document.add_paragraph("二、家庭成员情况（同住的都写）：")
    table = document.add_table(rows=6, cols=5)
    if place == "row":
        table.cell(0, 0).merge(table.cell(0, 4)).text = "家庭成员"
    if place == "side":
        table.cell(1, 0).merge(table.cell(5, 0)).text = "家庭\n成员"
        for cell, text in zip(table.rows[0].cells, ("户主", "", "申请原因", "", ""), strict=True):
            cell.text = text
    at = {"line": 0, "row": 1, "side": 1, "sentence": 0}[place]
    if place == "sentence":
        document.paragraphs[0].text = "请如实填写，不实的取消资格。"
    for cell, text in zip(table.rows[at].cells[1 if place == "side" else 0 :], heads, strict=False):
        cell.text = text
    if place != "side":
        table.rows[at].cells[4].text = "备注"
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("place", "name"), [("line", "家庭成员"), ("row", "家庭成员"), ("side", "家庭成员"), ("sentence", "姓名等名单")]
)
def test_a_table_that_is_filled_row_by_row_is_called_what_stands_over_or_beside_it(place: str, name: str) -> None:
    asked = {one.name: one for one in paper_forms.read(family(place)).labels}
    assert [one.name for one in asked[name].columns][:4] == ["姓名", "与申请人关系", "年龄", "健康状况"]
    assert set(asked) == {name, *(("户主", "申请原因") if place == "side" else ())}
