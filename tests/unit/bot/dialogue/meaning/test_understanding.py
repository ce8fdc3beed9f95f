"""Understanding without a model: the dialogues of the product notes, and that all a sentence holds is taken."""

import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.meaning.commands import (
    Ask,
    CallOff,
    Cancel,
    Chitchat,
    Choose,
    Close,
    Command,
    Confirm,
    Correct,
    Decide,
    Distress,
    Feedback,
    FillField,
    Grievance,
    Handoff,
    Menu,
    MyTasks,
    NotMended,
    ReadToMe,
    Record,
    Remark,
    Scam,
    Silent,
    StartSkill,
    Status,
    Unknown,
    Verdict,
    VoiceDecision,
    Where,
)
from bot.dialogue.meaning.guesses import Guess, Meaning
from bot.dialogue.meaning.nearness import SkillWords, nearest
from bot.dialogue.meaning.understanding import Context, Pending, understand
from bot.dialogue.meaning.wishing import WantPaper

LAMP = SkillWords("lamp", ("路灯",), ("路灯坏了", "门口灯不亮"), is_report=True)
REPORT = SkillWords(
    "report", ("井盖", "垃圾", "漏雨", "停水"), ("我家门口垃圾没人收",), is_report=True, catches_all=True
)
FEAST = SkillWords("feast", ("家宴", "大食堂"), ("俺儿结婚用村里大食堂",))
RESIDENCE = SkillWords("residence", ("居住证明",), ("帮我开个居住证明",))
TERMS = frozenset({"柳树村", "桃园村", "路灯", "高龄津贴", "低保"})


def context(**known: Any) -> Context:
    skills = (LAMP, REPORT, FEAST, RESIDENCE)
    return replace(Context(date(2026, 11, 22), skills, TERMS, household="柳树村三组"), **known)


HOUSE = SkillWords("report", ("墙裂", "水管", "路灯"), ("路灯坏了",), is_report=True, catches_all=True)


@pytest.mark.parametrize(
    "text",
    [
        "房子墙裂了快塌了 能翻修不 给多少",
        "俺家房后头想起个新屋 批不批",
        "撞坏了路灯得赔多少钱",
        "路灯坏了砸着车 给赔不",
        "地里的水管断了能补几个钱",
    ],
)
def test_what_asks_for_a_right_or_for_money_is_no_report(text: str) -> None:
    assert [type(each) for each in understand(text, context(skills=(HOUSE,)))] == [Ask]


@pytest.mark.parametrize(
    "text", ["路灯坏了说了多少回都没人管", "墙裂了快来人", "水管漏了一地给修修吧", "路灯一会儿亮一会儿不亮"]
)
def test_a_trouble_stays_a_report(text: str) -> None:
    assert [type(each) for each in understand(text, context(skills=(HOUSE,)))] == [StartSkill]


def test_a_misheard_dialect_sentence_with_two_things_is_taken_whole() -> None:
    text = (
        "喂小林啊俺是六数村的夜来后晌俺家大门口那个录灯就不明了黑灯瞎火的差点把俺绊倒还有俺那个高龄今天咋到这霎还没发"
    )
    report, question = understand(text, context(by_voice=True))
    assert isinstance(report, StartSkill)
    assert report.skill == "lamp"
    assert report.fields == {"place": "柳树村三组 俺家大门口", "since": "昨天下午", "since_day": "2026-11-21"}
    assert isinstance(question, Ask)
    assert "高龄津贴" in question.question


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("好的", Silent()),
        ("谢谢小邻", Silent()),
        ("👍", Silent()),
        ("👍👍👍", Silent()),
        ("[微笑]", Silent()),
        ("嗯嗯", Silent()),
        ("再见", Silent()),
        ("", Silent()),
        ("我的待办", MyTasks()),
        ("俺的灯修到哪了", Status("俺的灯修到哪了")),
        ("路灯修到哪一步了", Status("路灯修到哪一步了")),
        ("等我办的", MyTasks()),
        ("我手上有几件事", MyTasks()),
        ("俺不识字", ReadToMe()),
        ("不对", Correct()),
        ("说错了", Correct()),
        ("不是俺家是俺对门", Correct("俺家", "俺对门")),
        ("改成十八号", Correct("", "十八号")),
        ("你能干啥", Menu()),
        ("对", Confirm()),
        ("意见 机器人老听不懂", Feedback("机器人老听不懂")),
        ("书记电话多少", Ask("书记电话多少")),
        ("明天赶集不", Ask("明天赶集不")),
    ],
)
def test_a_short_message_is_one_command(text: str, expected: Command) -> None:
    assert understand(text, context()) == [expected]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我的事办到哪了", Status),
        ("咋还没弄好", Status),
        ("@小邻 俺家低保批了没", Status),
        ("找活人", Handoff),
        ("转人工", Handoff),
        ("算了 去饭店办 不弄了", Cancel),
        ("跟你拉拉呱", Chitchat),
        ("恁这机器人有啥用", Feedback),
        ("啊吧啊吧", Unknown),
        ("俺要举报 柳树村会计把低保给他小舅子了 别让村里知道是俺说的", Grievance),
        ("村主任收了人家的钱才给批的", Grievance),
        ("【医保局】您的账户今日冻结，请点 http://a.xx 填银行卡和验证码 这个真的假的啊", Scam),
        ("路灯坏了归谁管", Ask),
        ("今儿停水不", Ask),
        ("路灯坏了咋办", StartSkill),
        ("喇叭太吵", StartSkill),
        ("咱村井盖少了一个，小学门口，谁管管", StartSkill),
        ("小学门口井盖没了，谁管管啊", StartSkill),
        ("井盖归谁管", Ask),
        ("帮我开个居住证明", WantPaper),
        ("给俺盖个章", WantPaper),
    ],
)
def test_the_kind_of_a_message(text: str, kind: type) -> None:
    assert [type(each) for each in understand(text, context())] == [kind]


def test_an_empty_recording_is_a_strike_and_not_silence() -> None:
    assert understand("", context(by_voice=True)) == [Unknown("")]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("1", 1), ("修好了", 1), ("2", 2), ("还是不亮", 2), ("3", 3), ("别再问我", 3), ("１", 1)],
)
def test_the_closing_question_takes_a_number_or_words(text: str, answer: int) -> None:
    assert understand(text, context(pending=Pending.CLOSING)) == [Close(answer)]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("没好，还是黑的", Close(2, "还是黑的")),
        ("没修好。灯闪了两下又灭了", Close(2, "灯闪了两下又灭了")),
        ("还是黑的", Close(2)),
        ("又漏了", Close(2)),
        ("好了好了，谢谢", Close(1)),
        ("修好了，谢谢小邻", Close(1)),
        ("亮了，修好了", Close(1)),
        ("修好了啊", Close(1)),
    ],
)
def test_the_closing_question_takes_what_people_add_to_it(text: str, command: Close) -> None:
    assert understand(text, context(pending=Pending.CLOSING)) == [command]


@pytest.mark.parametrize("text", ["好了，垃圾没人收", "谢谢", "村西头路灯也坏了", "啥时候能修好"])
def test_what_says_not_whether_it_is_mended_is_no_answer_to_the_closing_question(text: str) -> None:
    assert not any(isinstance(each, Close) for each in understand(text, context(pending=Pending.CLOSING)))


def test_numbers_are_choices_only_when_something_was_offered() -> None:
    assert understand("12", context(pending=Pending.CHOICE)) == [Choose((1, 2))]
    assert understand("二", context(pending=Pending.CHOICE)) == [Choose((2,))]
    assert not any(isinstance(each, Choose) for each in understand("12", context()))


def test_zero_calls_off_an_alarm_and_yes_confirms_what_was_shown() -> None:
    assert understand("0", context(pending=Pending.ALARM)) == [CallOff()]
    assert understand("好的", context(pending=Pending.CONFIRM)) == [Confirm()]


@pytest.mark.parametrize(
    "text",
    [
        "没事了 醒过来了 刚才吓死俺了", "没事了没事了", "俺爹醒过来了，谢谢你们", "火灭了，不用来了",
        "孩子找着了！虚惊一场", "没啥事了", "回0", "人没事", "缓过来了 刚才晕了一下", "找着了 在他姥娘家哩",
        "孩子找到了，在屋里睡着了", "好了好了，别来了",
    ],
)  # fmt: skip
def test_an_alarm_is_called_off_in_ones_own_words(text: str) -> None:
    assert understand(text, context(pending=Pending.ALARM)) == [CallOff()]


@pytest.mark.parametrize(
    "text",
    [
        "还没醒", "没事了吗", "俺爹没事了 俺娘又倒下了", "人没事，屋还着着", "没找着", "120来了", "醒了一下又叫不应了",
        "不是没事", "找着了，在井里", "在他姥娘家", "火没灭", "他走了", "谢谢", "好的",
    ],
)  # fmt: skip
def test_what_does_not_say_that_it_is_over_calls_no_alarm_off(text: str) -> None:
    assert CallOff() not in understand(text, context(pending=Pending.ALARM))


def test_a_typed_decision_counts_and_a_spoken_one_never() -> None:
    assert understand("同意 A7K2", context(is_cadre=True)) == [Decide(Verdict.APPROVE, "A7K2")]
    assert understand("同意abcd", context(is_cadre=True)) == [Decide(Verdict.APPROVE, "ABCD")]
    assert understand("驳回 B3M9 材料不齐", context(is_cadre=True)) == [Decide(Verdict.REJECT, "B3M9", "材料不齐")]
    assert understand("不同意 B3M9", context(is_cadre=True)) == [Decide(Verdict.REJECT, "B3M9")]
    assert understand("同意 A7K2", context(is_cadre=True, by_voice=True)) == [VoiceDecision(Verdict.APPROVE)]
    assert understand("同意", context(is_cadre=True, by_voice=True)) == [VoiceDecision(Verdict.APPROVE)]
    assert understand("同意", context(is_cadre=True)) == [Decide(Verdict.APPROVE, "")]


def test_a_clerk_records_what_he_quotes() -> None:
    quoted = "桥头井盖又没了"
    assert understand("@小邻 记 急", context(is_cadre=True, quote=quoted)) == [Record(quoted, urgent=True)]
    assert understand("记一下", context(is_cadre=True, quote=quoted)) == [Record(quoted, urgent=False)]
    assert not any(isinstance(each, Record) for each in understand("记 急", context(quote=quoted)))


@pytest.mark.parametrize(
    ("text", "affected", "via"),
    [
        ("代王秀英报 屋顶漏雨", "王秀英", ""),
        ("代对门老人报屋漏雨", "对门老人", ""),
        ("代王秀英报 屋漏雨 没手机 找邻居老周", "王秀英", "老周"),
    ],
)
def test_a_report_for_another_names_who_is_affected(text: str, affected: str, via: str) -> None:
    (command,) = understand(text, context())
    assert isinstance(command, StartSkill)
    assert (command.skill, command.affected, command.via) == ("report", affected, via)
    assert "place" not in command.fields, "the speaker's house is not the affected person's"


def test_a_correction_and_a_question_in_one_breath_are_both_taken() -> None:
    commands = understand("不是初八 是十八 厨子要健康证不", context(asked_field="cook", open_skill="feast"))
    assert commands == [Correct("初八", "十八"), Ask("厨子要健康证不")]


@pytest.mark.parametrize("said", ["换煤炉子改成气的给钱不", "旱厕改成水冲的补贴多少钱", "户口改到城里要不要收钱吗"])
def test_a_change_that_somebody_asks_about_corrects_nothing(said: str) -> None:
    assert not any(isinstance(each, Correct) for each in understand(said, context()))


@pytest.mark.parametrize(
    "said", ["房本上想改成儿子的名", "俺那户口本要改成城镇户口", "存折能换成闺女的不", "低保证上想改到他哥名下"]
)
def test_what_somebody_wants_to_have_changed_corrects_nothing_that_was_said(said: str) -> None:
    assert not any(isinstance(each, Correct) for each in understand(said, context()))


@pytest.mark.parametrize(
    ("said", "like"),
    [
        ("照片要几张", "Status"),
        ("宅基地批下来一直没盖，几年作废", "Status"),
        ("残疾人证能叫俺儿去办不", "Status"),
        ("那得带啥", "Chitchat"),
        ("村里那桌子大碗借用要钱不", "Grievance"),
    ],
)
def test_how_many_who_may_go_and_at_what_cost_are_asked_whatever_it_sounds_like(said: str, like: str) -> None:
    heard = context(guesses={said: Guess({Meaning(like): 1.0})})
    assert understand(said, heard) == [Ask(said)]


def test_a_complaint_about_money_that_a_cadre_takes_stays_one() -> None:
    said = "会计给办事还要钱不"
    heard = context(guesses={said: Guess({Meaning("Grievance"): 1.0})})
    assert isinstance(understand(said, heard)[0], Grievance)


def test_what_was_just_filed_may_be_wanted_otherwise() -> None:
    assert understand("俺想改成十八号", context(just_filed=True)) == [Correct("", "十八号")]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("瞧我这嘴，三组说成五组了", Correct("五组", "三组")),
        ("刚才把三组写成五组了", Correct("五组", "三组")),
        ("写串了，那灯挨着五组的大槐树", Correct("", "那灯挨着五组的大槐树")),
        ("嘴瓢了，是村东头", Correct("", "村东头")),
        ("说岔了，应该是五组路口", Correct("", "五组路口")),
    ],
)
def test_a_slip_of_the_tongue_is_put_right_when_something_was_filed(said: str, meant: Correct) -> None:
    assert understand(said, context(just_filed=True, just_opened=True)) == [meant]


@pytest.mark.parametrize("said", ["村里把俺家名字写成王五了", "他把三亩说成五亩了", "三组写成五组了"])
def test_what_others_have_written_wrongly_is_no_slip_of_ours(said: str) -> None:
    fresh = said != "三组写成五组了"
    assert not [one for one in understand(said, context(just_opened=fresh)) if isinstance(one, Correct)]


def test_an_open_form_gets_its_answer_and_lets_other_things_through() -> None:
    form = context(asked_field="cook", open_skill="feast")
    assert understand("老宋 就咱村那个", form) == [FillField("cook", "老宋 就咱村那个")]
    assert understand("大食堂几点开门", form) == [Ask("大食堂几点开门")]
    (aside,) = understand("俺家门口路灯坏了", form)
    assert isinstance(aside, StartSkill)
    (own,) = understand("路灯杆边上那块", context(asked_field="place", open_skill="lamp"))
    assert isinstance(own, FillField)


def test_sentences_split_where_a_new_matter_begins_only() -> None:
    two = understand("三组停水了。养老认证咋弄", context())
    assert [type(each) for each in two] == [StartSkill, Ask]
    one = understand("俺家屋漏雨。咋办？", context())
    assert [type(each) for each in one] == [StartSkill]
    three = understand("路灯坏了，另外居住证明咋开？还有就是垃圾没人收", context())
    assert [type(each) for each in three] == [StartSkill, Ask, StartSkill]


def test_despair_in_anger_is_answered_softly_after_the_matter() -> None:
    commands = understand("银行非要俺单身证明 村里不给开 踢皮球是吧 俺不活了", context())
    assert isinstance(commands[0], WantPaper)
    assert commands[0].wish.receiver == "银行"
    assert commands[-1] == Distress()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("路灯坏了三天了", {"place": "柳树村三组", "since": "三天了", "since_day": "2026-11-19"}),
        ("桥头路灯前天就不亮", {"place": "柳树村 桥头", "since": "前天", "since_day": "2026-11-20"}),
        ("村东头路灯坏了", {"place": "柳树村 村东头"}),
        ("学校门口路灯坏了", {"place": "柳树村 学校门口"}),
        ("广场路灯坏了", {"place": "柳树村 广场"}),
        ("俺家门口路灯坏了", {"place": "柳树村三组 俺家门口"}),
        ("胡同口路灯坏了", {"place": "柳树村三组 胡同口"}),
        ("桃园村口路灯坏了", {"place": "桃园村口"}),
        ("五组路灯坏了", {"place": "柳树村五组"}),
        ("夜黑路灯灭了", {"place": "柳树村三组", "since": "昨天晚上", "since_day": "2026-11-21"}),
    ],
)
def test_where_and_since_when_are_read_and_not_asked(text: str, fields: dict[str, str]) -> None:
    (command,) = understand(text, context())
    assert isinstance(command, StartSkill)
    assert command.fields == fields


def test_skills_are_found_by_keyword_then_by_nearest_example() -> None:
    skills = (LAMP, RESIDENCE)
    assert nearest("村头路灯", skills) is LAMP
    assert nearest("门口灯不亮了", skills) is LAMP
    assert nearest("今天天气好", skills) is None


@given(st.text(max_size=120), st.booleans(), st.sampled_from(list(Pending)))
def test_every_text_is_understood_as_something(text: str, by_voice: bool, pending: Pending) -> None:
    assert understand(text, context(by_voice=by_voice, pending=pending, is_cadre=True, quote="q"))


@pytest.mark.parametrize("said", ["好好好", "好的谢谢", "好，谢谢", "行行", "👍👍👍", "好的好的，麻烦了，再见"])
def test_politeness_in_any_heap_is_silence(said: str) -> None:
    assert understand(said, context()) == [Silent()]


def test_a_long_heap_of_politeness_is_read_at_once() -> None:
    started = time.thread_time()
    understand("好" * 300 + "呀", context())
    understand("👍" * 300 + "呀", context())
    assert time.thread_time() - started < 1


@pytest.mark.parametrize("said", ["这事谁管呀", "村里的拖拉机年审在哪办", "我走到路上碰见他了"])
def test_everyday_words_are_not_repaired_into_services(said: str) -> None:
    terms = frozenset({"水管", "拉圾", "道路", "没水"})
    commands = understand(said, context(terms=terms))
    assert not any(isinstance(each, StartSkill) for each in commands)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要给你们提个意见，办事大厅中午没人", Feedback("办事大厅中午没人")),
        ("给镇里提个建议，多装几个路灯", Feedback("多装几个路灯")),
        ("俺想提点建议：喇叭早上晚点响", Feedback("喇叭早上晚点响")),
        ("提个意见", Feedback("提个意见")),
        ("有个意见想反映", Feedback("有个意见想反映")),
        ("我对你们有意见", Feedback("我对你们有意见")),
        ("我对垃圾清运有意见，三天没来", Feedback("我对垃圾清运有意见，三天没来")),
        ("我对王大成有意见", Grievance("我对王大成有意见")),
        ("给会计提个意见，他态度不好", Grievance("给会计提个意见，他态度不好")),
    ],
)
def test_an_opinion_is_one_step_away_and_one_about_a_cadre_is_kept_from_him(text: str, expected: Command) -> None:
    assert understand(text, context(cadres=frozenset({"王大成"}))) == [expected]


@pytest.mark.parametrize(
    "text", ["意见箱在哪", "提意见去哪", "提个意见去哪提", "申请宅基地要村里签意见", "对象对我有意见"]
)
def test_a_question_about_opinions_is_none(text: str) -> None:
    assert not isinstance(understand(text, context())[0], Feedback)


def test_a_first_report_that_ends_in_why_does_nobody_care_is_a_report() -> None:
    (first,) = understand("路灯灭了好几天了咋没人管", context())
    assert isinstance(first, StartSkill)
    (after,) = understand("俺报的路灯咋还没动静", context())
    assert isinstance(after, Status)


def test_how_long_it_takes_goes_on_with_what_was_asked() -> None:
    assert [type(each) for each in understand("多久能批下来", context(last_question="低保咋申请"))] == [Ask]
    assert [type(each) for each in understand("多久能批下来", context())] == [Status]


@pytest.mark.parametrize("text", ["收到个短信说补贴到账让填卡号", "有个链接叫俺输验证码", "加了个微信让交保证金"])
def test_who_is_asked_for_a_card_is_warned(text: str) -> None:
    assert [type(each) for each in understand(text, context())] == [Scam]


@pytest.mark.parametrize(
    "text",
    ["来了个电话说俺社保卡冻结了让俺转安全账户", "自称公安的让俺把钱打到指定账户", "有人打电话让俺把验证码告诉他"],
)
def test_who_is_told_to_move_money_is_warned(text: str) -> None:
    assert [type(each) for each in understand(text, context())] == [Scam]


@pytest.mark.parametrize("text", ["俺打工老板欠俺三个月工资不给", "工钱拖了半年不发", "包工头赖着工钱"])
def test_wages_that_are_owed_are_for_a_person(text: str) -> None:
    assert [type(each) for each in understand(text, context())] == [Handoff]


def test_a_sigh_behind_two_troubles_makes_no_question_of_them() -> None:
    skills = (LAMP, replace(REPORT, kinds=(("停水", "没水"), ("停电", "没电"), ())))
    found = understand("水也停了 电也没了 这日子咋过", context(skills=skills))
    assert [type(each) for each in found] == [StartSkill, StartSkill]


def test_what_flows_out_of_a_blocked_drain_is_the_same_matter() -> None:
    skills = (replace(REPORT, keywords=("下水道", "垃圾", "臭水"), kinds=(("下水道",), ("垃圾", "臭水"), ())),)
    assert len(understand("学校门口下水道堵了，臭水流一地", context(skills=skills))) == 1
    assert len(understand("学校门口下水道堵了，桥头垃圾也没人收", context(skills=skills))) == 2


@pytest.mark.parametrize("text", ["谁家把粪堆在路当中 车都过不去", "谁家的狗咬坏了俺的菜"])
def test_whose_doing_it_is_is_no_question(text: str) -> None:
    found = understand(text, context())
    assert not any(isinstance(each, Ask) for each in found)


def test_which_family_may_apply_is_a_question() -> None:
    assert isinstance(understand("谁家能申请危房改造", context())[0], Ask)


@pytest.mark.parametrize(
    "text",
    [
        "有人打电话说是社保局的 让念验证码", "他叫俺把验证码报给他", "俺把验证码念给他了", "念给他了",
        "俺卡里少了五百", "存折里的钱叫人转走了", "他让俺把手机上的六位数念给他", "俺把密码说给那客服了",
        "有个自称镇上的要加俺微信", "俺把卡号告诉那个人了咋办", "收到短信让点链接领补贴",
    ],
)  # fmt: skip
def test_a_code_that_is_read_out_and_money_that_is_gone_are_a_fraud(text: str) -> None:
    assert [type(each) for each in understand(text, context())] == [Scam]


@pytest.mark.parametrize(
    "text",
    ["验证码收不到咋弄", "俺医保卡丢了", "话费少了", "把电话念给他听", "密码忘了咋弄", "身份证号给派出所报了没用"],
)
def test_codes_and_cards_of_ones_own_are_no_fraud(text: str) -> None:
    assert not any(isinstance(each, Scam) for each in understand(text, context()))


@pytest.mark.parametrize(
    "text",
    ["恁们镇上那个谁 收了俺二百块钱不给办事", "窗口的工作人员刁难俺", "大队里那几个管事的吃回扣", "所里办事的态度恶劣"],
)
def test_who_works_there_is_complained_of_without_a_title(text: str) -> None:
    assert [type(each) for each in understand(text, context())] == [Grievance]


@pytest.mark.parametrize("text", ["村里那个收破烂的给的钱少", "镇上那个超市收了俺两回钱"])
def test_who_does_business_there_is_no_cadre(text: str) -> None:
    assert not any(isinstance(each, Grievance) for each in understand(text, context()))


@pytest.mark.parametrize(
    "text", ["这破玩意儿啥也不会", "你们是干啥吃的", "你这机器一点也没用", "真没用的东西", "要你有啥用"]
)
def test_who_is_angry_with_us_is_given_to_a_person(text: str) -> None:
    assert [type(each) for each in understand(text, context())] == [Feedback]


@pytest.mark.parametrize("text", ["堵得死死的", "都臭得睡不着", "不修俺没法过了", "是东邻居家"])
def test_how_bad_it_is_belongs_to_what_was_just_filed(text: str) -> None:
    assert [type(each) for each in understand(text, context(just_filed=True))] == [NotMended]
    assert not any(isinstance(each, NotMended) for each in understand(text, context()))


@pytest.mark.parametrize("text", ["堵得慌的是下水道", "臭得路灯底下都站不住"])
def test_what_names_another_thing_does_not(text: str) -> None:
    assert not any(isinstance(each, NotMended) for each in understand(text, context(just_filed=True)))


def test_of_several_things_that_were_filed_the_place_of_one_is_said() -> None:
    (found,) = understand("路灯是俺家门口那个", context(just_filed=True))
    assert isinstance(found, Where)
    assert (found.thing, found.place) == ("路灯", "俺家门口")
    (house,) = understand("是俺家院里那个", context(just_filed=True))
    assert isinstance(house, Where)


@pytest.mark.parametrize("text", ["帮俺问问", "那你替我问一下吧", "给俺打听打听"])
def test_ask_for_me_after_an_answer_asks_a_person(text: str) -> None:
    (found,) = understand(text, context(last_question="高龄津贴多少钱"))
    assert isinstance(found, Handoff)
    assert found.text.startswith("高龄津贴多少钱")


@pytest.mark.parametrize("text", ["我要办酒席", "腊月十六家里办喜酒 得找谁", "下月初八想摆个席"])
def test_who_wants_to_give_a_feast_is_told_whom_to_see(text: str) -> None:
    (found,) = understand(text, context(skills=(LAMP, REPORT)))
    assert isinstance(found, Remark)
    assert found.name == "feast"


@pytest.mark.parametrize("text", ["办酒席有啥规定", "办酒席多少桌要报备", "村里办喜事吵得睡不着"])
def test_what_asks_of_feasts_or_is_a_trouble_is_no_wish(text: str) -> None:
    assert not any(isinstance(each, Remark) for each in understand(text, context(skills=(LAMP, REPORT))))


@pytest.mark.parametrize("text", ["浇地排号", "俺想排队浇麦子 领个号", "给俺家浇地排个号", "能不能给俺家排个浇水的号"])
def test_a_queue_that_is_not_kept_here_is_said_to_be_none(text: str) -> None:
    (found,) = understand(text, context())
    assert isinstance(found, Remark)
    assert found.name == "queue"
    queue = SkillWords("well_queue", ("机井浇地排号",), ("机井排号", "排队浇地"))
    offered = understand(text, context(skills=(LAMP, REPORT, queue)))
    assert not any(isinstance(each, Remark) for each in offered)


@pytest.mark.parametrize("text", ["浇地排号有人插队", "机井排队浇地到俺这停了"])
def test_a_trouble_in_the_queue_is_no_wish(text: str) -> None:
    assert not any(isinstance(each, Remark) for each in understand(text, context()))


def test_a_question_and_then_one_thing_to_report_are_two() -> None:
    found = understand("给老人办个高龄卡再报下路灯不亮", context())
    assert [type(each) for each in found] == [Ask, StartSkill]


def test_a_short_question_behind_a_report_is_answered() -> None:
    found = understand("井盖坏了再问下低保几号发", context())
    assert [type(each) for each in found] == [StartSkill, Ask]


@pytest.mark.parametrize("text", ["你说这日子过得有啥意思哎", "一天天的日子没个奔头", "老伴没了俺一个人吃饭都不香"])
def test_who_sighs_of_life_is_listened_to(text: str) -> None:
    (found,) = understand(text, context())
    assert isinstance(found, Remark)
    assert found.name == "lonely"


@pytest.mark.parametrize(
    "text",
    [
        "我转了两万给那个客服 现在联系不上了", "交了三千押金 那公司没影了", "钱打过去了 对方把俺拉黑了",
        "给卖家汇了八百 电话打不通了",
    ],
)  # fmt: skip
def test_money_that_went_to_somebody_who_is_gone_is_a_fraud(text: str) -> None:
    assert [type(each) for each in understand(text, context())] == [Scam]


@pytest.mark.parametrize("text", ["养老金交了钱 电话打不通咋查", "给村里交了卫生费 收据找不着了"])
def test_fees_that_were_paid_are_none(text: str) -> None:
    assert not any(isinstance(each, Scam) for each in understand(text, context()))
