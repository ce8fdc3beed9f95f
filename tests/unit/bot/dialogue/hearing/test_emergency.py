"""Emergencies: recognised as written and as misheard, told apart from what is past, feared, played or insured."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.hearing.emergency import (
    Emergency,
    Kind,
    distress_line,
    is_distressed,
    numbers,
    recognise,
    reply,
    reply_to_child,
)

DUTY = [("李海", "13800000001")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("快来人啊俺爹倒地上了叫不应", Kind.MEDICAL),
        ("俺媳妇喝药了", Kind.POISON),
        ("活着没意思 药都备好了", Kind.SUICIDE),
        ("井里有孩子", Kind.DROWNING),
        ("冒煤气了", Kind.GAS),
        ("着火了", Kind.FIRE),
        ("着火啦哈哈", Kind.FIRE),
        ("俺爹触电了", Kind.ELECTRIC),
        ("房子塌了压着人了", Kind.COLLAPSE),
        ("山洪下来了俺们困在房顶上", Kind.FLOOD),
        ("有人拿刀砍人了", Kind.VIOLENCE),
        ("俺娘叫大货车撞了", Kind.TRAFFIC),
        ("孩子不见了", Kind.MISSING),
        ("俺叫毒蛇咬了腿肿老高", Kind.BITE),
        ("俺手绞到脱粒机里了", Kind.MACHINE),
        ("电梯里困住了孩子在哭", Kind.TRAPPED),
        ("媳妇羊水破了", Kind.BIRTH),
        ("我10岁 我爸又打我妈了 我害怕 别告诉我爸", Kind.CHILD),
        ("救命啊", Kind.UNKNOWN),
    ],
)
def test_each_kind_is_recognised(text: str, kind: Kind) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize("text", ["找火了找火了", "照火了照火了", "有银落水了", "小妮喝农要了咋弄啊", "着获了快来救获"])
def test_a_misheard_word_counts_by_its_sound(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "昨天俺爹倒地上了现在没事了，住院医保报不",
        "火灾保险咋赔",
        "电影里有人跳楼了吓死我",
        "学校明天搞消防演练几点",
        "煤气中毒怎么预防",
        "没着火是烧纸呢",
        "楼道堆杂物怕着火",
        "如果有人触电了应该怎么办",
        "上周走丢的老人找到了谢谢大家",
        "门口路灯不亮了差点把俺绊倒",
        "桥头井盖又没了 掉进人去咋整",
        "旧床不要了有人拉不",
        "好的",
        "",
    ],
)
def test_what_is_past_feared_played_or_asked_is_no_alarm(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "俺家遭了火 能给点钱救救急不",
        "家里着了火，能申请救助吗",
        "俺想评个残 人下不了床咋整",
        "俺爹瘫了下不了床，能评残不",
        "房子叫大雨冲塌了 能领多少补助",
    ],
)
def test_what_is_given_after_a_misfortune_may_be_asked(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize("text", ["俺家羊丢了两只，谁看见了打我电话", "谁捡到钥匙打我电话", "有事打我电话"])
def test_who_wants_to_be_rung_up_is_not_beaten(text: str) -> None:
    found = recognise(text)
    assert found is None or found.kind is not Kind.VIOLENCE


@pytest.mark.parametrize(
    "text",
    [
        "俺家遭了火，快来人",
        "俺家着火了 火还在烧 能给点钱不",
        "有人掉河里了请求救助",
        "有人拿刀要我给点钱咋办",
        "我不在了 低保给俺娘行不 药我买好了",
    ],
)
def test_who_asks_for_aid_while_it_goes_on_is_heard(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text", ["插排烧了，拉了闸，火没灭", "火还没灭呢", "柴火垛着了，没扑灭", "麦茬火没扑灭，还冒着", "草垛的火扑不灭"]
)
def test_a_fire_that_is_not_out_is_a_fire(text: str) -> None:
    emergency = recognise(text)
    assert emergency
    assert emergency.kind is Kind.FIRE


@pytest.mark.parametrize(
    "text", ["炉子火没灭，半夜还热乎", "火灭了没", "蚊香火没灭", "昨天那场火扑灭了没", "心头火没灭"]
)
def test_a_stove_that_burns_and_a_fire_that_is_asked_about_are_none(text: str) -> None:
    assert recognise(text) is None


def test_a_child_is_heard_also_about_last_night() -> None:
    found = recognise("我是六年级的 我继父昨晚打我 我不敢说")
    assert found is not None
    assert found.is_secret


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("老屋的山墙倒了 俺叔还在里边扒东西", Kind.COLLAPSE),
        ("楼下充电的电瓶车爆了 楼道全是烟 我们下不去", Kind.FIRE),
        ("赶集一转身俺孙女就没人影了 三岁 穿红棉袄", Kind.MISSING),
        ("俺儿叫野猪顶了 肚子上一个窟窿", Kind.BITE),
        ("河水漫过堤了 往村里灌", Kind.FLOOD),
    ],
)
def test_a_short_message_is_heard_by_whole_classes_of_words(text: str, kind: Kind) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind is kind


def test_yesterday_is_an_alarm_when_it_is_still_going_on() -> None:
    assert recognise("俺娘昨晚喝的药现在叫不醒") is not None


def test_anger_gets_the_soft_line_and_a_plan_gets_the_alarm() -> None:
    angry = "银行非要俺单身证明 村里不给开 恁镇上也不给开 踢皮球是吧 俺不活了"
    assert recognise(angry) is None
    assert is_distressed(angry)
    assert "12356" in distress_line()
    assert recognise(angry + " 药都备好了") is not None
    assert not is_distressed("俺想问问低保")


def test_the_reply_says_whom_to_call_what_to_say_and_that_nobody_answered_yet() -> None:
    found = recognise("快来人啊俺爹倒地上了叫不应")
    assert found is not None
    text = reply(found, place="柳树村三组 王家", duty=DUTY, in_group=False)
    assert text.startswith("**先打 120。**")
    assert "柳树村三组 王家，老人倒地，叫不应" in text
    assert "值班 李海 13800000001，也打给他。" in text
    assert "村里值班" not in text
    assert "还没有人回我" in text
    assert "马上到" not in text


@pytest.mark.parametrize("kind", Kind)
def test_a_group_sees_numbers_and_no_name_or_place(kind: Kind) -> None:
    text = reply(Emergency(kind, "elder"), place="柳树村三组 王家", duty=DUTY, in_group=True)
    assert numbers(Emergency(kind))[0] in text
    assert "李海" not in text
    assert "王家" not in text


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_number_with_and_without_duty_and_place(kind: Kind) -> None:
    for place in ("", "柳树村"):
        for duty in ([], DUTY):
            text = reply(Emergency(kind), place=place, duty=duty, in_group=False)
            assert numbers(Emergency(kind))[0] in text
            assert "{" not in text


def test_the_code_of_a_typed_decision_is_like_nothing() -> None:
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    said = (f"有意见 {one}{other}{other}{one} 她不住这屋" for one in letters for other in letters)
    assert [text for text in said if recognise(text)] == []


def test_a_child_is_not_told_the_duty_person_and_nobody_at_home_is() -> None:
    found = recognise("我10岁 我爸又打我妈了 我害怕 别告诉我爸")
    assert found is not None
    assert found.is_secret
    said = reply_to_child(found, place="柳树村", in_group=False)
    assert "不会告诉家里人" in said
    assert "值班" not in said


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    recognise(text)


def test_a_text_takes_at_most_a_millisecond() -> None:
    text = "喂小林啊俺是六数村的夜来后晌俺家大门口那个录灯就不明了黑灯瞎火的差点把俺绊倒" * 2
    recognise(text)
    times = []
    for _ in range(20):
        start = time.thread_time()
        recognise(text)
        times.append(time.thread_time() - start)
    assert min(times) < 0.001


@pytest.mark.parametrize(
    "text",
    [
        "有人捡到羊没有",
        "羊丢了两只，有人捡到没",
        "俺家牛不见了，找了半天没找着",
        "俺的老母猪跑没影了",
        "俺手机丢了，有人捡着没",
        "俺娘的手机丢了找不着了",
        "电动车不见了",
        "谁见俺家的猫了",
    ],
)
def test_a_lost_animal_or_thing_is_no_missing_person(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "孩子不见了有人看见没",
        "老人和羊都找不着了",
        "俺爹去找羊没回来",
        "俺孙子放羊没回来",
        "俺妈拿着手机走丢了",
        "雪大 羊倌没回圈",
    ],
)
def test_who_is_missing_beside_an_animal_or_a_thing_is_still_missed(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "狗咬了他不赔咋办",
        "狗咬了人不赔咋弄",
        "狗咬了俺家羊，他不认账找谁",
        "俺让他家狗咬了，他不拿钱咋整",
        "被狗咬了他不认咋整",
    ],
)
def test_who_asks_to_be_paid_after_a_bite_is_in_no_danger(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize("text", ["狗把孩子咬了", "狗咬着孩子了咋办", "蛇咬了咋办", "牛跑了顶着人了"])
def test_a_bite_is_still_heard(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "老槐树底下有人下棋", "桥底下有人钓鱼", "楼道里有人给电动车充电", "屋里有人打麻将吵得慌",
        "桥洞子底下有积水 电动车过不去", "三轮车陷泥里了", "收割机误沟边上了",
        "门口电线杆歪了", "站牌歪了半个月了", "俺老伴夜里小腿抽筋咋办",
    ],
)  # fmt: skip
def test_ordinary_doings_under_a_tree_or_in_the_mud_are_no_alarm(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "墙塌了底下有人",
        "老槐树底下有人叫不应",
        "三轮车翻沟里把人压底下了",
        "游泳的人腿抽筋往下沉",
        "屋里有人困住了出不来",
    ],
)
def test_the_same_places_with_somebody_in_danger_are(text: str) -> None:
    assert recognise(text) is not None


def test_a_blade_against_others_is_violence_and_against_oneself_is_not() -> None:
    others, oneself = recognise("邻居家吵起来了拿着刀撵人呢"), recognise("俺不想活了 手里拿着刀")
    assert others is not None
    assert others.kind is Kind.VIOLENCE
    assert oneself is not None
    assert oneself.kind is Kind.SUICIDE


@pytest.mark.parametrize(
    "text",
    [
        "邻居家孩子身上老有伤", "俺侄女说她老师老摸她", "隔壁那小孩让后妈关门外头不给饭吃",
        "对门八岁的小妮天天挨她后爹打 青一块紫一块", "他家大人一喝酒就打孩子 这事找谁", "俺外甥女说邻居老头脱她裤子",
    ],
)  # fmt: skip
def test_a_child_s_harm_told_by_somebody_else_is_heard_and_kept_from_the_village(text: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind is Kind.CHILD_TOLD
    assert found.is_secret
    said = reply_to_child(found, place="柳树村三组王家", in_group=False)
    assert "110" in said
    assert "王家" not in said, "where the speaker lives is not where it happens"


@pytest.mark.parametrize(
    "text", ["孩子身上老起痱子", "孩子摔得身上青一块", "电视里演后妈老打孩子", "学生打疫苗胳膊有点肿"]
)
def test_what_any_child_has_is_no_harm_by_others(text: str) -> None:
    found = recognise(text)
    assert found is None or found.kind is not Kind.CHILD_TOLD


def test_a_child_who_is_being_beaten_now_brings_those_on_duty() -> None:
    found = recognise("快来人 隔壁正在打孩子 孩子满脸是血")
    assert found is not None
    assert not found.is_secret


@pytest.mark.parametrize(
    "text",
    [
        "有几个年轻人在桥洞底下喝酒", "墙根有人抽烟", "河沿上有人烧纸", "村口有个大坑，骑车摔人", "网线掉路上绊着人了",
        "栏杆断了一根，怕孩子掉下去", "井台没栏杆 就怕小孩滑倒", "赶紧的", "快点来修", "又弄不动了 还是来人吧",
        "孩子她爹在工地摔了 老板不给钱", "俺哥叫车撞了 对方不认账", "俺男人在厂里伤了手 老板躲了",
        "老伴没了俺一个人吃饭都不香", "桥洞里有人搭棚子住",
    ],
)  # fmt: skip
def test_what_is_feared_usual_or_only_to_be_paid_is_no_alarm(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "桥洞底下喝酒的人躺那不动了", "有人在车里烧炭睡觉", "孩子爬到房顶上了 怕摔下来", "栏杆断了孩子掉下去了",
        "老人在梯子上下不来 怕摔着", "快点来人啊", "俺爹弄不动了 快来人", "爹在工地摔了 昏过去了 老板不管",
    ],
)  # fmt: skip
def test_the_same_words_with_somebody_in_danger_are(text: str) -> None:
    assert recognise(text) is not None


def test_what_sounds_like_a_sign_goes_before_whole_classes_of_words() -> None:
    found = recognise("有个老头躺在桥底下不动弹了")
    assert found is not None
    assert found.kind is Kind.MEDICAL


@pytest.mark.parametrize(
    "text",
    [
        "邻居家闺女叫她后爹打 浑身是伤", "对门那小子让他继父打得不敢回家",
        "前院那妮她后妈天天打她", "老挨她后爹打 那闺女才上小学",
        "俺外孙女说她后爸半夜进她屋", "俺小姑子家的闺女叫她亲爹拿皮带抽", "俺后邻那个小妮说她叔摸她",
    ],
)  # fmt: skip
def test_a_child_beaten_by_a_parent_is_told_whatever_it_is_called(text: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind is Kind.CHILD_TOLD


@pytest.mark.parametrize("text", ["俺闺女叫她男人打了", "儿子把他爹打了"])
def test_the_grown_are_no_children_of_that_kind(text: str) -> None:
    found = recognise(text)
    assert found is None or found.kind is not Kind.CHILD_TOLD


@pytest.mark.parametrize(
    "text",
    ["电话线断了搭在房上", "网线叫车挂断了掉在路上", "光缆垂下来快拖到地上了", "有线电视的线断了耷拉在院里"],
)
def test_a_line_that_carries_no_power_is_no_shock(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize("text", ["电线断了搭在房上", "电话线跟电线缠一块了 直冒火花", "网线断了搭高压线上了 打火"])
def test_a_power_line_beside_it_is(text: str) -> None:
    found = recognise(text)
    assert found is not None


@pytest.mark.parametrize(
    "text",
    [
        "前边两个车撞了 堵着路了", "路上俩车撞了堵着呢", "高速口撞车了 堵着走不动", "大货车跟面包车撞了 堵住路了",
        "两辆三轮撞一块了 把道堵着了",
    ],
)  # fmt: skip
def test_a_crash_that_blocks_the_road_is_a_crash(text: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind is Kind.TRAFFIC


@pytest.mark.parametrize("text", ["下水道堵着了", "路口堵着过不去车", "桥上堵住了 半天不动"])
def test_what_is_blocked_poisons_nobody(text: str) -> None:
    found = recognise(text)
    assert found is None or found.kind is not Kind.POISON


@pytest.mark.parametrize(
    "text",
    [
        "俺家那口子喝了酒就打我 不敢回家", "我老公打我 我害怕", "俺男人又打我了 别告诉我妈", "俺儿打我 我怕他回来",
        "对象打我 还不让我出门",
    ],
)  # fmt: skip
def test_who_is_beaten_by_a_husband_or_a_son_is_no_child(text: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind is Kind.VIOLENCE


@pytest.mark.parametrize("text", ["我爸喝了酒就打我 不敢回家", "我十岁 我爸打我妈 他俩对象的时候就打"])
def test_who_is_beaten_by_a_father_is(text: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.kind is Kind.CHILD


@pytest.mark.parametrize(
    "text",
    [
        "俺家门口那个井盖子让大车轧碎了 夜来黑天差点掉进去个孩子", "楼梯扶手松了 俺娘差点摔下来",
        "路上有个坑 差点把俺绊倒",
        "树枝子掉下来 差一点砸着人", "那个弯太急 好几回差点撞上",
    ],
)  # fmt: skip
def test_what_nearly_happened_did_not(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text", ["孩子差点淹死 刚捞上来 不喘气了", "俺娘差点摔死 腿断了动不了", "井盖没了 孩子掉进去了"]
)
def test_what_happened_beside_it_did(text: str) -> None:
    assert recognise(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "我转了两万给那个客服 现在联系不上了", "给他汇了五千 人找不着了", "交了三千押金 那公司没影了 电话也打不通",
        "钱打过去了 对方把俺拉黑了",
    ],
)  # fmt: skip
def test_who_took_the_money_and_is_gone_is_nobody_missing(text: str) -> None:
    assert recognise(text) is None


def test_a_child_that_took_money_and_is_gone_is() -> None:
    assert recognise("孩子拿了五百块钱走了 到现在联系不上") is not None


@pytest.mark.parametrize(
    ("text", "who"),
    [("狗把邮递员咬了 狗是老孙家的", ""), ("小孙家的驴踢着人了 起不来", ""), ("俺孙子叫狗咬了", "child")],
)
def test_a_family_name_is_no_grandchild(text: str, who: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.who == who
