"""Cutting documents into clauses that can be cited."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.splitters import LONGEST, Clause, split
from knowledge.structure.lines import Line


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


GUIDE = """办理条件：本镇户籍，年满六十周岁的老人，自己愿意来办，家里人代办也行，不收一分钱，当场就能拿到证。
所需材料：
1. 身份证
2. 户口簿
3. 一寸照片一张
办理时限：当场办。
收费标准：不收费。
咨询电话：533-1012"""


def test_the_fields_of_a_guide_are_clauses_and_short_ones_stay_together() -> None:
    found = clauses_of(GUIDE)
    assert [c.number for c in found] == ["办理条件", "所需材料", "办理时限、收费标准、咨询电话"]
    assert found[1].text == "所需材料：\n1. 身份证\n2. 户口簿\n3. 一寸照片一张"
    assert found[2].text == "办理时限：当场办。\n收费标准：不收费。\n咨询电话：533-1012"


def test_nine_points_of_a_few_words_are_one_clause() -> None:
    points = ["带身份证", "带户口簿", "带社保卡", "带照片", "到三号窗口", "取号", "等叫号", "交材料", "拿回执"]
    (clause,) = clauses_of("\n".join(f"{n}. {point}" for n, point in enumerate(points, 1)))
    assert clause.number == "1至9."
    assert clause.text.split("\n")[0] == "1.带身份证"
    (clause,) = clauses_of("\n".join(f"{n}、{point}" for n, point in zip("一二三四五六七八九", points, strict=True)))
    assert clause.number == "一至九、"


def test_short_rules_of_a_village_stay_apart() -> None:
    rules = [
        "晚上十点以后不放音响、不唱大戏。",
        "大树、老井、石碾是大家的，不许动。",
        "每月十五日全村一起大扫除，门前收好。",
    ]
    found = clauses_of(
        "\n".join(f"{n}、{rule}" + "违反的由村干部上门劝说。" for n, rule in zip("一二三", rules, strict=True))
    )
    assert [c.number for c in found] == ["一、", "二、", "三、"]


def test_a_list_after_a_colon_stays_in_its_sentence() -> None:
    (clause,) = clauses_of("申请低保的，要带下面这几样：\n1. 全家人的身份证\n2. 户口簿\n3. 病历")
    assert clause.text.endswith("3. 病历")


def test_a_list_of_attachments_opens_no_attachment() -> None:
    found = clauses_of("第一条 见附件。\n附件：1.申请表\n第二条 不收费。\n附件1\n申请表怎么填\n第一条 用黑笔。")
    assert [(c.chapter, c.number) for c in found] == [
        ("", "第一条"),
        ("", ""),
        ("", "第二条"),
        ("附件1", ""),
        ("附件1", "第一条"),
    ]


def test_a_table_of_contents_is_no_text() -> None:
    found = clauses_of(
        "目 录\n第一章 总则 ........ 1\n第二章 办理……… 2\n第一章 总则\n第一条 为了试验。\n第二章 办理\n第二条 来办。"
    )
    assert [(c.chapter, c.number) for c in found] == [("第一章 总则", "第一条"), ("第二章 办理", "第二条")]


def test_what_is_said_before_an_announcement_is_kept() -> None:
    found = clauses_of(
        "二十样证明村委会不开，大家别白跑。大家常问的说明如下。\n一、亲属关系证明：村里不开，用户口簿就行。"
    )
    assert [c.text for c in found] == ["二十样证明村委会不开，大家别白跑。", "亲属关系证明：村里不开，用户口簿就行。"]


def test_questions_with_numbers_and_brackets() -> None:
    found = clauses_of(
        "1.问：在哪办？\n答：在大厅。\nQ2：要钱吗？\nA2：不要。\n【问】几点开门？\n【答】八点半。".replace(
            "【问】", "【问】："
        )
    )
    assert [c.text.split("\n")[0] for c in found] == ["1.问：在哪办？", "Q2：要钱吗？", "【问】：几点开门？"]


PARTS = (
    "第一章 总则",
    "第一条 为了让老人按时领到钱，定这个办法，谁来办都一样。",
    "第二条 本镇户籍、年满八十周岁的老人可以领，从当月算起。",
    "第三条 每月二十五日前发到社保卡上，遇到节假日往前提。",
    "第二章 问答",
    "问：在哪办？\n答：在便民服务大厅六号窗口，也可以让村委会代办。",
    "问：要钱吗？\n答：一分钱也不收，谁要钱都可以举报。",
    "问：多久？\n答：手续齐全的五个工作日，不齐的先收下再补。",
    "附件1",
    "所需材料：身份证、户口簿和社保卡，外地户籍的再带居住证明，复印件也行。",
    "收费标准：不收费，任何人以任何名目收钱的，都可以打镇纪委的电话举报。",
)
#: What is put in, and before which parts it may stand.
INSERTED = {
    "第二条之一 双胞胎一个一个算，谁先满八十周岁谁先领，不用等另一个。": (3,),
    "问：能代办吗？\n答：家里人带两个人的身份证就能代办，村干部也能帮忙。": (5, 6, 7, 8),
    "办理时限：当场办完，材料不齐的先收下，五个工作日以内打电话告诉结果。": (9, 10, 11),
    "这一段没有号，说的是填表的时候要用黑色的笔，写错了当场换一张新的，不收钱。": (4, 8, 9, 11),
}


@given(st.sampled_from([(text, place) for text, places in INSERTED.items() for place in places]))
def test_a_clause_that_is_put_in_moves_no_other_clause(change: tuple[str, int]) -> None:
    inserted, place = change
    before = {c.path: c.text for c in clauses_of("\n".join(PARTS))}
    after = {c.path: c.text for c in clauses_of("\n".join([*PARTS[:place], inserted, *PARTS[place:]]))}
    assert set(before) <= set(after)
    assert sum(before[path] != after[path] for path in before) <= 1, (
        "only the clause it was put into may read otherwise"
    )


def test_a_table_stays_whole_as_long_as_it_can_and_each_part_says_its_columns() -> None:
    rows = [Line(f"事项：第{n}件要办的事情；标准：每户每年{n}元；谁收：村民委员会", table=1) for n in range(60)]
    whole = split([Line("收费表", heading=1), *rows[:18]])
    assert len(whole) == 1
    assert len(whole[0].text) > 500
    parts = split([Line("收费表", heading=1), *rows])
    assert all(line.startswith("事项：") for part in parts for line in part.text.split("\n"))
    assert sum(part.text.count("\n") + 1 for part in parts) == 60


def test_an_article_that_was_missed_does_not_hide_the_next() -> None:
    found = clauses_of("第一条为了试验。\n第=条看不清的一条。\n第三条不收钱。\n第四条当天办好。")
    assert [c.number for c in found] == ["第一条", "第三条", "第四条"]


def test_an_article_without_a_space_may_open_with_any_word() -> None:
    found = clauses_of(
        "第一条中华人民共和国的村民都能来。\n第二条和解要自愿，不许强迫。\n第二条和第一条说的一样。\n第三条不收钱。"
    )
    assert [c.number for c in found] == ["第一条", "第二条", "第三条"]
    assert found[1].text.endswith("第二条和第一条说的一样。")
