"""Approvals as offices know them, written in plain cells: who has to agree, side by side, copies, how often."""

import io
import re
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from skills import checks, drafting, registry, scenarios
from skills.registry import Skill
from skills.rehearsal.hall import hall
from skills.workbook import books
from skills.workbook.labels import labels
from tests.unit.skills.workbook.filling import begun, saved

Cells = dict[str, str]
OURS = re.compile(r"[a-z_]{3,}")

FORM: list[Cells] = [
    {"叫什么": "什么事", "怎么问": "要用来做什么？", "哪种": "文字"},
    {"叫什么": "多少钱", "怎么问": "要多少钱？", "哪种": "钱", "为什么要问": "钱多要看安全"},
]
FLOW: list[Cells] = [
    {"环节": "一开始", "说哪句": "收到了"},
    {"环节": "几家同时看"},
    {"环节": "村里看", "谁来办": "村文书", "几天": "2 个工作日", "可以做什么": "看过了", "之后到哪": "村里签"},
    {"环节": "村里签", "谁来办": "村主任", "几天": "2 个工作日", "可以做什么": "同意", "之后到哪": "会合"},
    {"可以做什么": "不同意", "要填什么": "为什么（文字）", "之后到哪": "办结", "算什么结果": "不办", "说哪句": "没成"},
    {"环节": "民政看", "谁来办": "民政办", "几天": "2 个工作日", "可以做什么": "没问题", "之后到哪": "会合"},
    {"环节": "村建看", "谁来办": "村建办", "几天": "2 个工作日", "可以做什么": "没问题", "之后到哪": "会合"},
    {"环节": "纪检会签", "谁来办": "纪检", "几天": "2 个工作日", "可以做什么": "同意", "之后到哪": "镇里定"},
    {"可以做什么": "不同意", "要填什么": "为什么（文字）", "之后到哪": "办结", "算什么结果": "不办", "说哪句": "没成"},
    {
        "环节": "镇里定",
        "谁来办": "镇领导",
        "几天": "2 个工作日",
        "可以做什么": "可以办",
        "之后到哪": "办结",
        "说哪句": "成了",
    },
    {"可以做什么": "请再看看", "之后到哪": "纪检会签", "最多几次": "1"},
]
TEXTS: list[Cells] = [
    {"叫什么": "收到了", "说什么": "收到了，{编号}：{什么事}。"},
    {"叫什么": "成了", "说什么": "{编号} 批下来了。"},
    {"叫什么": "没成", "说什么": "{编号} 没有批：{为什么}。"},
]
APPROVALS: list[Cells] = [
    {
        "哪个环节": "几家同时看",
        "抄送谁": "镇文书",
        "都走完了到": "纪检会签",
        "同时走哪几条路": "村里看→村里签；民政看；村建看（多少钱 多于 5000 元）",
    },
    {"哪个环节": "村里签", "同意的动作": "同意", "不同意的动作": "不同意"},
    {
        "哪个环节": "纪检会签",
        "几个人怎么批": "会签",
        "同意的动作": "同意",
        "不同意的动作": "不同意",
        "能退回到": "走过的哪个都行",
    },
    {"哪个环节": "镇里定", "没人可办时": "等着派人", "批到自己的事": "照样问他"},
]
PLAYED: list[Cells] = [
    {
        "场景": "三家看，两人会签，镇里定",
        "哪一类": "顺利",
        "谁": "王婶",
        "做什么": "报了",
        "带上": "什么事=修路；多少钱=6000 元",
        "之后谁手上有": "李会计、何民政、曹建办",
    },
    {"谁": "周文书", "做什么": "听到", "里面有": "抄送您：签2026-0001"},
    {"谁": "何民政", "做什么": "做了", "什么": "没问题", "之后谁手上有": "李会计、曹建办"},
    {"谁": "李会计", "做什么": "做了", "什么": "看过了", "之后谁手上有": "李海、曹建办"},
    {"谁": "李海", "做什么": "做了", "什么": "同意", "之后谁手上有": "曹建办"},
    {"谁": "曹建办", "做什么": "做了", "什么": "没问题", "之后到": "纪检会签", "之后谁手上有": "吴纪检、冯纪检"},
    {"谁": "吴纪检", "做什么": "做了", "什么": "同意", "之后到": "纪检会签", "之后谁手上有": "冯纪检"},
    {"谁": "冯纪检", "做什么": "做了", "什么": "同意", "之后到": "镇里定", "之后谁手上有": "马镇长"},
    {"谁": "马镇长", "做什么": "做了", "什么": "请再看看", "之后谁手上有": "吴纪检、冯纪检"},
    {"谁": "吴纪检", "做什么": "做了", "什么": "同意"},
    {"谁": "冯纪检", "做什么": "做了", "什么": "同意"},
    {"谁": "马镇长", "做什么": "做不了", "什么": "请再看看", "为什么不成": "次数用完了"},
    {"谁": "马镇长", "做什么": "做了", "什么": "可以办", "之后到": "办好"},
    {
        "场景": "钱少的不找村建；会签里一个人不同意就不办",
        "哪一类": "不让做",
        "谁": "王婶",
        "做什么": "报了",
        "带上": "什么事=修灯；多少钱=300 元",
        "之后谁手上有": "李会计、何民政",
    },
    {"谁": "李会计", "做什么": "做了", "什么": "看过了"},
    {"谁": "李海", "做什么": "做了", "什么": "同意"},
    {"谁": "何民政", "做什么": "做了", "什么": "没问题", "之后谁手上有": "吴纪检、冯纪检"},
    {"谁": "冯纪检", "做什么": "做了", "什么": "不同意", "带上": "为什么=手续不全", "之后到": "不办"},
    {"谁": "王婶", "做什么": "听到", "里面有": "手续不全"},
]
BASICS = {
    "名称": "三家会签",
    "一句话说明": "几家看了，再会签",
    "归谁管": "党政办",
    "纸质表": "会签单",
    "村民怎么说": "想请几家一起批一笔钱",
    "编号开头的字": "签",
    "说没办好回到哪": "",
    "同意过的人": "同意过就不再问",
    "办结时抄送": "镇文书",
}


FOLDER = {
    "skill.yaml": """
name: 会签
summary: 几个人签
owner: 党政办
for: [resident]
paper: 会签单
examples: [想请几家签]
form:
  floors: {kind: number, name: 几层, ask: ask_floors, unit: [层], why: 高的要看安全}
workflow:
  start: review
  number: skill
  prefix: 签
  same_person: adjacent
  cc: {opened: town_clerk of town, closed: town_leader of town}
  stages:
    review:
      title: 一起看
      cc: town_duty of town
      branches: [{stages: [look, seen]}, {stages: [safe], when: floors > 2}]
      to: [{when: floors > 5, is: sign}, {is: closed}]
    look: {title: 看, who: village_clerk of village, actions: {ok: {title: 没问题, to: seen}}}
    seen:
      title: 签
      who: village_head of village
      back: any
      if_own: pass
      actions: {ok: {title: 没问题, to: joined, vote: "yes"}}
    safe:
      title: 看安全
      who: building of town
      mode: in_order
      if_nobody: pass
      back: start
      actions:
        ok: {title: 没问题, to: joined, vote: "yes", limit: 3}
        bad: {title: 有问题, to: joined, vote: "no"}
        worse: {title: 问题大, to: joined, vote: "no"}
    sign:
      title: 会签
      who: discipline of town
      mode: all
      back: previous
      actions: {ok: {title: 同意, to: closed, vote: "yes"}}
texts:
  ask_floors: 几层？
""",
}


def rewritten(book: Workbook, sheet: str, rows: list[Cells]) -> None:
    """Put rows in the place of those that the blank book has, each cell under its head."""
    page = book[sheet]
    heads = {cell.value: cell.column for cell in page[1]}
    page.delete_rows(2, page.max_row)
    for number, row in enumerate(rows, 2):
        for head, text in row.items():
            page.cell(number, heads[head]).value = text


def countersigned(**instead: list[Cells]) -> bytes:
    """The blank workbook as a clerk fills it, from the guide alone."""
    content = begun("san_jia", BASICS)
    book = load_workbook(io.BytesIO(content))
    sheets = {"问什么": FORM, "谁办几天": FLOW, "怎么说": TEXTS, "审批": APPROVALS, "试一试": PLAYED, **instead}
    for sheet, rows in sheets.items():
        rewritten(book, sheet, rows)
    return saved(book)


def skill_of(content: bytes, name: str = "") -> Skill:
    loaded = books.load("会签.xlsx", content, name)
    assert loaded.skill, [str(one) for one in loaded.problems]
    return loaded.skill


def told(**instead: list[Cells]) -> list[str]:
    return [str(one).replace("xlsx", "") for one in books.load("会签.xlsx", countersigned(**instead)).problems]


def test_several_have_to_agree_while_others_look_beside_them_and_it_plays_as_written() -> None:
    skill = skill_of(countersigned())
    stages = skill.definition.workflow.stages
    assert [way.stages for way in next(one for one in stages.values() if one.branches).branches] == [
        ("cun_li_kan", "cun_li_qian"),
        ("min_zheng_kan",),
        ("cun_jian_kan",),
    ]
    with hall() as place:
        results = [place.play(skill, one.scenario) for one in rehearsals(skill)]
    assert [(one.passed, one.step, one.why) for one in results] == [(True, 0, ""), (True, 0, "")]


def rehearsals(skill: Skill) -> list[Any]:
    return [one for one in scenarios.of(skill.id, skill.files) if one.scenario]


def test_it_is_exported_in_the_same_cells_and_comes_back_the_same() -> None:
    skill = skill_of(countersigned())
    once = books.dump(skill)
    book = load_workbook(io.BytesIO(once))
    page = book["审批"]
    heads = [cell.value for cell in page[1]]
    cells = page.iter_rows(2, values_only=True)
    rows = [{head: cell for head, cell in zip(heads, row, strict=True) if cell} for row in cells]
    wanted = [{**one} for one in APPROVALS[:3]]
    assert rows == wanted  # what is so anyway needs no row
    for sheet in ("谁办几天", "基本"):
        assert not [cell for row in book[sheet].iter_rows(values_only=True) for cell in row if str(cell)[:1] == "{"]
    again = skill_of(once, skill.id)
    assert again.files == skill.files


def test_a_folder_with_all_of_it_needs_no_code_in_its_workbook() -> None:
    skill = registry.load_files("san_jia", FOLDER).skill
    assert skill is not None
    content = books.dump(skill)
    book = load_workbook(io.BytesIO(content))
    cells = [cell for page in book.worksheets for row in page.iter_rows(values_only=True) for cell in row]
    assert [cell for cell in cells if str(cell)[:1] == "{"] == ['{"clocks": {}}']  # that it promises nothing
    assert skill_of(content, "san_jia").definition == skill.definition


def test_the_cells_have_lists_to_choose_from() -> None:
    page = load_workbook(io.BytesIO(drafting.empty_book("x")))["审批"]
    offered = [rule.formula1 for rule in page.data_validations.dataValidation]
    for group in ("modes", "backs", "if_nobody", "if_own"):
        assert f'"{",".join(labels()[group].values())}"' in offered


def changed(row: int, **cells: str) -> list[Cells]:
    return [{**one, **cells} if n == row else one for n, one in enumerate(APPROVALS)]


WRONG: dict[str, tuple[dict[str, list[Cells]], str, str]] = {
    "a stage that is not there": ({"审批": changed(2, 哪个环节="纪检会鉴")}, "第 4 行 A 列", "纪检会签"),
    "a stage twice": ({"审批": [*APPROVALS, APPROVALS[1]]}, "第 6 行 A 列", "写了两遍"),
    "no stage": ({"审批": changed(1, 哪个环节="")}, "第 3 行 A 列", "哪个环节"),
    "a mode of nobody's": ({"审批": changed(2, 几个人怎么批="汇签")}, "第 4 行 B 列", "会签"),
    "an action of another stage": ({"审批": changed(2, 同意的动作="没问题")}, "第 4 行 C 列", "同意、不同意"),
    "several agree by nothing": ({"审批": changed(2, 同意的动作="")}, "第 4 行 B 列", "头一个人一点就过了"),
    "no way back so far": ({"审批": changed(2, 能退回到="最前面")}, "第 4 行 E 列", "第一个环节、上一个环节"),
    "nobody counts as yes without a yes": ({"审批": changed(3, 没人可办时="算同意")}, "第 5 行 F 列", "同意的动作"),
    "copies to nobody": ({"审批": changed(0, 抄送谁="镇文员")}, "第 2 行 H 列", "镇文书"),
    "a way through nothing": ({"审批": changed(0, 同时走哪几条路="村里看→村里盖；民政看")}, "第 2 行 I 列", "村里签"),
    "a way on a strange condition": (
        {"审批": changed(0, 同时走哪几条路="村里看→村里签；民政看；村建看（钱多）")},
        "第 2 行 I 列",
        "钱多",
    ),
    "ways without an end": ({"审批": changed(0, 都走完了到="")}, "第 2 行", "都走完了到"),
    "an end without ways": ({"审批": changed(3, 都走完了到="纪检会签")}, "第 5 行 J 列", "都走完了到"),
    "how often in words": ({"谁办几天": [*FLOW[:-1], {**FLOW[-1], "最多几次": "一两回"}]}, "第 12 行", "要写成数字"),
    "never at all": ({"谁办几天": [*FLOW[:-1], {**FLOW[-1], "最多几次": "0"}]}, "第 12 行", "最多几次"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_told_once_with_its_cell_and_in_words(case: str) -> None:
    instead, place, word = WRONG[case]
    found = told(**instead)
    assert len(found) == 1, found
    assert place in found[0]
    assert word in found[0]
    assert not OURS.findall(found[0]), found


def test_several_offices_in_one_cell_do_not_all_sign_and_check_says_so() -> None:
    flow = [{**one, "谁来办": "纪检、镇文书"} if one.get("环节") == "纪检会签" else one for one in FLOW]
    skill = skill_of(countersigned(谁办几天=flow))
    assert any("纪检会签" in one and "同时走哪几条路" in one for one in checks.warnings(skill))
    assert not any("同时走哪几条路" in one for one in checks.warnings(skill_of(countersigned())))


def test_a_sentence_that_nobody_says_is_told_by_what_its_author_calls_it() -> None:
    unused = countersigned(怎么说=[*TEXTS, {"叫什么": "多余的话", "说什么": "没人说这句。"}])
    assert "“多余的话”这句话没有地方用。" in checks.warnings(skill_of(unused))
