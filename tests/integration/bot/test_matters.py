"""Matters from first word to last: decisions in words, the closing question, forms, complaints, matters of others."""

import pytest

from tests.integration.bot.house import House
from township import directory
from township.models import people
from workflows.models import cases as case_rows

GRIEVANCE = "俺要举报 柳树村会计把低保给他小舅子了 别让村里知道是俺说的"


async def reported(house: House, who: str = "v-0101", text: str = "俺家门口路灯不亮了") -> str:
    """Report something; returns the code of the clerk's task."""
    await house.says(who, text)
    (task,) = await house.tasks_of("c-0101")
    return task.code


# --- decisions


async def test_a_typed_title_with_its_code_and_words_closes_with_the_result(house: House) -> None:
    code = await reported(house)
    assert "办好了" in await house.reply("c-0101", f"办好了 {code} 换了灯泡")
    assert "换了灯泡" in house.heard("v-0101")[-1]
    assert "修好了吗" in house.heard("v-0101")[-1]


async def test_a_code_counts_in_small_letters_and_without_a_space(house: House) -> None:
    code = await reported(house)
    await house.says("c-0101", f"办好了{code.lower()}换了灯泡")
    assert "换了灯泡" in house.heard("v-0101")[-1]


async def test_an_action_without_the_word_it_needs_asks_for_it_once(house: House) -> None:
    code = await reported(house)
    assert "问什么" in await house.reply("c-0101", f"问村民 {code}")
    await house.says("c-0101", "是哪一根灯杆")
    assert "是哪一根灯杆" in house.heard("v-0101")[-1]
    assert len(house.heard("c-0101")) == 2


async def test_a_code_of_somebody_else_does_nothing(house: House) -> None:
    code = await reported(house)
    await house.says("c-0201", f"办好了 {code} 换了灯泡")
    (case,) = await house.cases_of("v-0101")
    assert case.stage == "assign"
    assert "修好了吗" not in "".join(house.heard("v-0101"))


async def test_a_code_that_is_not_known_is_said(house: House) -> None:
    assert "没找到" in await house.reply("c-0101", "同意 A7K2")


async def test_a_spoken_decision_is_refused_and_the_way_shown(house: House) -> None:
    code = await reported(house)
    said = await house.reply("c-0101", "同意", voice=True)
    assert "语音" in said
    assert code in said
    (case,) = await house.cases_of("v-0101")
    assert case.stage == "assign"
    said = await house.reply("c-0101", f"同意 {code}", voice=True)
    assert "语音" in said
    (case,) = await house.cases_of("v-0101")
    assert case.stage == "assign"


async def test_a_spoken_title_with_a_code_changes_nothing_either(house: House) -> None:
    code = await reported(house)
    await house.says("c-0101", f"办好了 {code} 换了灯泡", voice=True)
    (case,) = await house.cases_of("v-0101")
    assert case.stage == "assign"


async def test_one_task_needs_no_code_and_several_are_listed(house: House) -> None:
    code = await reported(house)
    await house.says("v-0102", "大门口的井盖没了")
    said = await house.reply("c-0101", "同意")
    assert "2 件" in said
    assert code in said
    stages = [case.stage for case in await house.cases_of("c-0101")]
    assert stages == ["assign", "assign"]


async def test_the_second_to_decide_hears_who_decided_before(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    await house.says("v-0102", "1")
    (first,), (second,) = await house.tasks_of("c-0006"), await house.tasks_of("c-0007")
    await house.says("c-0006", f"答复 {first.code} 查实了，已经退回")
    assert "查实了" in house.heard("v-0102")[-1]
    said = await house.reply("c-0007", f"答复 {second.code} 没有这回事")
    assert said
    assert "没有这回事" not in "".join(house.heard("v-0102"))


# --- the closing question


@pytest.mark.parametrize("answer", ["1", "好了", "修好了", "一"])
async def test_one_or_its_words_close_the_case(house: House, answer: str) -> None:
    await house.says("c-0101", f"办好了 {await reported(house)} 换了灯泡")
    assert "办结了" in await house.reply("v-0101", answer)
    (case,) = await house.cases_of("v-0101")
    assert not case.is_open


@pytest.mark.parametrize("answer", ["2", "没好", "还是不亮"])
async def test_two_or_its_words_open_the_case_again(house: House, answer: str) -> None:
    await house.says("c-0101", f"办好了 {await reported(house)} 换了灯泡")
    assert "接着办" in await house.reply("v-0101", answer)
    (case,) = await house.cases_of("v-0101")
    assert (case.is_open, case.stage) == (True, "handle")
    (task,) = await house.tasks_of("c-0101")
    assert task.number == "柳树 1 号"


async def test_three_is_left_in_peace(house: House) -> None:
    await house.says("c-0101", f"办好了 {await reported(house)} 换了灯泡")
    assert "不再问您" in await house.reply("v-0101", "3")
    (case,) = await house.cases_of("v-0101")
    assert not case.is_open


async def test_a_number_that_answers_nothing_is_no_decision(house: House) -> None:
    await reported(house)
    await house.says("v-0101", "1")
    (case,) = await house.cases_of("v-0101")
    assert case.stage == "assign"


async def test_two_closing_questions_are_answered_one_by_one_the_latest_first_or_by_number(house: House) -> None:
    first = await reported(house)
    await house.says("c-0101", f"办好了 {first} 换了灯泡")
    second = await reported(house, text="大门口的井盖没了")
    await house.says("c-0101", f"办好了 {second} 盖上了")
    await house.says("v-0101", "1")
    await house.says("v-0101", "1")
    assert [case.is_open for case in await house.cases_of("v-0101")] == [False, False]


async def test_a_closed_case_is_opened_again_by_saying_that_it_is_not_mended(house: House) -> None:
    await house.says("c-0101", f"办好了 {await reported(house)} 换了灯泡")
    await house.says("v-0101", "1")
    await house.says("v-0101", "没办好")
    (case, *more) = await house.cases_of("v-0101")
    assert case.is_open
    assert more == [], "the old case goes on; no second one is opened"


async def test_what_is_not_mended_and_still_open_hears_of_it(house: House) -> None:
    await reported(house)
    assert "还在办" in await house.reply("v-0101", "还是不亮")
    (case,) = await house.cases_of("v-0101")
    assert "还是不亮" in str(case.said)


async def test_not_mended_without_any_matter_is_not_understood(house: House) -> None:
    assert "没听明白" in await house.reply("v-0103", "没办好")


async def test_never_mind_takes_back_what_was_just_reported(house: House) -> None:
    await reported(house)
    assert "撤了" in await house.reply("v-0101", "算了，不弄了")
    (case,) = await house.cases_of("v-0101")
    assert (case.is_open, case.result) == (False, "withdrawn")
    assert "没有要撤的事" in await house.reply("v-0101", "算了")


async def test_never_mind_a_week_later_takes_nothing_back(house: House) -> None:
    await reported(house)
    await house.later(days=7)
    assert "没有要撤的事" in await house.reply("v-0101", "算了")


async def test_a_question_in_between_leaves_the_closing_question_open(house: House) -> None:
    await house.says("c-0101", f"办好了 {await reported(house)} 换了灯泡")
    assert "每月25日" in await house.reply("v-0101", "高龄津贴啥时候发")
    assert "办结了" in await house.reply("v-0101", "1")


# --- a case that asks back


async def test_the_clerk_asks_back_and_the_next_words_are_the_answer(house: House) -> None:
    code = await reported(house)
    await house.says("c-0101", f"问村民 {code} 是哪一根灯杆")
    assert "是哪一根灯杆" in house.heard("v-0101")[-1]
    assert "记上了" in await house.reply("v-0101", "大槐树边上那根")
    (case,) = await house.cases_of("v-0101")
    assert case.stage == "handle"
    assert "大槐树边上那根" in str(case.said)


async def test_an_emergency_while_something_is_asked_leaves_the_question_open(house: House) -> None:
    code = await reported(house)
    await house.says("c-0101", f"问村民 {code} 是哪一根灯杆")
    assert "120" in await house.reply("v-0101", "快来人啊俺爹倒地上了叫不应", voice=True)
    await house.says("v-0101", "大槐树边上那根")
    lamp = next(case for case in await house.cases_of("v-0101") if case.skill == "village_report")
    assert lamp.stage == "handle"
    assert "大槐树边上那根" in str(lamp.said)


async def test_a_form_that_asks_what_kind_survives_an_emergency(house: House) -> None:
    asked = await house.reply("v-0104", "我要报修")
    before = await house.cases_of("v-0104")
    assert before == []
    assert "？" in asked
    assert "120" in await house.reply("v-0104", "俺爹倒地上了叫不应")
    said = await house.reply("v-0104", "路灯")
    assert "柳树 1 号" in said


async def test_the_alarm_reaches_those_on_duty_and_who_goes_is_told_to_the_caller(house: House) -> None:
    said = await house.reply("v-0101", "快来人啊俺爹倒地上了叫不应", voice=True)
    assert said.startswith("**先打 120")
    assert "柳树村三组王家" in said
    assert "李海 13800000001" in said
    assert "叫不应" in house.heard("c-0103")[-1]
    assert "叫不应" in house.heard("c-0001")[-1]
    card, _ = house.card("c-0103")
    await house.taps_on("c-0103", card, "going")
    assert "李海看到了" in house.heard("v-0101")[-1]


async def test_an_alarm_in_a_group_gives_numbers_and_no_names(house: House) -> None:
    said = await house.reply("v-0101", "快来人啊俺爹倒地上了叫不应", group="cidliushu=")
    assert "120" in said
    assert "13800000001" in said
    assert "王" not in said
    assert "李海" not in said


async def test_what_only_sounded_like_an_emergency_is_filed_when_it_is_called_off(house: House) -> None:
    assert "先打" in await house.reply("v-0104", "自来水管爆了 水冲得人站不住 快来人救命")
    said = await house.reply("v-0104", "0")
    assert "供水的事记下了" in said
    assert "没事就好" in said
    assert {case.skill: case.is_open for case in await house.cases_of("c-0101")} == {
        "village_report": True,
        "emergency": False,
    }


async def test_an_alarm_is_called_off_and_those_on_duty_hear_it(house: House) -> None:
    await house.says("v-0101", "快来人啊俺爹倒地上了叫不应")
    assert "没事就好" in await house.reply("v-0101", "没事了")
    assert "没事了" in house.heard("c-0103")[-1]
    assert [case.is_open for case in await house.cases_of("c-0103")] == [False]


async def test_a_child_is_heard_by_the_child_officer_alone_and_never_written_to_again(house: House) -> None:
    said = await house.reply("v-0102", "我10岁 我爸又打我妈了 我害怕 别告诉我爸")
    assert "110" in said
    told = {who for who, heard in house.post.said.items() if heard and who != "v-0102"}
    assert told == {"c-0005"}
    (person,) = await house.rows(people, people.c.id == "v-0102")
    assert person["flags"]["quiet"]
    assert {who for who, _ in house.post.cards.values()} == {"c-0005"}, "with a promise that is asked after"
    assert "13800000112" not in house.heard("c-0005")[-1], "who rings that number tells the family"


# --- complaints about cadres


async def test_a_complaint_is_seen_by_the_named_persons_and_by_nobody_else_in_town(house: House) -> None:
    said = await house.reply("v-0102", GRIEVANCE)
    assert "不经过村里" in said
    assert "纪2026-0001" in await house.reply("v-0102", "1")
    for person in await everybody(house):
        may = person.id in {"c-0006", "c-0007"}
        seen = [case for case in await house.cases_of(person.id) if "低保" in str(case.said)]
        assert bool(seen) == (may or person.id == "v-0102"), person.id
        assert bool(await house.tasks_of(person.id)) == may, person.id
        assert bool(house.shown(person.id)) == may, person.id
        heard = "".join(house.heard(person.id))
        assert ("纪2026" in heard or "小舅子" in heard) == (person.id == "v-0102"), person.id
    for group in ("cidliushu=", "cidtown="):
        assert house.heard(group) == []


async def test_a_complaint_that_says_a_lamp_is_dark_too_stays_a_complaint(house: House) -> None:
    await house.says("v-0102", "俺要举报村主任收礼，路灯坏了也不修")
    assert await house.tasks_of("c-0101") == []
    assert await house.tasks_of("c-0102") == []
    assert len(await house.tasks_of("c-0006")) == 1


async def test_a_spoken_complaint_takes_the_same_way(house: House) -> None:
    assert "12388" in await house.reply("v-0102", "俺要举报村会计吃回扣", voice=True)
    assert await house.tasks_of("c-0101") == []


async def test_how_far_is_a_complaint_is_told_to_who_made_it_alone(house: House) -> None:
    await house.says("v-0102", GRIEVANCE)
    await house.says("v-0102", "实名")
    assert "纪2026-0001" in await house.reply("v-0102", "我的事办到哪了")
    assert "没有在办的事" in await house.reply("v-0103", "我的事办到哪了")
    assert "纪2026" not in await house.reply("c-0102", "我的待办")


async def test_an_opinion_goes_to_a_person(house: House) -> None:
    assert "问2026-0001" in await house.reply("v-0102", "意见 你们这机器人老听不懂")


# --- for others


async def test_a_matter_for_somebody_without_a_phone_is_told_on_the_call_list(house: House) -> None:
    said = await house.reply("c-0201", "代冯老栓报 屋顶漏雨")
    assert "替冯老栓" in said
    (case,) = await house.cases_of("c-0201")
    assert (case.cast.affected, case.cast.wrote, case.village_id) == ("n-0201", "c-0201", "taoyuan")
    (line,) = await house.calls_of("c-0201")
    assert line.person == "冯老栓"
    assert "屋顶漏雨" in line.text or "桃园 1 号" in line.text


async def test_a_voice_note_of_a_clerk_names_who_is_affected_and_the_way_to_that_person(house: House) -> None:
    said = await house.reply("c-0101", "代王秀英报，屋漏雨，没手机，找邻居老周", voice=True)
    assert "王秀英" in said
    (case,) = await house.cases_of("c-0101")
    assert case.cast.affected == "v-0101"
    assert "老周" in str(case.said)
    assert case.kind == "house"


async def test_a_clerk_files_what_a_group_says_by_quoting_it(house: House) -> None:
    said = await house.reply("c-0101", "记 急", group="cidliushu=", quote="桥头井盖又没了 掉进人去咋整")
    assert "柳树 1 号" in said
    (case,) = await house.cases_of("c-0101")
    assert (case.kind, case.pace) == ("manhole", "urgent")
    assert "桥头井盖又没了" in case.said["what"]


async def test_a_villager_who_quotes_and_says_note_files_nothing(house: House) -> None:
    await house.says("v-0102", "记 急", group="cidliushu=", quote="桥头井盖又没了")
    assert await house.cases_of("c-0101") == []


# --- photos


async def test_photos_with_words_are_kept_with_the_case(house: House) -> None:
    await house.says("v-0101", "俺家门口路灯不亮了", pictures=2)
    (case,) = await house.cases_of("v-0101")
    assert len(case.fields["photos"]) == 2


async def test_photos_after_a_report_are_added_to_it(house: House) -> None:
    await house.says("v-0101", "俺家门口路灯不亮了")
    assert "放进 柳树 1 号" in await house.reply("v-0101", pictures=1)
    (case,) = await house.cases_of("c-0101")
    assert len(case.fields["photos"]) == 1


async def test_a_photo_before_any_words_is_asked_about_and_then_belongs_to_the_report(house: House) -> None:
    assert "是什么事" in await house.reply("v-0101", pictures=1)
    await house.says("v-0101", "俺家门口路灯不亮了")
    (case,) = await house.cases_of("v-0101")
    assert len(case.fields["photos"]) == 1


async def test_a_photo_of_yesterday_is_not_put_to_a_report_of_today(house: House) -> None:
    await house.says("v-0101", pictures=1)
    await house.later(days=1)
    await house.says("v-0101", "俺家门口路灯不亮了")
    (case,) = await house.cases_of("v-0101")
    assert "photos" not in case.fields


async def everybody(house: House) -> list[directory.Person]:
    rows = await house.rows(people)
    return list((await house.db.read(lambda tx: directory.persons(tx, [row["id"] for row in rows]))).values())


async def test_a_long_list_of_tasks_is_short_enough_to_be_sent_and_read(house: House) -> None:
    for n in range(24):
        await house.says("v-0101", f"村口第{n}根杆的路灯不亮了")
    said = (await house.reply("c-0101", "我的待办")).splitlines()
    assert said[0] == "等您办的 24 件："
    assert len(said) == 22
    assert "后面还有 4 件" in said[-1]


@pytest.mark.parametrize(
    ("more", "place"),
    [("就在村委会东边那个池子", "柳树村 村委会东边那个池子"), ("挨着老刘家门口", "柳树村 挨着老刘家门口")],
)
async def test_where_it_is_may_be_said_after_the_report(house: House, more: str, place: str) -> None:
    await house.says("v-0101", "垃圾两天没人拉了")
    assert "地方记上了" in await house.reply("v-0101", more)
    (case,) = await house.cases_of("v-0101")
    assert case.said["place"] == place


async def test_a_place_that_was_said_stays_when_more_of_it_is_said(house: House) -> None:
    await house.says("v-0101", "桥头路灯不亮了")
    await house.says("v-0101", "挨着老刘家")
    (case,) = await house.cases_of("v-0101")
    assert "桥头" in case.said["place"]
    assert "挨着老刘家" in case.said["place"]


async def test_a_place_said_an_hour_later_belongs_to_nothing(house: House) -> None:
    await house.says("v-0101", "垃圾两天没人拉了")
    await house.later(hours=1)
    assert "地方记上了" not in await house.reply("v-0101", "就在村委会东边那个池子")


async def test_three_troubles_in_one_message_are_three_matters(house: House) -> None:
    said = await house.reply("v-0101", "桥头护栏撞断了，还有路灯也坏了，自来水也没有")
    assert "3 件事" in said
    assert len(await house.cases_of("v-0101")) == 3


async def test_how_far_it_is_may_be_asked_while_the_kind_is_asked_for(house: House) -> None:
    await reported(house)
    await house.says("v-0101", "俺家门口那个坏了没人修")
    assert "柳树 1 号" in await house.reply("v-0101", "我报的那个咋样了")


# --- what was done, said right after the tap


async def closed(house: House) -> str:
    """Let a lamp be reported and closed; returns its number."""
    await house.says("v-0102", "村口的路灯不亮了")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"收下 {task.code}")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {task.code}")
    return task.number


@pytest.mark.parametrize("said", ["换了灯泡", "灯泡换了", "已经换了新灯泡", "线接好了。"])
async def test_what_was_done_is_kept_with_the_case_that_was_just_closed(house: House, said: str) -> None:
    number = await closed(house)
    assert number in await house.reply("c-0101", said)
    assert len(await house.rows(case_rows)) == 1


async def test_a_trouble_that_is_still_there_is_reported_by_a_cadre_as_well(house: House) -> None:
    await closed(house)
    await house.says("c-0101", "村西头路灯换了灯泡还不亮")
    assert len(await house.rows(case_rows)) == 2


async def test_a_deed_long_after_is_no_word_to_the_case(house: House) -> None:
    number = await closed(house)
    await house.later(minutes=11)
    assert f"记到 {number}" not in await house.reply("c-0101", "换了灯泡")
