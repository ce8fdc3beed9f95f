"""What nobody had tried to break: files that would hang or crash the reader, and what can never be meant."""

import pytest

from skills import registry
from skills.workbook import books
from tests.unit.skills.test_broken import TEMPLATE, banquet, put
from tests.unit.skills.workbook.filling import saved

DAY = "{kind: date, name: 哪一天, ask: ask_day, why: 安排哪天办}"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
)
HARMFUL = {
    "what repeats itself a hundred million times": BOMB,
    "what is nested without end": "name: " + "[" * 3000 + "]" * 3000 + "\n",
    "two documents": TEMPLATE["skill.yaml"].replace("form:\n", "---\nform:\n"),
    "an anchor of nothing": TEMPLATE["skill.yaml"].replace("refuse: *refuse", "refuse: *refus"),
    "a zero byte": TEMPLATE["skill.yaml"].replace("新事项", "新\x00事项"),
    "nothing at all": "",
    "a comment": "# 没写\n",
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_file_that_would_hang_or_crash_its_reader_is_refused(kind: str) -> None:
    found = [str(one) for one in registry.load_files("thing", {**TEMPLATE, "skill.yaml": HARMFUL[kind]}).problems]
    assert len(found) == 1, found
    assert found[0].startswith("thing/skill.yaml:")


def test_what_is_merged_from_elsewhere_is_read() -> None:
    merged = TEMPLATE["skill.yaml"].replace("refuse: *refuse", "refuse: {<<: *refuse}")
    assert merged != TEMPLATE["skill.yaml"]
    loaded = registry.load_files("thing", {**TEMPLATE, "skill.yaml": merged})
    assert loaded.skill, [str(one) for one in loaded.problems]


FOLDERS = {
    "bounds the wrong way round": (
        "skill.yaml",
        DAY,
        DAY.replace("kind: date", "kind: number, least: 9, most: 2"),
        "写反了",
    ),
    "a day above three": ("skill.yaml", "ask: ask_day,", "ask: ask_day, when: what > 3,", "“什么事”不是数字"),
    "worked out of itself": ("skill.yaml", DAY, "{kind: number, name: 哪一天, value: day + 1}", "自己"),
    "a question without end": (
        "skill.yaml",
        "ask: ask_day,",
        f"ask: ask_day, when: {'(' * 400}what{')' * 400},",
        "读不懂",
    ),
    "a sum without end": ("skill.yaml", DAY, f"{{kind: number, name: 哪一天, value: {'1 + ' * 300}1}}", "读不懂"),
    "nobody's name": ("skill.yaml", "name: 新事项", "name: ''", "空着"),
    "a name without end": ("skill.yaml", "name: 新事项", f"name: {'长' * 500}", "太长"),
    "an example of nothing": ("skill.yaml", "[村民平时怎么说]", "['']", "空着"),
    "an audience of strangers": ("skill.yaml", "for: [resident]", "for: [villager]", "resident"),
    "a prefix that is a way": ("skill.yaml", "prefix: 新", "prefix: 新/..", "斜杠"),
    "one word for two acts": ("skill.yaml", 'says: ["2", 没好]', 'says: ["1", 没好]', "不知道是哪一个"),
    "refused after it was taken": (
        "skill.yaml",
        "who: assignee or",
        "if_nobody: refuse\n      who: assignee or",
        "不是头一个",
    ),
    "nobody counts": ("skill.yaml", "    handle:\n", "    handle:\n      mode: all\n", "头一个人一点就过了"),
    "ten thousand years": ("skill.yaml", "within: 7 days", "within: 9999999 days", "读不懂"),
    "a sentence of nothing": ("texts.yaml", "ask_day: 哪一天？比如：后天、11 月 25 日。", "ask_day: ''", "空的"),
    "a brace with a form": ("texts.yaml", "{number} 接着办", "{number:%Y} 接着办", "大括号"),
    "a brace that is turned": ("texts.yaml", "{number} 接着办", "{number!r} 接着办", "大括号"),
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_what_can_never_be_meant_is_refused_once_with_its_line(kind: str) -> None:
    file, old, new, word = FOLDERS[kind]
    assert old in TEMPLATE[file]
    files = {**TEMPLATE, file: TEMPLATE[file].replace(old, new, 1)}
    found = [str(one) for one in registry.load_files("thing", files).problems]
    assert len(found) == 1, found
    place, said = found[0].split(": ", 1)
    at = int(place.removeprefix(f"thing/{file}:"))
    assert word in said
    assert abs(at - (TEMPLATE[file][: TEMPLATE[file].index(old)].count("\n") + 1)) <= 1, found


WORKBOOKS = {
    "one word for two acts": (
        ("谁办几天", "村民怎么说", "2、没好", "1、没好"),
        "第 9 行 N 列",
        "又算“好了”，又算“没好”",
    ),
    "a name of the house": (("问什么", "叫什么", "哪一天", "编号"), "第 3 行 A 列", "换一个叫法"),
    "a sentence under two names": (("怎么说", "叫什么", "谢谢", "接着办"), "第 5 行 A 列", "写了两遍"),
    "a result of nobody's": (("谁办几天", "算什么结果", "不办", "退件"), "第 4 行 O 列", "可以写：没做成、办好、不办"),
    "given to nobody": (("谁办几天", "交给谁", "做的人", "村长"), "第 3 行 G 列", "没有“村长”"),
    "two or three days": (("谁办几天", "几天", "7 天", "两三天"), "第 7 行 C 列", "两三天"),
    "half a day": (("谁办几天", "几天", "7 天", "半天"), "第 7 行 C 列", "半天"),
    "how often in words": (("谁办几天", "最多几次", "@正在办", "很多"), "第 5 行 P 列", "要写成数字"),
}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_what_a_clerk_can_never_mean_is_told_with_its_cell(kind: str) -> None:
    change, place, word = WORKBOOKS[kind]
    book = banquet()
    put(book, *change)
    found = [str(one) for one in books.load("家宴.xlsx", saved(book)).problems]
    assert any(place in one and word in one for one in found), found


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("三天", "3 day"),
        ("两个工作日", "2 working day"),
        ("3个工作日内", "3 working day"),
        ("一周", "1 week"),
        ("十五天以内", "15 day"),
        ("24小时", "24 hour"),
    ],
)
def test_a_length_is_read_as_clerks_write_it(said: str, meant: str) -> None:
    book = banquet()
    put(book, "谁办几天", "几天", "7 天", said)
    loaded = books.load("家宴.xlsx", saved(book))
    assert loaded.skill, [str(one) for one in loaded.problems]
    assert str(loaded.skill.definition.stage("confirm").within) == meant


def test_how_often_may_be_written_with_its_word() -> None:
    book = banquet()
    put(book, "谁办几天", "最多几次", "@正在办", "2次")
    loaded = books.load("家宴.xlsx", saved(book))
    assert loaded.skill, [str(one) for one in loaded.problems]
    assert loaded.skill.definition.stage("handle").actions["done"].limit == 2
