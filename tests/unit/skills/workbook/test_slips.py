"""What clerks get wrong in cells that few fill, and what comes out of services that were written as folders."""

import re

import pytest
from openpyxl import Workbook

from skills import registry
from skills.registry import Loaded, Skill
from skills.workbook import books, tables
from skills.workbook.labels import labels
from tests.unit.skills.test_broken import banquet
from tests.unit.skills.workbook.filling import saved

GALLERY = registry.HERE / "gallery"
OURS = re.compile(r"[a-z_]{3,}")


def load(book: Workbook) -> Loaded:
    return books.load("家宴.xlsx", saved(book))


def told(book: Workbook) -> str:
    return "\n".join(map(str, load(book).problems)).replace("xlsx", "")


def set_cell(book: Workbook, sheet: str, head: str, row: int, value: str | None) -> None:
    heads = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(row, heads.index(head) + 1).value = value


LAST = [("问什么", "其他", 3), ("谁办几天", "环节其他", 3), ("谁办几天", "动作其他", 3), ("试一试", "其他", 2)]


@pytest.mark.parametrize(("sheet", "head", "row"), LAST)
@pytest.mark.parametrize("text", ["12", "[1, 2]", '"字"', "随便写的"])
def test_the_last_column_takes_only_what_the_house_wrote(sheet: str, head: str, row: int, text: str) -> None:
    book = banquet()
    set_cell(book, sheet, head, row, text)
    assert f"「{sheet}」第 {row} 行" in told(book)
    assert "是系统写的，删掉再试" in told(book)


def test_a_sentence_or_a_way_on_of_no_action_is_told() -> None:
    book = banquet()
    book["谁办几天"].append(["村民随时", "", "", "", "", "", "", "", "", "", "", "谢谢"])
    assert "写了“说哪句”，没写“可以做什么”" in told(book)
    book = banquet()
    set_cell(book, "谁办几天", "可以做什么", 4, None)
    assert "「谁办几天」第 4 行 F 列：写了“之后到哪”，没写“可以做什么”" in told(book)


def row(name: str, ask: str, kind: str, options: str = "", **more: str) -> list[str]:
    cells = [name, ask, kind, options, "", "", "", "", more.get("when", ""), "", more.get("unit", "")]
    return [*cells, more.get("value", "")]


def asked(*rows: list[str]) -> Workbook:
    book = banquet()
    for one in rows:
        book["问什么"].append(one)
    return book


def skill_of(loaded: Loaded) -> Skill:
    assert loaded.skill, [str(one) for one in loaded.problems]
    return loaded.skill


def test_what_is_worked_out_and_a_table_of_rows_are_said_in_cells() -> None:
    skill = skill_of(
        load(
            asked(
                row("多少桌", "几桌？", "数字", unit="桌"),
                row("大约几人", "", "数字", unit="人", value="多少桌 × 10 加 2"),
                row("身份证", "身份证号？", "身份证号"),
                row("多大岁数", "", "数字", value="身份证的岁数"),
                row("礼单", "谁随了多少？一行一个。", "一行一行的表", "姓名（文字）、礼金（钱，可以不填）"),
            )
        )
    )
    form = skill.definition.form
    assert str(form["duo_shao_zhuo"].unit[0]) == "桌"
    assert [spec.value.source for spec in form.values() if spec.value] == [
        "duo_shao_zhuo * 10 + 2",
        "shen_fen_zheng.age",
    ]
    assert [(one.name, one.kind.value, one.optional) for one in form["li_dan"].rows.values()] == [
        ("姓名", "text", False),
        ("礼金", "money", True),
    ]
    once = books.dump(skill)
    book, _ = tables.read("家宴.xlsx", once)
    said = {one.get("name"): one for one in book.rows("form")}
    assert said["大约几人"].get("value") == "多少桌 × 10 加 2"
    assert said["多大岁数"].get("value") == "身份证的岁数"
    assert said["礼单"].get("options") == "姓名（文字）、礼金（钱，可以不填）"
    assert not said["礼单"].get("more")
    assert skill_of(books.load("家宴.xlsx", once)).files == skill.files


WRONG = {
    "a sum of nothing": (row("大约几人", "", "数字", value="多少桌 × × 3"), "算不出来，写法如：多少桌 × 10"),
    "a sum of what nobody asks": (row("大约几人", "", "数字", value="气球 × 3"), "条件里的“气球”"),
    "a table without columns": (row("礼单", "谁随了多少？", "一行一行的表"), "“有哪些选项”就写有哪几列"),
    "a column of no kind": (row("礼单", "谁随了多少？", "一行一行的表", "姓名（文章）"), "没有“文章”这一种"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_worked_out_or_has_no_columns_is_told_in_words(kind: str) -> None:
    cells, word = WRONG[kind]
    found = told(asked(cells))
    assert word in found
    assert not OURS.findall(found), found


def test_every_kind_that_may_be_chosen_is_a_kind() -> None:
    kinds = list(labels()["kinds"].values())
    assert len(kinds) == len(set(kinds))
    for kind in kinds:
        options = {"选一个": "红事、白事", "一行一行的表": "姓名（文字）"}.get(kind, "")
        assert load(asked(row("又一样", "是什么？", kind, options))).skill, kind


def flow_of(name: str) -> tables.Book:
    skill = skill_of(registry.load(GALLERY / name))
    return tables.read(f"{name}.xlsx", books.dump(skill))[0]


def test_actions_and_conditions_are_said_in_the_words_of_a_clerk() -> None:
    queue = flow_of("well_queue").rows("booked")[0]
    assert [queue.get(one) for one in ("call", "pause", "give_way", "swap")] == [
        "轮到了",
        "先停",
        "让后面的先",
        "跟人换",
    ]
    feast = flow_of("feast")
    assert "几桌 不少于 30：镇里也看；其他：约好了" in [one.get("to") for one in feast.rows("flow")]
    assert "自动：办完了" in [one.get("late") for one in feast.rows("flow")]
