"""PDF pages: paragraphs joined over lines and pages, heads and feet off, tables as rows, scans named."""

import pytest

from knowledge.formats.pdf import pdf_content
from knowledge.formats.scans import can_see
from knowledge.structure.lines import Content, Line, silent
from tests.unit.knowledge.formats import making
from tests.unit.workflows.seals.paper.sheets import a_sheet
from township.errors import Mistake
from workflows.seals.paper.typesetting import typeset

LONG = "带身份证、户口簿和社保卡到镇便民服务大厅六号窗口办理，材料一时拿不全的先受理后补，不要村里开证明，"


def content(data: bytes) -> Content:
    return pdf_content(data, "a.pdf", silent)


def texts(data: bytes) -> list[str]:
    return [line.text for line in content(data).lines]


def test_lines_that_the_page_broke_are_joined_and_know_their_page() -> None:
    lines = content(making.pdf(f"第一条 {LONG * 3}当天办好。\n\n第二条 不收钱。\n#pagebreak()\n第三条 另约。")).lines
    assert [(line.text[:3], line.page) for line in lines] == [("第一条", 1), ("第二条", 1), ("第三条", 2)]
    assert lines[0].text == f"第一条 {LONG * 3}当天办好。"


def test_a_hyphen_that_pdfium_takes_for_a_parted_word_is_read() -> None:
    paper = typeset(a_sheet(purpose="A-1"))
    assert "用于A-1，共1份" in "".join(texts(paper))


def test_a_sentence_goes_on_over_the_page() -> None:
    lines = content(making.pdf(f"#v(21cm)\n第一条 {LONG * 6}当天办好。")).lines
    assert [line.page for line in lines] == [1]
    assert lines[0].text.endswith("当天办好。")


def test_running_heads_and_page_numbers_are_taken_off() -> None:
    body = "\n#pagebreak()\n".join(f"第{n}条 这一页说的是第{n}件事。" for n in "一二三四")
    data = making.pdf(body, header="示例镇人民政府文件汇编", footer="第 #counter(page).display() 页 共 4 页")
    assert texts(data) == [f"第{n}条 这一页说的是第{n}件事。" for n in "一二三四"]


def test_two_pages_lose_their_numbers_too() -> None:
    data = making.pdf("第一条 甲。\n#pagebreak()\n第二条 乙。", footer="— #counter(page).display() —")
    assert texts(data) == ["第一条 甲。", "第二条 乙。"]


def test_a_ruled_table_gives_its_rows_with_their_headings() -> None:
    table = "#table(columns: 3, [事项], [标准], [谁收], [水费], [每吨2.6元], [水厂], [垃圾费], [每年60元], [村委会])"
    lines = content(making.pdf(f"收费表如下。\n\n{table}\n\n表里没有的不收。")).lines
    assert [(line.text, bool(line.table)) for line in lines] == [
        ("收费表如下。", False),
        ("事项：水费；标准：每吨2.6元；谁收：水厂", True),
        ("事项：垃圾费；标准：每年60元；谁收：村委会", True),
        ("表里没有的不收。", False),
    ]


def test_a_cell_over_several_rows_stands_in_each_of_them() -> None:
    cells = "[类别], [事项], [标准], table.cell(rowspan: 2)[用水], [水费], [2.6元], [装表], [380元]"
    assert texts(making.pdf(f"#table(columns: 3, {cells})")) == [
        "类别：用水；事项：水费；标准：2.6元",
        "类别：用水；事项：装表；标准：380元",
    ]


def test_a_table_over_two_pages_is_one_table() -> None:
    rows = ", ".join(f"[第{n}件事], [{n}元]" for n in range(1, 61))
    lines = content(making.pdf(f"#table(columns: 2, table.header([事项], [标准]), {rows})")).lines
    assert [line.text for line in lines] == [f"事项：第{n}件事；标准：{n}元" for n in range(1, 61)]
    assert {line.table for line in lines} == {1}
    assert {line.page for line in lines} == {1, 2}


def test_plain_columns_without_rules_are_a_table() -> None:
    cells = (
        "[事项], [标准], [谁收], [水费], [每吨2.6元], [水厂], [垃圾费], [每年60元], [村委会], [校车费], [180元], [学校]"
    )
    table = f"#table(columns: (4cm, 4cm, 4cm), stroke: none, {cells})"
    assert texts(making.pdf(f"收费如下。\n\n{table}\n\n表里没有的不收。")) == [
        "收费如下。",
        "事项：水费；标准：每吨2.6元；谁收：水厂",
        "事项：垃圾费；标准：每年60元；谁收：村委会",
        "事项：校车费；标准：180元；谁收：学校",
        "表里没有的不收。",
    ]


def test_text_set_in_two_columns_is_no_table() -> None:
    data = making.pdf(f"#columns(2)[第一条 {LONG * 4}当天办好。\n\n第二条 {LONG * 4}也不收钱。]")
    assert all(not line.table for line in content(data).lines)
    assert "".join(texts(data)) == f"第一条 {LONG * 4}当天办好。第二条 {LONG * 4}也不收钱。"


def test_a_frame_around_a_text_is_no_table() -> None:
    data = making.pdf("#rect(width: 100%)[第一条 带身份证到窗口办。]\n\n第二条 不收钱。")
    assert texts(data) == ["第一条 带身份证到窗口办。", "第二条 不收钱。"]


@pytest.mark.skipif(can_see(), reason="the extra that reads pictures is installed")
def test_pages_that_are_pictures_are_named() -> None:
    first, last = making.pdf("第一条 带身份证到窗口办。"), making.pdf("第三条 不收钱。")
    found = content(making.joined(first, making.scan([last]), last))
    assert [(line.text, line.page) for line in found.lines] == [
        ("第一条 带身份证到窗口办。", 1),
        ("第三条 不收钱。", 3),
    ]
    assert [(remark.code, remark.pages) for remark in found.remarks] == [("scan_unread", (2,))]


@pytest.mark.skipif(can_see(), reason="the extra that reads pictures is installed")
def test_a_whole_scan_is_refused_with_its_pages() -> None:
    page = making.pdf("第一条 带身份证到窗口办。")
    with pytest.raises(Mistake, match="file_scanned") as caught:
        content(making.scan([page, page]))
    assert caught.value.values["pages"] == 2


def test_blank_pages_are_no_scans() -> None:
    found = content(making.pdf("第一条 带身份证到窗口办。\n#pagebreak()\n#pagebreak()\n第二条 不收钱。"))
    assert found.remarks == ()
    assert [line.page for line in found.lines] == [1, 3]


def test_lines_can_be_lines_of_latin_words() -> None:
    text = "the quick brown fox jumps over the lazy dog and " * 8 + "rests."
    assert found_words(making.pdf(text)) == text.split()


def found_words(data: bytes) -> list[str]:
    return [word for line in content(data).lines for word in Line(line.text).text.split()]
