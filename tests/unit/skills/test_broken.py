"""Thirty ways to break a folder and thirty to break a workbook: each is refused with its place, the others go on."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from skills import drafting, registry
from skills.workbook import books
from tests.unit.skills.workbook.filling import begun, saved

TEMPLATE = {
    path.relative_to(drafting.TEMPLATE).as_posix(): path.read_text("utf-8")
    for path in sorted(drafting.TEMPLATE.rglob("*.yaml"))
}

FOLDERS = {
    "unknown_key": ("skill.yaml", "owner:", "ownr:", "owner"),
    "bare_yes": ("skill.yaml", "name: 怎么办的, optional: true", "name: 怎么办的, optional: yes", "true"),
    "bare_no_as_text": ("texts.yaml", "ask_day: 哪一天？比如：后天、11 月 25 日。", "ask_day: no", '"no"'),
    "tab": ("skill.yaml", "  start: accept", "\tstart: accept", "Tab"),
    "duplicate_key": ("skill.yaml", "risk: A", "name: 又一个", "name"),
    "duplicate_text": ("texts.yaml", "again:", "thanks:", "thanks"),
    "open_bracket": ("skill.yaml", "examples: [村民平时怎么说]", "examples: [村民平时怎么说", "括号"),
    "bad_indent": ("skill.yaml", "  number: skill", "   number: skill", "缩进"),
    "mapping_for_list": ("skill.yaml", "examples: [村民平时怎么说]", "examples: {a: 村民平时怎么说}", "examples"),
    "no_name": ("skill.yaml", "name: 新事项\n", "", "name"),
    "no_examples": ("skill.yaml", "examples: [村民平时怎么说]", "examples: []", "examples"),
    "number_for_text": ("texts.yaml", "ask_what: 是什么事？说一句就行。", "ask_what: 12", "ask_what"),
    "unknown_kind": ("skill.yaml", "kind: date", "kind: dat", "date"),
    "unknown_risk": ("skill.yaml", "risk: A", "risk: D", "D"),
    "choice_without_options": ("skill.yaml", "kind: date", "kind: choice", "options"),
    "dangling_stage": ("skill.yaml", "to: handle, assign", "to: handl, assign", "handle"),
    "unreachable_stage": ("skill.yaml", "          to: confirm\n", "          to: closed\n", "confirm"),
    "dead_end": (
        "skill.yaml",
        "    confirm:\n",
        "    lost:\n      title: 丢了\n      who: villager\n"
        "      actions: {again: {title: 再来, to: lost}}\n    confirm:\n",
        "lost",
    ),
    "wrong_start": ("skill.yaml", "start: accept", "start: acept", "accept"),
    "dangling_text": ("skill.yaml", "tell: [{text: filed}]", "tell: [{text: fild}]", "filed"),
    "dangling_card": ("skill.yaml", "tell: [{text: closing}]", "tell: [{text: closng}]", "closing"),
    "unknown_value": ("texts.yaml", "{what}。{who}", "{wat}。{who}", "what"),
    "broken_braces": ("texts.yaml", "{number} 接着办", "{number 接着办", "大括号"),
    "role_nobody_holds": (
        "skill.yaml",
        "who: village_clerk of village or town_clerk of town\n      actions:\n        take",
        "who: vilage_clerk of village\n      actions:\n        take",
        "village_clerk",
    ),
    "unreadable_who": ("skill.yaml", "who: villager", "who: 村民!", "村民!"),
    "unreadable_length": ("skill.yaml", "within: 7 days", "within: 七八天", "七八天"),
    "unreadable_condition": ("skill.yaml", "ask: ask_day,", "ask: ask_day, when: 'what ==',", "what =="),
    "unknown_fact": ("skill.yaml", "ask: ask_day,", "ask: ask_day, when: wat == 1,", "what"),
    "cyclic_condition": (
        "skill.yaml",
        "what: {kind: text, name: 什么事,",
        "what: {kind: text, name: 什么事, when: day > 1,",
        "圈",
    ),
    "text_against_number": (
        "skill.yaml",
        "to: confirm",
        "to: [{when: what > 15, is: confirm}, {is: confirm}]",
        "不是数字",
    ),
    "branches_without_last": ("skill.yaml", "to: confirm", "to: [{when: day, is: confirm}]", "when"),
    "late_without_who": ("skill.yaml", "do: close, result: unanswered", "do: ask_leader", "who"),
    "late_unknown_action": ("skill.yaml", "do: close, result: unanswered", "do: act, action: goood", "good"),
    "unknown_pace": ("skill.yaml", "pace: help", "pace: hepl", "help"),
    "assign_no_person": ("skill.yaml", "assign: me", "assign: day", "day"),
    "apart_unknown_stage": (
        "skill.yaml",
        "    confirm:\n",
        "    confirm:\n      without: [stage handl]\n",
        "“handle”",
    ),
    "apart_never_before": ("skill.yaml", "    accept:\n", "    accept:\n      without: [stage confirm]\n", "“confirm”"),
    "apart_itself": ("skill.yaml", "    confirm:\n", "    confirm:\n      without: [stage confirm]\n", "“confirm”"),
    "apart_misspelt": ("skill.yaml", "    confirm:\n", "    confirm:\n      without: [writter]\n", "writer"),
    "apart_unreadable": ("skill.yaml", "    confirm:\n", "    confirm:\n      without: [收下的人]\n", "stage approve"),
    "apart_nobody_left": (
        "skill.yaml",
        "who: assignee or village_clerk of village or town_clerk of town",
        "who: assignee\n      without: [stage accept]",
        "handle",
    ),
    "clock_unknown_stage": ("skill.yaml", "until: [confirm]", "until: [confrm]", "confirm"),
}


def folder_problems(kind: str) -> list[str]:
    file, old, new, _ = FOLDERS[kind]
    assert old in TEMPLATE[file], kind
    text = TEMPLATE[file].replace(old, new, 1)
    if kind == "cyclic_condition":
        text = text.replace("ask: ask_day,", "ask: ask_day, when: what is not empty,")
    return [str(one) for one in registry.load_files("thing", {**TEMPLATE, file: text}).problems]


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_broken_folder_is_refused_with_line_and_suggestion(kind: str) -> None:
    _, _, _, word = FOLDERS[kind]
    found = folder_problems(kind)
    assert found
    assert any(one.startswith("thing/") and ".yaml:" in one and word in one for one in found), found


Put = tuple[str, str, str, str | None]
"""Sheet, column, what stands in the cell (or in the first cell of its row), and what is put there."""

WORKBOOKS: dict[str, tuple[tuple[Put, ...], str, str]] = {
    "no_name": ((("基本", "填在这里", "家宴预约", None),), "「基本」第 3 行 B 列", "“名称”还空着"),
    "no_summary": ((("基本", "填在这里", "办酒席先说一声", None),), "「基本」第 4 行 B 列", "“一句话说明”还空着"),
    "no_owner": ((("基本", "填在这里", "食安办", None),), "「基本」第 5 行 B 列", "“归谁管”还空着"),
    "no_examples": ((("基本", "填在这里", "俺家要办酒席", None),), "「基本」第 9 行 B 列", "“村民怎么说”还空着"),
    "unknown_item": ((("基本", "项目", "归谁管", "归谁关"),), "「基本」第 5 行 A 列", "归谁管"),
    "item_twice": ((("基本", "项目", "归谁管", "名称"),), "「基本」第 5 行 B 列", "名称"),
    "unknown_risk": ((("基本", "填在这里", "一般", "有一点"),), "「基本」第 7 行 B 列", "有一点"),
    "unknown_pace": ((("基本", "填在这里", "求助", "求助的"),), "B 列", "求助"),
    "unknown_audience": ((("基本", "填在这里", "村民", "村名"),), "「基本」第 6 行 B 列", "村民"),
    "unknown_start": ((("基本", "填在这里", "@从哪个环节开始", "等人接"),), "「基本」", "等人接手"),
    "unreadable_length": ((("基本", "填在这里", "@多久办好", "很快"),), "「基本」", "很快"),
    "unknown_consent": ((("基本", "填在这里", "@同意的话", "同意吧"),), "「基本」", "同意吧"),
    "wrong_name": ((("基本", "填在这里", "@代号", "家宴"),), "家宴", "小写英文"),
    "unknown_kind": ((("问什么", "哪种", "哪天", "那天"),), "「问什么」第 3 行 C 列", "哪天"),
    "nameless_field": ((("问什么", "叫什么", "哪一天", None),), "「问什么」第 3 行 A 列", "叫什么"),
    "field_twice": ((("问什么", "叫什么", "哪一天", "什么事"),), "「问什么」第 3 行 A 列", "什么事"),
    "choice_without_options": ((("问什么", "哪种", "哪天", "选一个"),), "「问什么」第 3 行", "有哪些选项"),
    "broken_options": ((("问什么", "有哪些选项", "@什么事", "（红事"),), "「问什么」第 2 行", "（红事"),
    "letters_for_number": ((("问什么", "最少", "@哪一天", "几个"),), "「问什么」第 3 行 G 列", "几个"),
    "optional_maybe": ((("问什么", "可以不填", "@哪一天", "也许"),), "「问什么」第 3 行 E 列", "也许"),
    "unreadable_condition": (
        (("问什么", "什么时候才问", "@哪一天", "什么事 大于"),),
        "「问什么」第 3 行 I 列",
        "什么事",
    ),
    "unknown_fact": ((("问什么", "什么时候才问", "@哪一天", "气球 大于 3"),), "「问什么」第 3 行", "气球"),
    "cyclic_condition": ((("问什么", "什么时候才问", "@哪一天", "哪一天 填了"),), "「问什么」第 3 行", "圈"),
    "rubbish_in_more": ((("问什么", "其他", "@哪一天", "随便写点"),), "「问什么」第 3 行 N 列", "随便写点"),
    "unknown_who": ((("谁办几天", "谁来办", "村民", "村名"),), "「谁办几天」第 7 行 B 列", "村民"),
    "unknown_apart": (
        (("谁办几天", "不能是谁", "@等村民说好没好", "办“等人接受”的人"),),
        "「谁办几天」第 7 行",
        "等人接手",
    ),
    "no_who": ((("谁办几天", "谁来办", "村民", None),), "「谁办几天」第 7 行 B 列", "谁来办"),
    "unknown_stage": ((("谁办几天", "之后到哪", "等村民说好没好", "等村民说好"),), "「谁办几天」", "等村民说好没好"),
    "unreachable_stage": ((("谁办几天", "之后到哪", "等村民说好没好", "办结"),), "「谁办几天」第 7 行 A 列", "走不到"),
    "unknown_text": ((("谁办几天", "说哪句", "问好没好", "问好没"),), "「谁办几天」第 7 行 L 列", "问好没好"),
    "unknown_waits": ((("谁办几天", "等谁", "村民", "老天爷"),), "「谁办几天」第 7 行 D 列", "老天爷"),
    "unreadable_late": ((("谁办几天", "到时没办", "自动办结", "拉倒"),), "「谁办几天」第 7 行 E 列", "拉倒"),
    "late_unknown_action": ((("谁办几天", "到时没办", "自动办结", "自动：好啦"),), "「谁办几天」第 7 行 E 列", "没有"),
    "broken_need": (
        (("谁办几天", "要填什么", "outcome=怎么办的（文字，可以不填）", "怎么办的（文章）"),),
        "「谁办几天」",
        "文字",
    ),
    "action_twice": (
        (("谁办几天", "可以做什么", "没好", "好了"), ("谁办几天", "动作代号", "bad", "good")),
        "「谁办几天」",
        "好了",
    ),
    "text_without_words": ((("怎么说", "说什么", "好，{编号} 办结了。", None),), "「怎么说」", "说什么"),
    "text_twice": (
        (("怎么说", "叫什么", "谢谢", "接着办"), ("怎么说", "代号", "thanks", "again")),
        "「怎么说」",
        "接着办",
    ),
    "unknown_value": ((("怎么说", "说什么", "好，{编号} 办结了。", "好，{编码} 办结了。"),), "「怎么说」", "编码"),
    "broken_braces": ((("怎么说", "说什么", "好，{编号} 办结了。", "好，{编号 办结了。"),), "「怎么说」", "大括号"),
    "unknown_verb": ((("试一试", "做什么", "报了", "报名"),), "「试一试」第 2 行 G 列", "报了"),
    "unknown_step_action": ((("试一试", "什么", "收下", "收了"),), "「试一试」第 5 行 H 列", "没有"),
    "unknown_scenario_kind": ((("试一试", "哪一类", "顺利", "顺顺利利"),), "「试一试」第 2 行 B 列", "顺利"),
    "unreadable_given": (
        (("试一试", "带上", "什么事=我要办这件事；哪一天=后天", "后天办"),),
        "「试一试」第 2 行 I 列",
        "后天办",
    ),
    "unreadable_wait": ((("试一试", "什么", "7 天", "好久"),), "「试一试」", "好久"),
}


def banquet() -> Workbook:
    values = {"名称": "家宴预约", "一句话说明": "办酒席先说一声", "归谁管": "食安办", "村民怎么说": "俺家要办酒席"}
    return load_workbook(io.BytesIO(begun("jiayan", values)))


def put(book: Workbook, sheet: str, column: str, found: str, value: str | None) -> None:
    page = book[sheet]
    place = [cell.value for cell in page[1]].index(column) + 1
    look_in = 1 if found.startswith("@") else place
    row = next(n for n in range(2, page.max_row + 1) if page.cell(n, look_in).value == found.removeprefix("@"))
    page.cell(row, place).value = value


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_broken_workbook_is_refused_with_sheet_row_and_column(kind: str) -> None:
    puts, where, word = WORKBOOKS[kind]
    book = banquet()
    for one in puts:
        put(book, *one)
    found = [str(problem) for problem in books.load("家宴.xlsx", saved(book)).problems]
    assert any(where in one and word in one for one in found), found


def test_a_sheet_or_a_column_that_is_missing_is_named() -> None:
    book = banquet()
    book["怎么说"].title = "怎么讲"
    found = [str(one) for one in books.load("家宴.xlsx", saved(book)).problems]
    assert any("怎么讲" in one and "怎么说" in one for one in found), found
    book = banquet()
    book["问什么"].cell(1, 3).value = "那种"
    found = [str(one) for one in books.load("家宴.xlsx", saved(book)).problems]
    assert any("第 1 行 C 列" in one and "哪种" in one for one in found), found
    book = banquet()
    book["问什么"].delete_rows(1)
    assert any("表头" in str(one) for one in books.load("家宴.xlsx", saved(book)).problems)


def test_thirty_kinds_of_each_are_tried() -> None:
    assert len(FOLDERS) >= 30
    assert len(WORKBOOKS) >= 30


def test_one_broken_folder_stops_no_other(tmp_path: Path) -> None:
    for name, text in (("good", TEMPLATE["skill.yaml"]), ("bad", "name: [")):
        for path, content in {**TEMPLATE, "skill.yaml": text}.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, "utf-8")
    loaded = {one.id: one for one in registry.load_all(tmp_path)}
    assert loaded["good"].skill
    assert loaded["bad"].problems


def test_one_wrong_way_is_told_once_and_not_what_only_follows_from_it() -> None:
    files = dict(TEMPLATE)
    files["skill.yaml"] = (
        files["skill.yaml"]
        .replace("to: handle, assign", "to: handl, assign")
        .replace("to: closed, tell: [{text: thanks}]", "to: clsed, tell: [{text: thanks}]")
    )
    found = [str(one) for one in registry.load_files("broken", files).problems]
    assert len(found) == 2, found
    assert "handle" in found[0]
    assert "closed" in found[1]
    book = banquet()
    page = book["谁办几天"]
    page.cell(3, [cell.value for cell in page[1]].index("之后到哪") + 1).value = "结束"
    told = [str(one) for one in books.load("家宴.xlsx", saved(book)).problems]
    assert len(told) == 1, told
    assert "没有“结束”这个环节" in told[0]


def test_a_way_that_leads_nowhere_is_still_told_where_all_that_is_written_is_there() -> None:
    files = dict(TEMPLATE)
    files["skill.yaml"] = files["skill.yaml"].replace("          to: confirm\n", "          to: closed\n")
    (found,) = registry.load_files("broken", files).problems
    assert "confirm" in str(found)


def test_only_what_the_book_itself_asks_is_named_where_another_word_stands() -> None:
    book = banquet()
    page = book["试一试"]
    page.cell(2, [cell.value for cell in page[1]].index("带上") + 1).value = "热气球=要"
    (told,) = [str(one) for one in books.load("家宴.xlsx", saved(book)).problems]
    assert "可以写：什么事、哪一天" in told
    assert "附言" not in told
    assert "外面拍的照片" not in told
