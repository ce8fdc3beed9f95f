"""A workbook is a door as good as a folder: every service comes out as it went in, and mistakes name their cell."""

import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from skills import checks, drafting, folders, registry, scenarios
from skills.commands import app_skills
from skills.registry import Loaded, Skill
from skills.workbook import books, tables
from skills.workbook.labels import columns, labels
from tests.unit.skills.workbook.filling import begun, saved

LISTED = registry.load(Path(registry.HERE) / "gallery" / "insurance_reminder")
HOUSE = [one.skill for one in registry.house() if one.skill]
BY_ID = {one.id: one for one in HOUSE}


@cache
def book_of(skill: str) -> bytes:
    return books.dump(BY_ID[skill])


def played(skill: Skill) -> list[dict[str, Any]]:
    return [scenarios.together([one.scenario]) for one in scenarios.of(skill.id, skill.files) if one.scenario]


def skill_of(loaded: Loaded) -> Skill:
    assert loaded.skill is not None, [str(problem) for problem in loaded.problems]
    return loaded.skill


@pytest.mark.parametrize("skill", HOUSE, ids=[one.id for one in HOUSE])
def test_every_service_comes_back_from_its_workbook_as_it_was(skill: Skill) -> None:
    again = skill_of(books.load("x.xlsx", book_of(skill.id), skill.id))
    assert again.definition == skill.definition
    assert again.manifest.model_copy(update={"sayings": {}}) == skill.manifest.model_copy(update={"sayings": {}})
    assert {kind: text.split("\n") for kind, text in again.manifest.sayings.items()} == {
        kind: [line for line in text.splitlines() if line.strip()] for kind, text in skill.manifest.sayings.items()
    }
    assert played(again) == played(skill)


@pytest.mark.parametrize("skill", HOUSE, ids=[one.id for one in HOUSE])
def test_a_folder_that_is_written_anew_says_the_same(skill: Skill) -> None:
    files = folders.files_of(skill.manifest, scenarios.by_file(skill.id, skill.files))
    again = skill_of(registry.load_files(skill.id, files))
    assert again.manifest == skill.manifest
    assert played(again) == played(skill)


@pytest.mark.parametrize("skill", HOUSE, ids=[one.id for one in HOUSE])
def test_whom_a_stage_never_asks_and_for_whom_something_is_reported_need_no_code(skill: Skill) -> None:
    rows = [row for sheet in ("谁办几天", "试一试") for row in cells(book_of(skill.id))[sheet]]
    assert not [cell for row in rows for cell in row if '"without"' in cell or '"for"' in cell]


def cells(content: bytes) -> dict[str, list[tuple[str, ...]]]:
    book = load_workbook(io.BytesIO(content))
    return {
        page.title: [tuple(str(cell or "") for cell in row) for row in page.iter_rows(values_only=True)]
        for page in book.worksheets
    }


def banquet() -> bytes:
    """The workbook of a banquet as a clerk would fill it, from the empty one."""
    return begun(
        "jiayan",
        {
            "名称": "家宴预约", "一句话说明": "办红白事借文化大院", "归谁管": "红白理事会", "纸质表": "家宴申报表",
            "村民怎么说": "俺家要办酒席", "编号开头的字": "宴",
        },
    )  # fmt: skip


def test_a_filled_template_can_be_run_and_is_exported_the_same() -> None:
    skill = skill_of(books.load("家宴.xlsx", banquet()))
    assert (skill.id, skill.manifest.name, skill.manifest.examples) == ("jiayan", "家宴预约", ("俺家要办酒席",))
    assert len(played(skill)) == 2
    once = books.dump(skill)
    assert cells(once) == cells(banquet())
    again = skill_of(books.load("家宴.xlsx", once))
    assert again.files == skill.files
    assert cells(books.dump(again)) == cells(once)


def test_two_persons_who_must_differ_are_said_in_a_cell() -> None:
    skill = skill_of(books.load("家宴.xlsx", put_without(banquet(), "村民、办“等人接手”的人")))
    stage = next(one for one in skill.definition.workflow.stages.values() if one.without)
    assert stage.without == ("villager", f"stage {next(iter(skill.definition.workflow.stages))}")
    assert "村民、办“等人接手”的人" in str(cells(books.dump(skill))["谁办几天"])
    found = books.load("家宴.xlsx", put_without(banquet(), "村民、办“等人接收”的人")).problems
    assert any(re.search("「谁办几天」第 5 行 [A-Z]+ 列", str(one)) and "等人接手" in str(one) for one in found), found


def put_without(content: bytes, said: str) -> bytes:
    """Say whom the stage in the fifth row never asks."""
    book = load_workbook(io.BytesIO(content))
    page = book["谁办几天"]
    page.cell(5, [cell.value for cell in page[1]].index("不能是谁") + 1).value = said
    return saved(book)


def test_the_empty_workbook_has_lists_to_choose_from_and_says_what_is_missing() -> None:
    content = drafting.empty_book("borrow_tables")
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [
        labels()["sheets"][key]
        for key in ("basics", "form", "flow", "texts", "scenarios", "booked", "crowd", "approvals")
    ]
    assert all(book[title].data_validations.dataValidation for title in book.sheetnames if title != "怎么说")
    assert str(book["名单公示"].data_validations.dataValidation[-1].sqref) == "B9"
    found = [str(problem) for problem in books.load("空.xlsx", content).problems]
    assert [one.partition("还空着")[0] for one in found] == [
        "空.xlsx「基本」第 3 行 B 列：“名称”",
        "空.xlsx「基本」第 4 行 B 列：“一句话说明”",
        "空.xlsx「基本」第 5 行 B 列：“归谁管”",
        "空.xlsx「基本」第 9 行 B 列：“村民怎么说”",
    ]
    assert found[0].endswith("在这一格填：村民叫它什么，比如：家宴预约。")


def half() -> Workbook:
    """A template in which a clerk has filled the first sheet."""
    values = {"名称": "家宴预约", "一句话说明": "用村里食堂，先约日子", "归谁管": "党政办", "村民怎么说": "俺家办喜事"}
    return load_workbook(io.BytesIO(begun("jiayan", values)))


def set_cell(sheet: str, head: str, row: int, value: str | None) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        heads = [cell.value for cell in book[sheet][1]]
        book[sheet].cell(row, heads.index(head) + 1).value = value

    return change


def added(sheet: str, *cells: str) -> Callable[[Workbook], None]:
    return lambda book: book[sheet].append(cells)


SLIPS: dict[str, tuple[Callable[[Workbook], None], str]] = {
    "the row of who it belongs to is deleted": (
        lambda book: book["基本"].delete_rows(5),
        "「基本」第 20 行 A 列：少了“归谁管”这一行：在下面加一行，左边写“归谁管”，中间填：",
    ),
    "nobody may use it": (set_cell("基本", "填在这里", 6, None), "「基本」第 6 行 B 列：“谁能用”还空着"),
    "a kind that is called otherwise": (set_cell("问什么", "哪种", 3, "日期"), "可以写：文字、选一个、"),
    "one of several without any": (
        added("问什么", "哪一类", "哪一类？", "选一个"),
        "“有哪些选项”就要写，比如：红事、白事",
    ),
    "a condition of a word that nobody knows": (
        added("问什么", "多少桌", "几桌？", "数字", "", "", "", "", "", "要是大席"),
        "条件里的“要”，“问什么”和“要填什么”里都没有",
    ),
    "a stage that is not there": (
        set_cell("谁办几天", "之后到哪", 3, "办理中"),
        "没有“办理中”这个环节。 可以写：等人接手、正在办、等村民说好没好、办结、留在原处。",
    ),
    "no stage at all": (
        lambda book: book["谁办几天"].delete_rows(3, 8),
        "「谁办几天」第 2 行 A 列：这张表里还没有一个环节",
    ),
    "a length that is no length": (
        set_cell("试一试", "什么", 13, "五个小时吧"),
        "时限“五个小时吧”读不懂，写法如：30 分钟",
    ),
    "a deed that is none": (set_cell("试一试", "什么", 5, "接手"), "「试一试」第 5 行 H 列：没有“接手”。"),
    "a sheet that was renamed": (
        lambda book: setattr(book["问什么"], "title", "问啥"),
        "家宴.xlsx：少了“问什么”这一张表。 表里有“问啥”，要是它，把名字改回“问什么”。",
    ),
    "a code in characters": (set_cell("基本", "填在这里", 2, "家宴"), "代号“家宴”要用小写英文字母、数字和下划线"),
    "a thing without its time": (
        added("借约排队", "什么事", "东西", "6"),
        "「借约排队」第 2 行 A 列：“什么时候用”还空着",
    ),
    "a thing that nobody is asked for": (
        added("借约排队", "水桶", "东西", "6", "", "", "多少桌"),
        "「借约排队」第 2 行 A 列：没有“水桶”。",
    ),
    "somebody who is not there": (
        set_cell("试一试", "谁", 2, "王大婶"),
        "「试一试」第 2 行 F 列：演练的镇里没有“王大婶”这个人。 是不是想写“王婶”？",
    ),
    "a beginning in words": (
        set_cell("试一试", "什么时候开始", 2, "11月23日上午9点"),
        "「试一试」第 2 行 C 列：“11月23日上午9点”读不懂，写法如：2026-11-23 09:00。",
    ),
    "an end that is none": (set_cell("试一试", "什么", 11, "好"), "「试一试」第 11 行 H 列：没有“好”。"),
    "a head that was renamed": (
        set_cell("问什么", "哪种", 1, "类型"),
        "「问什么」第 1 行 C 列：不认识“类型”这一列。 这里本来是“哪种”，要是它，把名字改回来。",
    ),
    "bounds of no kind": (
        added("问什么", "几亩地", "几亩？", "", "", "", "", "1", "60"),
        "「问什么」第 4 行 C 列：“哪种”这一格空着，要填。",
    ),
    "an address of no stage": (
        set_cell("名单公示", "填在这里", 15, "办好了"),
        "「名单公示」第 15 行 C 列：“哪个环节”这一格空着",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_by_sheet_row_and_label_and_with_what_to_write(slip: str) -> None:
    change, told = SLIPS[slip]
    book = half()
    change(book)
    found = [str(problem) for problem in books.load("家宴.xlsx", saved(book)).problems]
    assert any(told in one for one in found), found
    assert not re.findall(r"[a-z_]{3,}", "".join(found).replace("xlsx", "")), found


def test_a_kind_that_is_written_wrong_is_told_once_and_nothing_that_only_follows() -> None:
    book = half()
    set_cell("问什么", "哪种", 3, "数子")(book)
    found = [str(problem) for problem in books.load("家宴.xlsx", saved(book)).problems]
    assert len([one for one in found if "「问什么」第 3 行 C 列：“数子”不在可选的几个里" in one]) == 1
    assert not [one for one in found if "「基本」第 1 行" in one]


def test_what_a_clerk_writes_in_a_cell_counts_before_what_the_last_column_keeps() -> None:
    book = half()
    set_cell("谁办几天", "环节其他", 3, '{"late": [{"at": "50%", "do": "digest"}]}')(book)
    set_cell("谁办几天", "到时没办", 3, "自动办结")(book)
    stage = next(iter(skill_of(books.load("家宴.xlsx", saved(book))).manifest.workflow.stages.values()))
    assert [(one.do.value, str(one.at)) for one in stage.late or ()] == [("close", "100%")]


def test_signs_of_the_other_width_are_read_as_meant() -> None:
    book = half()
    set_cell("基本", "填在这里", 6, "村民,干部")(book)
    set_cell("谁办几天", "谁来办", 3, "村文书或镇文书")(book)
    set_cell("怎么说", "说什么", 4, "好，｛编号｝办结了。")(book)
    book["问什么"].append(["哪一样", "哪一样？", "选一个", "红事(结婚,娶媳妇),白事"])
    manifest = skill_of(books.load("家宴.xlsx", saved(book))).manifest
    assert list(manifest.audience) == ["resident", "cadre"]
    assert skill_of(books.load("家宴.xlsx", saved(book))).definition.workflow.stages["accept"].who.source == (
        "village_clerk of village or town_clerk of town"
    )
    assert manifest.texts["thanks"] == "好，{number}办结了。"
    (choice,) = (spec for spec in manifest.form.values() if spec.options)
    assert [one.name for one in choice.options.values()] == ["红事", "白事"]
    assert next(iter(choice.options.values())).words == ("结婚", "娶媳妇")


def test_several_options_that_were_read_as_one_are_warned_of() -> None:
    book = half()
    book["问什么"].append(["哪口井", "哪口井？", "选一个", "东井/西井"])
    told = checks.warnings(skill_of(books.load("家宴.xlsx", saved(book))))
    assert any("“哪口井”只有一个选项“东井/西井”" in one for one in told)


def test_a_row_is_known_by_the_column_of_a_field_when_the_field_is_named() -> None:
    book = load_workbook(io.BytesIO(books.dump(skill_of(LISTED))))
    page = book["名单公示"]
    rows = {page.cell(row, 1).value: row for row in range(2, page.max_row + 1)}
    page.cell(rows["名单里认人的列"], 2).value = "户主、组"
    page.cell(rows["哪一项在哪一列"], 2).value = "户主=姓名、组=组、电话=电话、几口人=人数、应缴=金额"
    roster = skill_of(books.load("医保.xlsx", saved(book))).definition.workflow.roster
    assert roster is not None
    assert roster.key == (("姓名",), ("组",))


def test_a_rehearsal_whose_name_stands_in_every_row_is_one() -> None:
    book = half()
    page = book["试一试"]
    for row in range(2, 12):
        page.cell(row, 1).value = page.cell(2, 1).value
    skill = skill_of(books.load("家宴.xlsx", saved(book)))
    assert len(scenarios.of(skill.id, skill.files)) == 2


def test_what_a_step_brings_may_be_parted_by_commas() -> None:
    book = half()
    set_cell("试一试", "带上", 2, "什么事=我要办，要办，哪一天：后天")(book)
    skill = skill_of(books.load("家宴.xlsx", saved(book)))
    (first, *_) = (one.scenario for one in scenarios.of(skill.id, skill.files) if one.scenario)
    assert first.steps[0].reports == {"what": "我要办，要办", "day": "后天"}


def test_a_rehearsal_that_fails_is_told_by_its_row(tmp_path: Path) -> None:
    book = half()
    set_cell("试一试", "谁", 4, "李海")(book)
    path = tmp_path / "家宴.xlsx"
    path.write_bytes(saved(book))
    found = CliRunner().invoke(app_skills, ["test", str(path)])
    assert "家宴.xlsx「试一试」第 4 行：家宴预约" in found.output
    assert "李海 手上没有这件事：现在在“等人接手”，手上有的是李会计" in found.output


def test_what_will_hurt_is_told_by_the_labels_of_the_workbook() -> None:
    book = half()
    book["问什么"].append(["身份证", "身份证号？", "身份证号", "", "", "是"])
    book["试一试"].delete_rows(2, 40)
    skill = skill_of(books.load("家宴.xlsx", saved(book)))
    told = checks.warnings(skill)
    assert len(told) >= 4
    assert not re.findall(r"[a-z_]{3,}", "".join(told)), told
    assert any("（consent）" in one for one in checks.warnings(skill, in_book=False))


def test_what_is_no_workbook_is_said_in_a_sentence() -> None:
    for content in (b"", b"PK\x03\x04 nothing", b"name,answer\n"):
        (problem,) = books.load("坏.xlsx", content).problems
        assert "打不开" in str(problem)
    assert not books.is_book(b"")
    assert books.is_book(banquet())


def test_the_columns_of_every_sheet_are_named_once() -> None:
    for key in labels()["sheets"]:
        heads = list(columns(key).values())
        assert len(heads) == len(set(heads))
    assert tables.NEEDED
