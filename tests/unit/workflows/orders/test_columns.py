"""What the columns of other systems hold: by name, by what stands in them, by what was said before; doubts are said."""

from workflows.orders.columns import Meaning, head_of

HEAD = [
    *("序号", "工单编号", "诉求标题", "诉求内容", "问题分类", "事发地址", "来电人", "联系电话", "受理时间"),
    *("办理时限", "承办单位", "办理结果", "办结时间", "是否满意"),
]
ROW = [
    *("1", "GD20261122001", "路灯不亮", "桃园村村口路灯不亮半个月了", "公共设施", "桃园村村口", "王女士"),
    *("13800000001", "2026-11-22 09:10", "2026-11-25", "示例镇", "", "", ""),
]


def test_a_usual_head_is_recognised_whole() -> None:
    head = head_of([HEAD, ROW])
    assert head.doubts == ()
    assert head.missing == ()
    assert [head.meanings.get(name) for name in HEAD] == [
        Meaning.ROW, Meaning.NUMBER, Meaning.TITLE, Meaning.WHAT, Meaning.KIND, Meaning.PLACE, Meaning.NAME,
        Meaning.PHONE, Meaning.AT, Meaning.DUE, Meaning.UNIT, Meaning.RESULT, Meaning.CLOSED_AT, Meaning.SATISFIED,
    ]  # fmt: skip


def test_a_title_above_the_head_is_no_head() -> None:
    head = head_of([["示例镇11月工单"], [], HEAD, ROW])
    assert head.row == 3
    assert head.place(Meaning.NUMBER) == 1


def test_marks_and_spaces_in_a_name_are_passed_over() -> None:
    head = head_of([["*工单编号（必填）", "诉 求 内 容："], ["1", "灯坏了"]])
    assert head.missing == ()


def test_two_columns_that_would_hold_the_same_are_not_both_it() -> None:
    head = head_of([["工单编号", "受理编号", "诉求内容"], ["1", "2", "灯坏了"]])
    assert head.meanings["工单编号"] is Meaning.NUMBER
    assert "受理编号" not in head.meanings


def test_a_vague_name_is_asked_about_with_what_it_may_hold() -> None:
    head = head_of(
        [
            ["编号", "时间", "诉求内容"],
            ["GD1", "2026-11-22 09:10", "灯坏了很久没人管真不方便"],
            ["GD2", "2026-11-23", "水"],
        ]
    )
    doubts = {doubt.column: doubt for doubt in head.doubts}
    assert doubts["时间"].among[:2] == (Meaning.AT, Meaning.DUE)
    assert doubts["时间"].examples == ("2026-11-22 09:10", "2026-11-23")
    assert doubts["编号"].among[0] is Meaning.NUMBER


def test_what_was_said_before_is_not_asked_again() -> None:
    rows = [["编号", "时间", "诉求内容"], ["GD1", "2026-11-22", "灯坏了"]]
    head = head_of(rows, {"编号": Meaning.NUMBER, "时间": Meaning.DUE})
    assert head.doubts == ()
    assert head.meanings["时间"] is Meaning.DUE


def test_a_story_without_a_known_name_is_offered_as_the_story() -> None:
    rows = [
        ["工单编号", "老百姓说的"],
        ["1", "俺们村口那个路灯已经有半个月不亮了"],
        ["2", "门口的下水道堵了臭得很没人来通一下"],
    ]
    (doubt,) = head_of(rows).doubts
    assert doubt.column == "老百姓说的"
    assert doubt.among[0] is Meaning.WHAT


def test_columns_without_a_name_are_numbered() -> None:
    head = head_of([["工单编号", "", "诉求内容", "诉求内容"], ["1", "x", "灯", "水"]])
    assert head.columns == ("工单编号", "#2", "诉求内容", "诉求内容#2")
