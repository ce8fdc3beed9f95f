"""The second ear: a cry no rule names is heard, everyday talk is not, and its weights are found again as stored."""

import json
import time
from pathlib import Path

import pytest

from bot.dialogue.hearing import back_again, likeness, signs, words
from bot.dialogue.hearing.emergency import Kind, recognise
from bot.dialogue.hearing.sounds import as_heard, from_spelling, is_sound, spelling
from bot.dialogue.meaning import remarks


def weigh(text: str) -> float:
    ear = likeness.learned()
    assert ear is not None
    return ear.of(signs.pieces(signs.plain(text)))


def by_likeness(text: str) -> bool:
    finding = signs.find(signs.plain(text))
    return finding is not None and finding.sign == "likeness"


def test_a_cry_for_help_weighs_more_than_everyday_talk() -> None:
    assert (
        weigh("娃掉井里了快来救")
        > likeness.THRESHOLD
        > likeness.DENIAL_OF_ONE
        > likeness.DENIAL
        > weigh("俺想问问低保咋办")
    )


def test_a_long_text_is_never_taken_for_an_emergency_by_likeness_alone() -> None:
    hint = "塘边就看见一双小凉鞋 "
    assert by_likeness(hint)
    assert not by_likeness(hint * 10)


def test_a_word_or_two_in_answer_to_us_is_no_cry_for_help() -> None:
    assert [said for said in ("好了", "行了", "来了", "弄好了", "好了好了") if by_likeness(said)] == []


@pytest.mark.parametrize(
    "text", ["119号杆上的灯不亮", "107国道边上的垃圾没人拉", "楼上半夜打麻将吵死了", "桥头栏杆断了"]
)
def test_a_rule_does_not_hold_where_the_second_ear_denies_it(text: str) -> None:
    assert signs.find(signs.plain(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "自来水管漏水了流了一地 在俺家门口",
        "鱼塘承包出去一年五万",
        "修路把俺家树砍了没给钱",
        "水沟里有人倒农药瓶子",
        "找活人",
        "俺娘住三楼",
        "爷爷赶集去了",
        "水库边上",
        "两个人",
        "楼顶上",
    ],
)
def test_an_ordinary_message_of_the_village_is_no_cry_for_help(text: str) -> None:
    assert signs.find(signs.plain(text)) is None


@pytest.mark.parametrize(
    "text", ["被电了", "塘边就看见一双小凉鞋", "摸着没有脉 胸脯也不起伏了", "灶台底下嘶嘶响 味儿大"]
)
def test_a_hint_that_no_rule_names_is_heard(text: str) -> None:
    assert signs.by_rule(signs.plain(text)) is None
    assert by_likeness(text)


def test_what_follows_a_matter_put_aside_is_heard_by_itself() -> None:
    assert signs.find(signs.plain("低保的事先不急 俺爹刚才一头栽院里了")) is not None


def test_themes_are_found_as_written() -> None:
    assert {"#kin", "#drop"} <= likeness.themes("俺爹倒地")
    assert likeness.themes("") == set()


def test_syllables_are_spelled_and_read_again() -> None:
    heard = as_heard("着火")
    assert is_sound(heard)
    assert not is_sound("着火")
    assert from_spelling(spelling(heard)) == heard == as_heard("找火")


def test_weights_that_are_missing_or_know_no_themes_are_not_taken(tmp_path: Path) -> None:
    before, old = likeness.learned(), tmp_path / "old.json"
    old.write_text('{"bias": 0, "written": {}, "heard": {}}', encoding="utf-8")
    assert not likeness.use(tmp_path / "none.json")
    assert not likeness.use(old)
    assert likeness.learned() is before


def test_every_stored_piece_is_a_character_or_two_or_a_theme(second_ear: Path) -> None:
    stored = json.loads(second_ear.read_text(encoding="utf-8"))
    assert {len(piece) for piece in stored["written"]} <= {1, 2}
    assert not any(is_sound(character) for piece in stored["written"] for character in piece)
    assert {len(piece.split()) for piece in stored["heard"]} <= {1, 2}
    assert all(name.startswith(likeness.MARK) for name in stored["themes"])


@pytest.mark.parametrize(
    "text",
    [
        "甭来了 水来了",
        "甭来了水来了",
        "别派人了 灯亮了 谢谢恁",
        "莫跑了 电来了",
        "不用来了 俺家水有了",
        "别跑一趟了 网好了",
    ],
)
def test_that_nobody_need_come_is_no_cry_for_help(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "甭来了 人没了",
        "别来了 他又来了",
        "别来了 俺不想活了",
        "水来了 进屋了",
        "水来了 快来人",
        "别管我了 我走了",
        "别来了 着火了",
    ],
)
def test_what_only_sounds_like_it_stays_a_cry_for_help(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "楼上娃儿烧到三十九度八了",
        "孙子烧到四十度了",
        "俺妮在床上烧到39度",
        "隔壁老太烧到三十九度五",
        "孩子在厂里宿舍烧到四十度",
    ],
)
def test_a_fever_is_no_fire(text: str) -> None:
    found = recognise(text)
    assert found is None or found.kind is Kind.MEDICAL


@pytest.mark.parametrize(
    "text", ["烧到房顶了", "火烧到隔壁家了", "柴垛着了烧到俺家了", "楼上烧到楼下了快来", "烧到山上去了"]
)
def test_what_burns_on_is_a_fire(text: str) -> None:
    assert getattr(recognise(text), "kind", None) is Kind.FIRE


@pytest.mark.parametrize(
    "text",
    [
        "外头有人砸俺家门 俺一个人在家怕",
        "有人砸我家门",
        "半夜有人砸俺家窗户",
        "门口有人砸门 我怕",
        "有个人砸俺家大门骂人",
    ],
)
def test_somebody_at_the_door_is_no_fallen_house(text: str) -> None:
    assert getattr(recognise(text), "kind", None) is Kind.VIOLENCE


@pytest.mark.parametrize(
    "text", ["墙倒了砸着人了", "房顶塌了压着俺爹了", "垛子倒了人被砸了", "人让墙砸了", "土塌了人埋里头了"]
)
def test_who_is_under_what_fell_is_still_heard(text: str) -> None:
    assert getattr(recognise(text), "kind", None) is Kind.COLLAPSE


@pytest.mark.parametrize(
    "text",
    [
        "杨树叉子要断 砸着电线咋弄",
        "院墙要倒了 砸着人咋办",
        "牌子要掉 砸着车咋整",
        "树枝要掉下来砸着房子咋弄",
        "电杆要倒砸着人咋办",
    ],
)
def test_what_may_fall_is_asked_about_and_has_not_fallen(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "俺嫂子那边也没水",
        "俺娘家也停电了",
        "对门也没网",
        "俺婶家还是没水",
        "隔壁也断电了",
    ],
)
def test_that_others_lack_it_too_is_no_cry_for_help(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "没好，还在漏",
        "没好，水还在流",
        "2 还在漏",
        "没修好 灯还是忽闪忽闪的",
        "不行，一下雨又漏了，没人管",
        "没弄好 墙根还在渗水",
        "没有人了",
        "就我一个人",
        "就俩人",
        "家里现在就俺自己一个人在家",
    ],
)
def test_that_a_thing_is_not_mended_and_who_lives_there_is_no_cry_for_help(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "没好，还在流血",
        "没好，俺爹还在抽",
        "没好，还漏气，头晕",
        "还漏电，麻手",
        "没人了 都冲走了",
        "就俺一个人，动不了了",
        "没好，孩子掉下去了",
    ],
)
def test_what_begins_like_it_and_is_a_danger_still_rings(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "电磁炉冒烟 我关了 没着起来",
        "电饭锅冒烟了 俺拔了插头 没事",
        "插排烧了 冒烟 我拉了闸 没着火",
        "电褥子糊了 拔了 没烧起来",
        "电视机后头打火 拔了电源 现在好了",
    ],
)
def test_a_machine_that_smoked_and_is_off_is_no_cry_for_help(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "电动车充电冒烟 拔了还在冒",
        "电磁炉冒烟 关了 俺爹晕了",
        "煤气灶冒火 关了 还有味",
        "插排着火 拉了闸 火没灭",
        "锅着火了 我关了 又烧起来了",
    ],
)
def test_a_machine_that_is_off_and_somebody_hurt_or_fire_still_there_rings(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize("text", ["他叫张二 在俺家东边", "是俺东邻 叫张二", "那家姓王 住俺前头", "对方姓刘"])
def test_who_it_was_and_where_he_lives_is_no_cry_for_help(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("俺爹喝醉了打俺", True),
        ("俺妈拿棍子打我", True),
        ("俺爹喝醉了打俺 俺四十了", False),
        ("俺爹打俺媳妇", False),
        ("俺儿子打俺", False),
        ("邻居打俺", False),
    ],
)
def test_whom_a_parent_beats_may_be_a_child_unless_something_says_otherwise(text: str, *, expected: bool) -> None:
    found = recognise(text)
    assert found is not None
    assert found.may_be_child is expected


def test_a_heap_of_small_words_is_read_at_once() -> None:
    started = time.thread_time()
    assert not back_again.is_all("好" * 29 + "唉")
    assert words.load().fits("only_still", "没有" * 40 + "还在" * 40 + "唉") is None
    assert words.load().fits("only_counts", "就俺自己" * 40) is None
    assert words.load().fits("only_who", "他叫张二" * 40) is None
    assert not remarks.goes_on("俺娘在床上起不来，" * 20 + "唉")
    assert recognise("电磁炉冒烟我关了没" * 40) is None
    assert time.thread_time() - started < 0.05


@pytest.mark.parametrize("text", ["够俺爷俩一人一台使就中", "俺老两口一人一碗就中", "爷俩一人一个", "要两台够俺爷俩使"])
def test_one_for_each_of_us_is_no_cry_for_help(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "俺爷俩一人一瓶农药", "俺老两口一人一刀", "爷俩一人一个倒在地里叫不醒", "老鼠药俺老两口一人一包",
        "俺娘仨一人一碗农药", "安眠药够俺老两口用了", "俺爷俩一人一包老鼠药吃了",
    ],
)  # fmt: skip
def test_one_for_each_of_what_kills_is(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text", ["锅烧干了 关了火了", "锅烧糊了 已经关火了", "灶火没灭 锅里炖着呢", "灶膛的火还没灭 压着点灰"]
)
def test_a_stove_that_burns_and_one_that_was_put_out_are_no_fire(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    ["锅烧干了 着起来了", "锅烧干了 关了火还冒烟", "灶火没灭 柴火着了", "锅里油着火了", "锅烧干了 关了火 呛得喘不上气"],
)
def test_what_goes_on_at_a_stove_is_heard(text: str) -> None:
    assert recognise(text) is not None
