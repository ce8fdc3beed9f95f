"""How a system writes outcomes is learnt from one filled sheet, and others are written the same way."""

from datetime import datetime

from township.clock import SHANGHAI
from workflows.orders import style
from workflows.orders.columns import head_of
from workflows.orders.style import Outcome, Style

HEAD = ["序号", "工单编号", "诉求内容", "承办单位", "办理结果", "办结时间", "是否解决", "满意度", "状态", "填报人"]
FILLED = [
    [
        "1",
        "A1",
        "灯坏了",
        "示例镇",
        "您好，已更换灯泡。感谢您的来电！",
        "2026/11/2 9:05",
        "已解决",
        "满意",
        "已办结",
        "周文书",
    ],
    [
        "2",
        "A2",
        "垃圾",
        "示例镇",
        "您好，垃圾当天清走。感谢您的来电！",
        "2026/11/12 16:30",
        "已解决",
        "满意",
        "已办结",
        "周文书",
    ],
    [
        "3",
        "A3",
        "想要补偿",
        "示例镇",
        "您好，政策没有这一项。感谢您的来电！",
        "2026/11/13 10:00",
        "未解决",
        "不满意",
        "已办结",
        "周文书",
    ],
    ["4", "A4", "水", "示例镇", "", "", "", "", "", ""],
]
CLOSED = datetime(2026, 11, 24, 8, 7, tzinfo=SHANGHAI)


def learnt() -> tuple[Style, list[str], dict[str, object]]:
    head = head_of([HEAD, *FILLED])
    found = style.learn([HEAD, *FILLED], head)
    assert found is not None
    return found, list(head.columns), dict(head.meanings)


def test_phrases_moments_and_words_are_learnt() -> None:
    found, *_ = learnt()
    assert (found.opening, found.ending) == ("您好，", "。感谢您的来电！")
    assert found.moments == {"办结时间": "{y}/{m}/{d} {H}:{M:02}"}
    assert found.answers["是否解决"] == {"yes": "已解决", "no": "未解决"}
    assert found.answers["满意度"] == {"yes": "满意", "no": "不满意"}
    assert found.constants["填报人"] == "周文书"


def test_an_order_goes_back_in_the_columns_and_words_of_its_system() -> None:
    found, columns, meanings = learnt()
    came = {"序号": "7", "工单编号": "B7", "诉求内容": "桥头路灯不亮", "承办单位": "示例镇"}
    row = style.written(columns, meanings, came, Outcome("桃园 3 号", "换了灯泡。", True, CLOSED), found)  # type: ignore[arg-type]
    assert row[:4] == ["7", "B7", "桥头路灯不亮", "示例镇"]
    assert row[4] == "您好，换了灯泡。感谢您的来电！"
    assert row[5:] == ["2026/11/24 8:07", "已解决", "满意", "已办结", "周文书"]


def test_who_did_not_answer_is_never_written_as_content() -> None:
    found, columns, meanings = learnt()
    row = style.written(columns, meanings, {"工单编号": "B8"}, Outcome("桃园 4 号", "修了", None, CLOSED), found)  # type: ignore[arg-type]
    assert row[6:8] == ["", ""]


def test_what_was_not_mended_is_said() -> None:
    found, columns, meanings = learnt()
    row = style.written(columns, meanings, {}, Outcome("桃园 5 号", "修不了", False, CLOSED), found)  # type: ignore[arg-type]
    assert row[6:8] == ["未解决", ""], "whoever was refused has not said whether that satisfies"


def test_noughts_are_learnt_from_a_moment_that_shows_them() -> None:
    rows = [["工单编号", "诉求内容", "办理结果", "办结时间"], ["1", "灯", "修了", "2026年11月02日 09时05分"]]
    found = style.learn(rows, head_of(rows))
    assert found is not None
    assert found.moments["办结时间"] == "{y}年{m:02}月{d:02}日 {H:02}时{M:02}分"


def test_a_sheet_without_a_filled_row_teaches_nothing() -> None:
    assert style.learn([HEAD, FILLED[3]], head_of([HEAD, FILLED[3]])) is None


def test_a_style_is_kept_and_read_again() -> None:
    found, *_ = learnt()
    assert Style.from_json(found.to_json()) == found
    assert Style.from_json({}) == Style()
