"""Word documents: the numbers Word writes itself, headings, merged cells, boxes, and changes that are accepted."""

import io
import zipfile

import docx
import pytest
from docx.opc.constants import CONTENT_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.formats.word import word_lines
from knowledge.structure.lines import Line
from tests.unit.knowledge.formats import making

TYPES = "[Content_Types].xml"


def lines(document: object) -> tuple[Line, ...]:
    return word_lines(making.word(document), "a.docx")  # type: ignore[arg-type]


def test_numbers_that_word_writes_itself_are_read() -> None:
    document = making.new_word()
    number = making.numbered(document, [("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）")])
    for n in range(1, 12):
        making.listed(document, f"第{n}件事。", number)
        if n == 2:
            making.listed(document, "甲；", number, depth=1)
            making.listed(document, "乙。", number, depth=1)
    found = [line.text for line in lines(document)]
    assert found[:6] == [
        "第一条 第1件事。",
        "第二条 第2件事。",
        "（一） 甲；",
        "（二） 乙。",
        "第三条 第3件事。",
        "第四条 第4件事。",
    ]
    assert found[-1] == "第十一条 第11件事。"


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ],
)
def test_a_document_with_macros_and_a_template_are_read_as_any_other(kind: str) -> None:
    document = docx.Document()
    document.add_paragraph("第一条 路灯坏了三天内修好。")
    plain, other = io.BytesIO(making.word(document)), io.BytesIO()
    with zipfile.ZipFile(plain) as packed, zipfile.ZipFile(other, "w") as written:
        for part in packed.namelist():
            data = packed.read(part)
            written.writestr(
                part, data.replace(CONTENT_TYPE.WML_DOCUMENT_MAIN.encode(), kind.encode()) if part == TYPES else data
            )
    assert [line.text for line in word_lines(other.getvalue(), "办法.docm")] == ["第一条 路灯坏了三天内修好。"]


def test_a_style_may_carry_the_number() -> None:
    document = making.new_word()
    making.numbered(document, [("decimal", "%1.")])
    style = document.styles["List Number"].element
    listed = f'<w:pPr {nsdecls("w")}><w:numPr><w:numId w:val="77"/></w:numPr></w:pPr>'
    for old in style.findall(style.nsmap["w"].join(("{", "}pPr"))):
        style.remove(old)
    style.append(parse_xml(listed))
    document.add_paragraph("带身份证", style="List Number")
    document.add_paragraph("带户口簿", style="List Number")
    assert [line.text for line in lines(document)] == ["1. 带身份证", "2. 带户口簿"]


def test_bullets_have_no_number() -> None:
    document = making.new_word()
    number = making.numbered(document, [("bullet", "•")])
    making.listed(document, "带身份证", number)
    assert [line.text for line in lines(document)] == ["带身份证"]


def test_merged_cells_stand_in_every_row() -> None:
    document = making.new_word()
    table = making.table(document, [["类别", "事项", "标准"], ["用水", "水费", "2.6元"], ["", "装表", "380元"]])
    table.cell(1, 0).merge(table.cell(2, 0))
    assert [line.text for line in lines(document)] == [
        "类别：用水；事项：水费；标准：2.6元",
        "类别：用水；事项：装表；标准：380元",
    ]


def test_the_name_over_a_table_is_no_heading_of_columns() -> None:
    document = making.new_word()
    table = making.table(document, [["收费表", "", ""], ["事项", "标准", "谁收"], ["水费", "2.6元", "水厂"]])
    table.cell(0, 0).merge(table.cell(0, 2))
    assert [line.text for line in lines(document)] == ["收费表", "事项：水费；标准：2.6元；谁收：水厂"]


def test_a_table_in_a_table_is_read_once() -> None:
    document = making.new_word()
    outer = making.table(document, [["事项", "标准"], ["水费", ""]])
    inner = outer.cell(1, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "居民", "2.6元"
    assert [line.text for line in lines(document)] == ["事项：水费；标准：居民 2.6元"]


def test_text_boxes_controls_and_accepted_changes_are_read() -> None:
    document = making.new_word()
    paragraph = document.add_paragraph("第一条 ")
    run = f"<w:ins {nsdecls('w')}><w:r><w:t>新加的话。</w:t></w:r></w:ins>"
    gone = f"<w:del {nsdecls('w')}><w:r><w:delText>删掉的话。</w:delText></w:r></w:del>"
    for each in (run, gone):
        paragraph._p.append(parse_xml(each))
    inside = "<w:p><w:r><w:t>控件里的话。</w:t></w:r></w:p>"
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(control))
    box = "<w:p><w:r><w:t>示例镇人民政府文件</w:t></w:r></w:p>"
    drawn = (
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:txbxContent>{box}</w:txbxContent></mc:Choice>'
        f"<mc:Fallback><w:txbxContent>{box}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )
    paragraph._p.append(parse_xml(drawn))
    assert [line.text for line in lines(document)] == ["第一条 新加的话。", "示例镇人民政府文件", "控件里的话。"]


def test_headings_know_their_depth() -> None:
    document = making.new_word()
    document.add_heading("办事指南", 0)
    document.add_heading("所需材料", 2)
    document.add_paragraph("身份证。")
    assert [(line.text, line.heading) for line in lines(document)] == [
        ("办事指南", 1),
        ("所需材料", 2),
        ("身份证。", 0),
    ]
