"""Cutting documents into clauses that can be cited."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.lines import Line
from knowledge.splitters import LONGEST, Clause, split


def clauses_of(text: str) -> tuple[Clause, ...]:
    return split(Line(line) for line in text.splitlines())


def test_articles_know_their_chapter_and_number() -> None:
    found = clauses_of("第一章 总则\n第一条 为了试验，定这个办法。\n第二章 办理\n第二条 带身份证来办。")
    assert [(c.chapter, c.number, c.text) for c in found] == [
        ("第一章 总则", "第一条", "为了试验，定这个办法。"),
        ("第二章 办理", "第二条", "带身份证来办。"),
    ]


def test_items_stay_with_their_article() -> None:
    (clause,) = clauses_of("第四条 标准：\n（一）八十岁，六十元；\n（二）九十岁，一百五十元。")
    assert clause.text == "标准：\n（一）八十岁，六十元；\n（二）九十岁，一百五十元。"


def test_a_cross_reference_at_the_start_of_a_line_is_no_heading() -> None:
    text = "第五条 有下面情形的，依照\n第六条规定办理。\n第三条第二款所称家属，是指子女。\n第六条 到窗口办。"
    found = clauses_of(text)
    assert [c.number for c in found] == ["第五条", "第六条"]
    assert "第三条第二款所称家属" in found[0].text


def test_another_laws_article_on_a_wrapped_line_is_no_heading() -> None:
    found = clauses_of(
        "第二条 依照《中华人民共和国土地管理法》\n第六十二条 规定，一户一处宅基地，面积按标准。\n第三条 不收费。"
    )
    assert [c.number for c in found] == ["第二条", "第三条"]


def test_an_article_may_open_with_any_word() -> None:
    found = clauses_of("第一条 中华人民共和国的村民可以申请。\n第二条 和解自愿。\n第三条 规定的时间内没有来的，另约。")
    assert [c.number for c in found] == ["第一条", "第二条", "第三条"]


def test_articles_without_a_space_are_found_in_sequence() -> None:
    found = clauses_of("第一条为了试验。\n第二条本办法有效期三年。")
    assert [(c.number, c.text) for c in found] == [("第一条", "为了试验。"), ("第二条", "本办法有效期三年。")]


def test_inserted_articles_keep_their_name() -> None:
    found = clauses_of("第七条 一个月内办完。\n第七条之一 急的当天办。\n第八条 不收费。")
    assert [c.number for c in found] == ["第七条", "第七条之一", "第八条"]


def test_numbered_headings_of_a_notice() -> None:
    found = clauses_of(
        "各村民委员会：\n现将有关事项通知如下：\n一、什么时候\n9月15日开始。\n二、多少钱\n每人420元。\n本通知自发布之日起施行。"
    )
    assert [(c.number, c.text) for c in found] == [
        ("一、", "什么时候\n9月15日开始。"),
        ("二、", "多少钱\n每人420元。"),
        ("", "本通知自发布之日起施行。"),
    ]


def test_a_list_inside_an_article_opens_nothing() -> None:
    found = clauses_of("第三条 要带：\n一、身份证；\n二、户口簿。\n第四条 不收费。")
    assert [c.number for c in found] == ["第三条", "第四条"]


def test_questions_keep_their_answers() -> None:
    found = clauses_of("问：在哪办？\n答：在大厅。\n问：要钱吗？\n答：不要。")
    assert [c.text for c in found] == ["问：在哪办？\n答：在大厅。", "问：要钱吗？\n答：不要。"]


def test_no_crumbs_of_free_text() -> None:
    found = clauses_of("\n".join(["大家好。", "今天开会。", "说三件事。"] * 30))
    assert len(found) <= 3
    assert min(len(c.text) for c in found) >= 40


def test_a_giant_article_is_cut_and_keeps_its_number() -> None:
    text = "第九条 下列情形：\n" + "\n".join(f"（{n}）" + "情形很长，要写清楚。" * 20 for n in "一二三四五六七八")
    found = clauses_of(text)
    assert len(found) > 1
    assert max(len(c.text) for c in found) <= LONGEST
    assert found[0].number == "第九条"
    assert all(c.number.startswith("第九条") for c in found)
    assert len({c.path for c in found}) == len(found)


def test_attachments_count_anew() -> None:
    found = clauses_of("第一条 见附件。\n附件1：细则\n第一条 细则从这里起。")
    assert [c.number for c in found] == ["第一条", "第一条"]
    assert found[0].path != found[1].path


def test_rows_of_a_table_stay_together_with_their_headings() -> None:
    rows = [Line(f"事项：第{n}件；标准：{n}元", table=1) for n in range(3)]
    found = split([Line("收费表", heading=1), *rows])
    assert [c.text for c in found] == ["事项：第0件；标准：0元\n事项：第1件；标准：1元\n事项：第2件；标准：2元"]


def test_pages_travel_with_clauses() -> None:
    found = split([Line("第一条 一。", page=1), Line("第二条 二。", page=3)])
    assert [c.page for c in found] == [1, 3]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200), max_size=30))
def test_whatever_comes_in_paths_are_unique_and_sizes_bounded(texts: list[str]) -> None:
    found = split(Line(text) for text in texts)
    assert len({c.path for c in found}) == len(found)
    assert all(c.text.strip() and len(c.text) <= LONGEST + 20 for c in found)


@given(
    st.lists(st.sampled_from(["第一条 甲乙丙。", "第二条 丁。", "一、戊", "己庚辛壬癸。", "（一）子丑；"]), max_size=12)
)
def test_cutting_twice_gives_the_same(texts: list[str]) -> None:
    assert split(map(Line, texts)) == split(map(Line, texts))
