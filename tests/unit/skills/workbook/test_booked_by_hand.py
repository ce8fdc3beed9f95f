"""What people borrow, book and queue for, filled into the empty workbook by hand as the guide says, and played."""

import io
from collections.abc import Iterator, Mapping

import pytest
from openpyxl import Workbook, load_workbook

from skills import checks, registry, scenarios
from skills.registry import Skill
from skills.rehearsal.hall import Hall, hall
from skills.workbook import books
from tests.unit.skills.workbook.filling import begun, saved

Rows = list[dict[str, str]]
TILLER: Mapping[str, Rows] = {
    "问什么": [
        {"叫什么": "旋耕机", "怎么问": "要几台？", "哪种": "数字", "最少": "1", "单位": "台"},
        {"叫什么": "哪几天用", "怎么问": "哪几天用？", "哪种": "从哪天到哪天"},
    ],
    "谁办几天": [
        {"环节": "一开始", "说哪句": "留好了"},
        {"环节": "借出去了", "谁来办": "网格员 或者 村文书", "几天": "哪几天用", "到时没办": "提醒：该还了",
         "可以做什么": "还了一部分", "要填什么": "还了几台（数字）", "之后到哪": "留在原处"},
        {"可以做什么": "都还了", "要填什么": "坏了几台（数字，可以不填）", "之后到哪": "办结"},
        {"环节": "村民随时", "可以做什么": "改日子", "要填什么": "哪几天用（从哪天到哪天）", "之后到哪": "留在原处",
         "说哪句": "留好了"},
    ],
    "怎么说": [
        {"叫什么": "留好了", "说什么": "留好了：{旋耕机}，{哪几天用}，找{谁在办}拿。"},
        {"叫什么": "该还了", "说什么": "{编号} 借的旋耕机该还了。"},
    ],
    "借约排队": [
        {"叫什么": "旋耕机", "哪一样": "东西", "有多少": "6", "不一样多的": "桃园村=2", "什么时候用": "哪几天用",
         "还了几样": "还了几台", "坏了少了几样": "坏了几台"},
    ],
    "试一试": [
        {"场景": "借了，还了", "哪一类": "顺利", "谁": "王婶", "做什么": "报了",
         "带上": "旋耕机=4；哪几天用=这周六到周日"},
        {"做什么": "空着的", "什么": "旋耕机", "带上": "哪几天用=这周日", "里面有": "2"},
        {"谁": "赵大爷", "做什么": "报了", "带上": "旋耕机=3；哪几天用=这周日", "为什么不成": "不够"},
        {"谁": "王婶", "做什么": "做了", "什么": "改日子", "带上": "哪几天用=下周一到下周二"},
        {"谁": "小周", "做什么": "做了", "什么": "还了一部分", "带上": "还了几台=1"},
        {"谁": "小周", "做什么": "做了", "什么": "都还了", "带上": "坏了几台=1"},
        {"做什么": "结果是", "什么": "办好"},
        {"场景": "没还，提醒", "哪一类": "到时没办", "谁": "王婶", "做什么": "报了",
         "带上": "旋耕机=6；哪几天用=今天到明天"},
        {"做什么": "过了", "什么": "2 个工作日"},
        {"谁": "王婶", "做什么": "听到", "里面有": "该还了"},
        {"做什么": "过了", "什么": "1 个工作日"},
        {"谁": "小周", "做什么": "摘要里有"},
    ],
}  # fmt: skip
HALL: Mapping[str, Rows] = {
    "问什么": [{"叫什么": "哪个时段", "怎么问": "哪个时段？", "哪种": "从哪天到哪天"}],
    "谁办几天": [
        {"环节": "约好了", "谁来办": "村文书", "几天": "哪个时段", "到时没办": "自动：用完了", "可以做什么": "用完了",
         "之后到哪": "办结"},
    ],
    "怎么说": [{"叫什么": "约上了", "说什么": "约好了：{哪个时段}。"}],
    "借约排队": [
        {"叫什么": "哪个时段", "哪一样": "时段", "几点到几点": "09:00-11:00、14:00-16:00",
         "星期几": "周一到周五、工作日", "最少提前几天": "1"},
    ],
    "试一试": [
        {"场景": "约上了，过了就了结", "哪一类": "顺利", "谁": "王婶", "做什么": "报了",
         "带上": "哪个时段=后天上午九点到十一点"},
        {"谁": "赵大爷", "做什么": "报了", "带上": "哪个时段=后天上午九点到十一点", "为什么不成": "有人约了"},
        {"谁": "赵大爷", "做什么": "报了", "带上": "哪个时段=这周六上午九点到十一点", "为什么不成": "约不了"},
        {"做什么": "过了", "什么": "3 天"},
        {"做什么": "结果是", "什么": "办好"},
    ],
}  # fmt: skip
LINE: Mapping[str, Rows] = {
    "问什么": [{"叫什么": "哪个场", "怎么问": "哪个场？", "哪种": "选一个", "有哪些选项": "东场、西场"}],
    "谁办几天": [
        {"环节": "一开始", "说哪句": "排上了"},
        {"环节": "排着队", "谁来办": "网格员", "等谁": "系统", "可以做什么": "轮到了", "之后到哪": "正在用"},
        {"可以做什么": "快到了", "之后到哪": "留在原处", "说哪句": "快到了"},
        {"环节": "正在用", "谁来办": "网格员 或者 村文书", "几天": "1 天", "说哪句": "轮到您"},
        {"可以做什么": "用完了", "之后到哪": "办结"},
        {"可以做什么": "没来，排到最后", "之后到哪": "排着队"},
        {"可以做什么": "先停", "要填什么": "怎么了（文字）", "之后到哪": "停着"},
        {"环节": "停着", "谁来办": "网格员", "几天": "3 天", "可以做什么": "接着来", "之后到哪": "正在用"},
        {"环节": "村民随时", "可以做什么": "让后面的先", "之后到哪": "留在原处", "说哪句": "换过来了"},
        {"可以做什么": "跟人换", "要填什么": "跟谁换（哪个人）", "之后到哪": "留在原处", "说哪句": "换过来了"},
    ],
    "怎么说": [
        {"叫什么": "排上了", "说什么": "您是 {第几号} 号，前面还有 {前面几家} 家。"},
        {"叫什么": "快到了", "说什么": "{第几号} 号：前面还有 {前面几家} 家。"},
        {"叫什么": "轮到您", "说什么": "{哪个场}轮到您了。"},
        {"叫什么": "换过来了", "说什么": "好，前面还有 {前面几家} 家。"},
        {"叫什么": "停了", "说什么": "{哪个队}先停：{怎么了}，{排着几家} 家的号都留着。"},
        {"叫什么": "又来了", "说什么": "{哪个队}接着来。"},
    ],
    "借约排队": [
        {"哪一样": "排队", "分哪几种": "哪个场", "叫号的动作": "轮到了", "快到了的动作": "快到了", "先停的动作": "先停",
         "接着叫的动作": "接着来", "让一让的动作": "让后面的先", "跟人换的动作": "跟人换", "停了跟群里说": "停了",
         "接着叫跟群里说": "又来了"},
    ],
    "试一试": [
        {"场景": "排着，停了，接着来", "哪一类": "顺利", "谁": "王婶", "做什么": "报了", "带上": "哪个场=东场"},
        {"谁": "王婶", "做什么": "听到", "里面有": "轮到您了"},
        {"谁": "赵大爷", "做什么": "报了", "带上": "哪个场=东场"},
        {"谁": "李会计", "做什么": "报了", "带上": "哪个场=东场"},
        {"谁": "李会计", "做什么": "报了", "带上": "哪个场=东场", "为什么不成": "已经排着"},
        {"谁": "赵大爷", "做什么": "做了", "什么": "跟人换", "带上": "跟谁换=李会计", "谁的那一件": "赵大爷"},
        {"谁": "小周", "做什么": "做了", "什么": "先停", "带上": "怎么了=下雨", "谁的那一件": "王婶"},
        {"谁": "小周", "做什么": "做了", "什么": "接着来", "谁的那一件": "王婶"},
        {"谁": "小周", "做什么": "做了", "什么": "没来，排到最后", "谁的那一件": "王婶"},
        {"做什么": "到了哪个环节", "什么": "正在用", "谁的那一件": "李会计"},
        {"做什么": "到了哪个环节", "什么": "排着队", "谁的那一件": "王婶"},
    ],
}  # fmt: skip
BOOKS = {"农机出租": TILLER, "议事厅预约": HALL, "打谷场排号": LINE}


def by_hand(name: str, **changed: Rows) -> Skill:
    values = {"名称": name, "一句话说明": f"{name}，说一句就行", "归谁管": "农业服务站", "纸质表": "登记本",
              "村民怎么说": name, "说没办好回到哪": ""}  # fmt: skip
    book = load_workbook(io.BytesIO(begun("by_hand", values)))
    for sheet, rows in {**BOOKS[name], **changed}.items():
        _write(book, sheet, rows)
    loaded = books.load(f"{name}.xlsx", saved(book), "by_hand")
    assert loaded.skill is not None, [str(one) for one in loaded.problems]
    return loaded.skill


def _write(book: Workbook, sheet: str, rows: Rows) -> None:
    page = book[sheet]
    heads = {page.cell(1, at).value: at for at in range(1, page.max_column + 1)}
    page.delete_rows(2, page.max_row)
    for number, row in enumerate(rows, 2):
        for head, text in row.items():
            page.cell(number, heads[head]).value = text


@pytest.fixture(scope="module")
def place() -> Iterator[Hall]:
    with hall() as opened:
        yield opened


@pytest.mark.parametrize("name", BOOKS)
def test_what_is_filled_in_as_the_guide_says_can_be_played(place: Hall, name: str) -> None:
    skill = by_hand(name)
    played = scenarios.of(skill.id, skill.files)
    assert played
    for one in played:
        assert one.scenario, one.problems
        result = place.play(skill, one.scenario)
        assert result.passed, f"{one.file} step {result.step}: {result.why}"
    assert checks.price(skill).pushes <= 3


@pytest.mark.parametrize("name", BOOKS)
def test_it_comes_back_from_the_sheets_as_it_was(name: str) -> None:
    skill = by_hand(name)
    again = books.load(f"{name}.xlsx", books.dump(skill), skill.id)
    assert again.skill is not None, [str(one) for one in again.problems]
    assert again.skill.definition == skill.definition
    assert "{" not in str([cell for row in _booked(books.dump(skill)) for cell in row])


def _booked(content: bytes) -> list[tuple[object, ...]]:
    return [tuple(row) for row in load_workbook(io.BytesIO(content))["借约排队"].iter_rows(values_only=True)]


def test_a_name_of_ours_in_the_sheet_of_questions_changes_no_other_sheet(place: Hall) -> None:
    named = [dict(row) for row in TILLER["问什么"]]
    named[0]["代号"], named[1]["代号"] = "tillers", "stay"
    skill = by_hand("农机出租", 问什么=named)
    workflow = skill.definition.workflow
    assert (*workflow.stock, workflow.stock["tillers"].during) == ("tillers", "stay")
    assert list(workflow.villager["gai_ri_zi"].needs) == ["stay"]
    for one in scenarios.of(skill.id, skill.files):
        assert one.scenario
        result = place.play(skill, one.scenario)
        assert result.passed, f"{one.file} step {result.step}: {result.why}"
    again = books.load("n.xlsx", books.dump(skill), skill.id)
    assert again.skill is not None
    assert again.skill.definition == skill.definition


@pytest.mark.parametrize("name", BOOKS)
def test_what_is_out_for_days_promises_nothing_that_nobody_wrote(name: str) -> None:
    skill = by_hand(name)
    assert skill.definition.workflow.clocks == {}
    clocks = "workflow:\n  clocks: {done: {title: 办好, kind: doing, pace: done, until: []}}\n"
    content = skill.files["skill.yaml"].replace("workflow:\n", clocks, 1)
    promised = registry.load_files(skill.id, {**skill.files, "skill.yaml": content}).skill
    assert promised is not None
    again = books.load("p.xlsx", books.dump(promised), skill.id)
    assert again.skill is not None
    assert again.skill.definition == promised.definition
