"""Orders as cadres say them, and what is none."""

from datetime import datetime

import pytest

from township.clock import SHANGHAI
from workflows.broadcasts.drafts import Draft
from workflows.broadcasts.ordering import Known, answered, called_off, changed, is_order, is_word, order
from workflows.broadcasts.policy import Level

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
VILLAGES = {
    "liushu": "柳树村",
    "taoyuan": "桃园村",
    "shiqiao": "石桥村",
    "hewan": "河湾村",
    "nanling": "南岭村",
    "dongpo": "东坡村",
}
KNOWN = Known(NOW, VILLAGES, tuple(VILLAGES))
ALL = tuple(VILLAGES)

ORDERS = {
    "今晚七点半通知各村停水": ("停水", ALL, Level.DAILY, "11-23 19:30"),
    "明早八点告诉柳树村和桃园村开会，带户口本": ("开会，带户口本", ("liushu", "taoyuan"), Level.DAILY, "11-24 08:00"),
    "每周一早上八点提醒大家清理垃圾": ("清理垃圾", ALL, Level.DAILY, "11-30 08:00"),
    "现在就通知河湾村：水位上涨，马上转移": ("水位上涨，马上转移", ("hewan",), Level.URGENT, "now"),
    "紧急通知各村：山洪来了快跑": ("山洪来了快跑", ALL, Level.URGENT, "now"),
    "今晚八点通知东坡村：暴雨红色预警，注意躲避": (
        "暴雨红色预警，注意躲避",
        ("dongpo",),
        Level.IMPORTANT,
        "11-23 20:00",
    ),
    "小邻，请在明天下午三点给柳树村、桃园村发个重要通知：疫苗接种到卫生室": (
        "疫苗接种到卫生室",
        ("liushu", "taoyuan"),
        Level.IMPORTANT,
        "11-24 15:00",
    ),
    "通知各村停水，今晚七点半播": ("停水", ALL, Level.DAILY, "11-23 19:30"),
    "通知南岭村 明天下午防溺水演练": ("明天下午防溺水演练", ("nanling",), Level.DAILY, ""),
    "后天上午九点，通知南岭、东坡两个村，来镇里领种子": (
        "来镇里领种子",
        ("nanling", "dongpo"),
        Level.DAILY,
        "11-25 09:00",
    ),
    "用大喇叭喊一下：明天停电": ("明天停电", (), Level.DAILY, ""),
    "请通知柳树村村民：明天上午9点到村委会领鸡苗": ("明天上午9点到村委会领鸡苗", ("liushu",), Level.DAILY, ""),
    "今晚七点半通知停水": ("停水", (), Level.DAILY, "11-23 19:30"),
    "发个通知": ("", (), Level.DAILY, ""),
    "今晚八点在喇叭里喊一下俺家牛丢了": ("俺家牛丢了", (), Level.DAILY, "11-23 20:00"),
    "用大喇叭喊一下：谁家的羊跑了": ("谁家的羊跑了", (), Level.DAILY, ""),
}


def minute_of(draft: Draft) -> str:
    if draft.spoken.is_now:
        return "now"
    found = draft.spoken.settle(NOW)
    return f"{found:%m-%d %H:%M}" if found else ""


@pytest.mark.parametrize(("said", "expected"), ORDERS.items())
def test_an_order_is_taken_with_all_that_it_says(said: str, expected: tuple[str, tuple[str, ...], Level, str]) -> None:
    draft = order(said, KNOWN)
    assert draft is not None
    assert (draft.text, draft.zones, draft.level, minute_of(draft)) == expected


@pytest.mark.parametrize(
    "said",
    [
        "喇叭太吵了",
        "村里大喇叭早上五点半就响 能不能晚一点",
        "停水没听到喇叭喊啊是坏了吧",
        "广播一天到晚放同一段烦死人",
        "喇叭里念的净是旧通知",
        "通知下来了没",
        "通知书丢了咋办",
        "我没收到通知",
        "谁通知的",
        "告诉书记我不去了",
        "提醒我明天开会",
        "群里通知明天停电是真的吗",
        "为啥没通知我们村",
        "路灯坏了",
        "去年的通知我找不到了",
        "播种机借一下",
        "发通知咋弄",
        "大喇叭播一遍又一遍烦死",
        "喇叭喊一下午了",
        "今天通知各村开会了没",
        "通知在哪看",
    ],
)
def test_other_words_order_nothing(said: str) -> None:
    assert order(said, KNOWN) is None


def test_villages_may_stand_without_a_word_between_them() -> None:
    draft = order("今晚八点给柳树村桃园村广播一下，秸秆不让烧", KNOWN)
    assert draft is not None
    assert len(draft.zones) == 2


def test_a_cry_is_an_order_only_with_villages_or_a_time() -> None:
    assert is_order("马上通知各村：山洪来了", KNOWN)
    assert not is_order("发个通知：着火了", KNOWN)


CHANGES = {
    "改成八点": ("停水", ALL, Level.DAILY, "11-23 20:00"),
    "时间改成明早八点": ("停水", ALL, Level.DAILY, "11-24 08:00"),
    "八点": ("停水", ALL, Level.DAILY, "11-23 20:00"),
    "提前到六点": ("停水", ALL, Level.DAILY, "11-23 18:00"),
    "改到后天": ("停水", ALL, Level.DAILY, "11-25 19:30"),
    "改成现在": ("停水", ALL, Level.DAILY, "now"),
    "改成每周一早上八点": ("停水", ALL, Level.DAILY, "11-30 08:00"),
    "去掉柳树村": ("停水", ALL[1:], Level.DAILY, "11-23 19:30"),
    "不发桃园村和石桥村": ("停水", (ALL[0], *ALL[3:]), Level.DAILY, "11-23 19:30"),
    "只发桃园村": ("停水", ("taoyuan",), Level.DAILY, "11-23 19:30"),
    "发给柳树村和桃园村": ("停水", ("liushu", "taoyuan"), Level.DAILY, "11-23 19:30"),
    "改成柳树村": ("停水", ("liushu",), Level.DAILY, "11-23 19:30"),
    "文字改成今晚八点到明早六点停水，请接水": ("今晚八点到明早六点停水，请接水", ALL, Level.DAILY, "11-23 19:30"),
    "后面加一句：不要慌": ("停水，不要慌", ALL, Level.DAILY, "11-23 19:30"),
    "级别改成重要": ("停水", ALL, Level.IMPORTANT, "11-23 19:30"),
    "改成紧急": ("停水", ALL, Level.URGENT, "11-23 19:30"),
}


@pytest.mark.parametrize(("said", "expected"), CHANGES.items())
def test_a_draft_is_changed_in_words(said: str, expected: tuple[str, tuple[str, ...], Level, str]) -> None:
    before = order("今晚七点半通知各村停水", KNOWN)
    assert before is not None
    draft = changed(before, said, KNOWN)
    assert draft is not None
    assert (draft.text, draft.zones, draft.level, minute_of(draft)) == expected


@pytest.mark.parametrize("said", ["好的", "停水几点恢复", "送审", "算了", "我的待办", "路灯坏了", "高龄津贴啥时候发"])
def test_other_words_change_nothing(said: str) -> None:
    before = order("今晚七点半通知各村停水", KNOWN)
    assert before is not None
    assert changed(before, said, KNOWN) is None


def test_villages_are_added_to_those_there_are() -> None:
    before = order("今晚七点半通知柳树村停水", KNOWN)
    assert before is not None
    after = changed(before, "再加上河湾村", KNOWN)
    assert after is not None
    assert after.zones == ("liushu", "hewan")


def test_what_is_missing_is_answered() -> None:
    draft = order("发个通知", KNOWN)
    assert draft is not None
    for missing, said in (("text", "明天停电"), ("zones", "各村"), ("minute", "今晚七点半")):
        assert draft.missing == missing
        found = answered(draft, said, KNOWN)
        assert found is not None
        draft = found
    assert (draft.text, draft.zones, minute_of(draft), draft.missing) == ("明天停电", ALL, "11-23 19:30", "")


@pytest.mark.parametrize("said", [*ORDERS, *CHANGES])
def test_a_draft_is_remembered_as_it_is(said: str) -> None:
    draft = order(said, KNOWN) or Draft()
    assert Draft.from_json(draft.to_json()) == draft


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("submit", "送审"),
        ("submit", "送审吧。"),
        ("drop", "算了"),
        ("drop", "不播了"),
        ("resend", "再发一次给没到的"),
        ("resend", "补发"),
        ("stop_it", "停播"),
        ("reads", "多少人看了"),
        ("list", "播的都有哪些"),
        ("list", "我的广播都有哪些"),
    ],
)
def test_short_words_are_known(name: str, said: str) -> None:
    assert is_word(name, said)
    assert not is_word(name, f"{said}的那个路灯")


@pytest.mark.parametrize(
    ("said", "number"),
    [("取消", ""), ("取消 播2026-0003", "2026-0003"), ("播2026-0003 不播了", "2026-0003"), ("路灯不修了", None)],
)
def test_calling_off_names_a_broadcast_or_the_last(said: str, number: str | None) -> None:
    assert called_off(said) == number


BY_CADRE = Known(NOW, VILLAGES, tuple(VILLAGES), hears_all=True)
"""Who may order is heard in everyday words as well."""

EVERYDAY = {
    "明天上午九点全镇停水检修，跟各村说一声": ("明天上午九点全镇停水检修", ALL, Level.DAILY, ""),
    "明天停水，让大家知道": ("明天停水", ALL, Level.DAILY, ""),
    "明早停水通知下去": ("明早停水", (), Level.DAILY, ""),
    "停水了，发个通知": ("停水了", (), Level.DAILY, ""),
    "明天下午体检，各村都喊一下": ("明天下午体检", ALL, Level.DAILY, ""),
    "后天上午开会，今晚七点半通知各村": ("后天上午开会", ALL, Level.DAILY, "11-23 19:30"),
    "水库放水，给河湾村和南岭村喊一声吧": ("水库放水", ("hewan", "nanling"), Level.DAILY, ""),
    "马上给河湾村喊，河里涨水了都往高处走": ("河里涨水了都往高处走", ("hewan",), Level.URGENT, "now"),
    "帮我拟个明早停电的广播": ("明早停电", (), Level.DAILY, ""),
    "给我写个停水通知": ("停水", (), Level.DAILY, ""),
    "让各村都知道一下，二十八号大集挪到二十九": ("二十八号大集挪到二十九", ALL, Level.DAILY, ""),
    "每周五下午四点播反诈那段话": ("", (), Level.DAILY, "11-27 16:00"),
    "今晚七点半播森林防火": ("森林防火", (), Level.DAILY, "11-23 19:30"),
    "喇叭里说说，后天下午两点打疫苗，带上身份证": ("后天下午两点打疫苗，带上身份证", (), Level.DAILY, ""),
    "跟柳树村群里说一声晚上开会": ("晚上开会", ("liushu",), Level.DAILY, ""),
    "发条通知让桃园村的人明早来领树苗": ("明早来领树苗", ("taoyuan",), Level.DAILY, ""),
}


@pytest.mark.parametrize(("said", "expected"), EVERYDAY.items())
def test_a_cadre_is_heard_in_everyday_words(said: str, expected: tuple[str, tuple[str, ...], Level, str]) -> None:
    draft = order(said, BY_CADRE)
    assert draft is not None
    assert (draft.text, draft.zones, draft.level, minute_of(draft)) == expected


@pytest.mark.parametrize("said", [said for said in EVERYDAY if not said.startswith("发条通知")])
def test_everyday_words_order_nothing_from_anybody_else(said: str) -> None:
    if draft := order(said, KNOWN):
        assert draft.text == "停水"  # "write a notice of" was an order before


@pytest.mark.parametrize(
    "said",
    [
        "柳树村说没水了",
        "河湾村说，水涨了",
        "我跟柳树村说了，他们不听",
        "跟书记说一声我不去了",
        "路灯坏了，跟我说一声",
        "喇叭太吵，跟他们说一声",
        "昨天跟各村说过了",
        "各村都知道停水了",
        "已经通知下去了",
        "通知下去了没",
        "好的，通知各村",
        "让我知道一下结果",
        "广播坏了",
        "喇叭太吵",
        "播种机借一下",
        "柳树村喊，没人应",
        "群众反映喇叭太吵，没人管",
        "发个什么通知",
        "写个情况说明的通知咋写",
        "昨天播了停水的通知",
        "有人跟村民说，补贴不发了",
        "今晚八点播",
    ],
)
def test_reports_and_small_talk_of_a_cadre_order_nothing(said: str) -> None:
    assert order(said, BY_CADRE) is None


def test_a_trouble_told_last_is_no_order_before_an_alarm() -> None:
    assert is_order("马上给河湾村喊，河里涨水了都往高处走", BY_CADRE)
    assert not is_order("有人掉河里了，跟大家说一声", BY_CADRE)
