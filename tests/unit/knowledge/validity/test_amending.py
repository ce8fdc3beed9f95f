"""What a decision changes, article by article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.splitters import Clause
from knowledge.validity.amending import Amended, Change, apply, read

TITLE = "关于修改《示例镇停车办法》的决定"
OLD = (
    Clause("第一条", "", "第一条", None, "停车每小时收两元，当天最多收十元。"),
    Clause("第二条", "", "第二条", None, "下列车辆不收费：\n（一）救护车；\n（二）残疾人专用车。"),
    Clause("第三条", "", "第三条", None, "停车不满十五分钟的不收费。"),
    Clause("第四条", "", "第四条", None, "本办法自2025年1月1日起施行。"),
)


def amended(*instructions: str, clauses: tuple[Clause, ...] = OLD, tail: str = "") -> Amended:
    said = "\n".join(f"{n}、{one}" for n, one in zip("一二三四五", instructions, strict=False))
    (found,) = read(f"对《示例镇停车办法》作如下修改：\n{said}\n{tail}本决定自2027年1月1日起施行。", TITLE)
    return apply(clauses, found)


def texts(found: Amended) -> list[str]:
    assert found.problems == ()
    return [f"{one.number} {one.text}" for one in found.clauses]


def test_an_article_is_replaced_and_the_others_stay_as_they_are() -> None:
    found = amended("第一条修改为：“第一条　停车每小时收三元。”")
    assert texts(found)[0] == "第一条 停车每小时收三元。"
    assert found.clauses[1:] == OLD[1:]
    assert found.changes == (Change("第一条", OLD[0].text, "停车每小时收三元。"),)


def test_an_article_of_several_lines_with_quotes_inside() -> None:
    found = amended("第二条修改为：“第二条 下列车辆不收费：\n（一）救护车；\n（二）办了“爱心卡”的车。”", "删去第三条。")
    assert found.clauses[1].text == "下列车辆不收费：\n（一）救护车；\n（二）办了“爱心卡”的车。"
    assert [one.number for one in found.clauses] == ["第一条", "第二条", "第四条"]


def test_words_are_put_in_the_place_of_words() -> None:
    found = amended("将第一条中的“两元”修改为“三元”、“十元”修改为“十五元”。")
    assert found.clauses[0].text == "停车每小时收三元，当天最多收十五元。"
    assert amended("删去第一条中的“，当天最多收十元”。").clauses[0].text == "停车每小时收两元。"


def test_an_article_is_added_behind_or_between() -> None:
    found = amended("增加一条，作为第三条：“第三条　充电停车另收电费。”")
    assert texts(found)[2:] == [
        "第三条 充电停车另收电费。",
        "第四条 停车不满十五分钟的不收费。",
        "第五条 本办法自2025年1月1日起施行。",
    ]
    found = amended("在第三条后增加一条，作为第三条之一：“充电停车另收电费。”")
    assert [one.number for one in found.clauses] == ["第一条", "第二条", "第三条", "第三条之一", "第四条"]
    assert found.clauses[4] == OLD[3]


def test_numbers_move_only_where_the_decision_says_so() -> None:
    assert [one.number for one in amended("删去第二条。").clauses] == ["第一条", "第三条", "第四条"]
    moved = amended("删去第二条。", tail="条文顺序作相应调整。\n")
    assert [one.number for one in moved.clauses] == ["第一条", "第二条", "第三条"]
    assert moved.changes == (Change("第二条", OLD[1].text, ""),)


@pytest.mark.parametrize(
    ("instruction", "problem"),
    [
        ("第九条修改为：“第九条 停车免费。”", "amendment_no_article"),
        ("第一条修改为：“第二条 停车免费。”", "amendment_other_number"),
        ("将第一条中的“五元”修改为“六元”。", "amendment_no_words"),
        ("将第一条中的“元”修改为“块”。", "amendment_words_twice"),
        ("增加一条，作为第九条：“停车免费。”", "amendment_no_place"),
        ("第二条第一款修改为：“停车免费。”", "amendment_unread"),
        ("将“停车”统一修改为“泊车”。", "amendment_unread"),
    ],
)
def test_what_cannot_be_done_without_a_guess_changes_nothing(instruction: str, problem: str) -> None:
    found = amended("删去第三条。", instruction)
    assert [code for code, _ in found.problems] == [problem]
    assert found.clauses == ()


def test_a_clause_that_points_at_an_article_that_moves_is_a_persons_work() -> None:
    points = (*OLD, Clause("第五条", "", "第五条", None, "违反第三条的，补交停车费。"))
    found = amended("删去第二条。", tail="条文顺序作相应调整。\n", clauses=points)
    assert found.problems == (("amendment_points", "第四条"),)
    assert amended("删去第四条。", clauses=points).problems == ()


def test_several_documents_in_one_decision() -> None:
    text = "一、对《甲办法》（示例政发〔2020〕1号）作如下修改：\n删去第三条。\n二、对《乙办法》作出修改：\n删去第五条。"
    first, second = read(text, "关于修改部分文件的决定")
    assert (first.title, first.doc_no, second.title) == ("甲办法", "示例政发〔2020〕1号", "乙办法")
    assert [edit.number for one in (first, second) for edit in one.edits] == ["3", "5"]


def test_an_ordinary_document_amends_nothing() -> None:
    assert read("第一条 家里人口增加或者收入改变的，修改登记。", "低保办法") == []
    assert read("删去第三条的内容很多人问起。", "问答") == []


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True), st.booleans())
def test_what_is_not_named_keeps_its_words(gone: list[int], renumbers: bool) -> None:
    names = "、".join(f"第{'一二三'[n - 1]}条" for n in sorted(gone))
    found = amended(f"删去{names}。", tail="条文顺序作相应调整。\n" if renumbers else "")
    kept = [one.text for n, one in enumerate(OLD, 1) if n not in gone]
    assert [one.text for one in found.clauses] == kept
    assert len({one.path for one in found.clauses}) == len(found.clauses)
    assert all(one.before and not one.after for one in found.changes)
