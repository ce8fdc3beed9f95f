"""Wishes for papers, in the words of villagers: refused with two papers in hand, asked about once, begun, handed on."""

import io

import pypdfium2
import pytest

from tests.integration.bot.house import House
from township.models import outbox
from workflows.models import cases
from workflows.seals import policy
from workflows.seals.models import demands, papers

ANGRY = "银行非要俺单身证明 村里不给开 恁镇上也不给开 踢皮球是吧 俺不活了"


def words_of(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(io.BytesIO(content))
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


async def asked_for(house: House) -> list[tuple[str, str, bool]]:
    return [(row["paper"], row["body"], row["insisted"]) for row in await house.rows(demands)]


# --- refused


async def test_a_refusal_says_why_and_where_and_gives_two_papers_in_one_turn(house: House) -> None:
    said = await house.reply("v-0102", ANGRY)
    assert "民发〔2020〕20号 清单第 8 项" in said
    assert "赔个不是" in said
    assert "婚姻登记处" in said
    assert "回 3，镇里去找银行说" in said
    assert "12356" in said
    assert "件事" not in said
    (declaration, own), (letter, told) = house.post.enclosed["v-0102"]
    assert (declaration, letter) == ("本人承诺书.pdf", "告知函.pdf")
    assert "张三" in words_of(own)
    assert "单身，没有配偶" in words_of(own)
    assert "银行" in words_of(told)
    assert "民发〔2020〕20号" in words_of(told)
    assert "演示专用" in words_of(told)


async def test_a_refusal_opens_no_case_and_no_form_and_is_counted_by_its_body_alone(house: House) -> None:
    await house.says("v-0102", ANGRY)
    assert await house.rows(cases) == []
    assert await house.rows(papers) == []
    assert await asked_for(house) == [("R08", "银行", False)]
    (row,) = await house.rows(demands)
    assert "v-0102" not in str(dict(row))
    assert "张三" not in str(dict(row))


@pytest.mark.parametrize("row", policy.load().refuse, ids=lambda row: row.id)
async def test_none_of_the_national_list_ever_becomes_a_case(house: House, row: policy.Row) -> None:
    said = await house.reply("v-0101", f"{row.asked_by[0]}要{row.alias[0]}证明 给俺开一个")
    assert f"清单第 {row.item} 项" in said
    assert row.go_to in said
    assert await house.rows(cases) == []
    assert [name for name, _ in house.post.enclosed["v-0101"]] == ["本人承诺书.pdf", "告知函.pdf"]
    assert await asked_for(house) == [(row.id, row.asked_by[0], False)]


async def test_who_does_not_say_who_asks_is_not_asked_and_the_letter_goes_to_whom_it_concerns(house: House) -> None:
    said = await house.reply("v-0101", "开个没犯过事的证明")
    assert "？" not in said
    (_, letter) = house.post.enclosed["v-0101"]
    assert "有关单位" in words_of(letter[1])
    assert await asked_for(house) == [("R05", "", False)]


async def test_the_same_demand_twice_a_day_is_counted_once(house: House) -> None:
    await house.says("v-0101", "银行要俺单身证明")
    await house.says("v-0101", "银行还是要俺单身证明")
    assert await asked_for(house) == [("R08", "银行", False)]


# --- 3: the town writes


async def test_three_lets_the_town_speak_with_the_body(house: House) -> None:
    await house.says("v-0102", "银行非要俺单身证明")
    said = await house.reply("v-0102", "3")
    assert "镇里去找银行说（函2026-0001）" in said
    (case,) = await house.cases_of("v-0102")
    assert (case.skill, case.said["body"], case.said["paper"]) == ("letter_to_body", "银行", "单身证明")
    assert case.said["letter"]
    assert await asked_for(house) == [("R08", "银行", True)]
    (task,) = await house.tasks_of("c-0011")
    assert task.case_id == case.id
    assert await house.tasks_of("c-0101") == [], "the village has no part in it"


async def test_three_once_more_changes_nothing(house: House) -> None:
    await house.says("v-0102", "银行非要俺单身证明")
    await house.says("v-0102", "3")
    assert "已经替您转给镇里" in await house.reply("v-0102", "银行还是不认")
    assert len(await house.cases_of("v-0102")) == 1


async def test_three_without_a_body_asks_which_and_then_writes_to_it(house: House) -> None:
    await house.says("v-0102", "给俺开个单身证明")
    assert "哪家单位" in await house.reply("v-0102", "3")
    assert await house.cases_of("v-0102") == []
    assert "找县农商行说" in await house.reply("v-0102", "县农商行")


async def test_three_a_day_later_is_a_number_that_answers_nothing(house: House) -> None:
    await house.says("v-0102", "银行非要俺单身证明")
    await house.later(hours=25)
    assert "没有等您回话" in await house.reply("v-0102", "3")
    assert await house.cases_of("v-0102") == []


async def test_one_and_two_ask_after_the_papers(house: House) -> None:
    await house.says("v-0102", "银行非要俺单身证明")
    assert "往上翻" in await house.reply("v-0102", "1")


async def test_three_to_a_later_question_is_the_answer_to_that(house: House) -> None:
    await house.says("v-0101", "桥头的路灯不亮了")
    await house.says("v-0101", "银行非要俺单身证明")
    await house.later(minutes=5)
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {task.code} 换了灯泡")
    await house.says("v-0101", "3")
    (case,) = await house.cases_of("v-0101")
    assert (case.skill, case.result) == ("village_report", "unanswered")


async def test_words_that_say_it_is_mended_close_the_case_whatever_was_asked_since(house: House) -> None:
    await house.says("v-0101", "桥头的路灯不亮了")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {task.code} 换了灯泡")
    await house.says("v-0101", "银行非要俺单身证明")
    assert "办结" in await house.reply("v-0101", "修好了")


# --- asked first


async def test_who_wants_a_paper_that_is_seldom_needed_is_asked_once_who_asks(house: House) -> None:
    assert "谁家要的" in await house.reply("v-0101", "给俺开个收入证明")
    assert await house.rows(demands) == []
    said = await house.reply("v-0101", "信用社")
    assert "一般不用村里开" in said
    assert "文件号" in said
    assert len(house.post.enclosed["v-0101"]) == 2
    assert await asked_for(house) == [("P03", "信用社", False)]
    assert await house.rows(cases) == []


async def test_who_says_it_at_once_is_not_asked(house: House) -> None:
    assert "一般不用村里开" in await house.reply("v-0101", "学校要贫困证明")


async def test_a_rule_that_is_named_leads_on_to_the_village(house: House) -> None:
    await house.says("v-0101", "给俺开个误工证明")
    said = await house.reply("v-0101", "法院要的，有文件，示例法〔2026〕3号")
    assert "误工证明" in said
    (case,) = await house.cases_of("v-0101")
    assert (case.skill, case.said["receiver"]) == ("village_paper", "法院")
    assert await house.rows(demands) == []


async def test_a_question_while_something_is_asked_is_answered_and_the_question_stays(house: House) -> None:
    await house.says("v-0101", "给俺开个收入证明")
    assert "25日" in await house.reply("v-0101", "高龄津贴啥时候发")
    assert "一般不用村里开" in await house.reply("v-0101", "信用社要的")


async def test_another_bodys_paper_is_shown_the_way(house: House) -> None:
    said = await house.reply("v-0101", "孩子转学 学校要户籍证明")
    assert "派出所" in said
    assert await house.rows(cases) == []


# --- allowed


async def test_how_many_copies_is_taken_with_the_wish(house: House) -> None:
    await house.says("v-0101", "给俺开个居住证明，要两份，孩子上学用 学校要")
    (case,) = await house.rows(cases)
    assert case["fields"]["copies"] == 2


async def test_a_residence_proof_begins_with_all_that_was_said(house: House) -> None:
    await house.says("v-0101", "给俺开个居住证明 孩子上学用 学校要")
    (case,) = await house.cases_of("v-0101")
    assert case.skill == "residence_proof"
    assert (case.said["receiver"], case.said["purpose"]) == ("学校", "孩子上学")
    assert await house.rows(demands) == []


async def test_what_a_residence_proof_lacks_is_asked_once(house: House) -> None:
    asked = await house.reply("v-0101", "给俺开个居住证明")
    assert await house.cases_of("v-0101") == []
    assert asked.count("？") + asked.count("?") <= 1


async def test_what_is_wanted_for_a_loan_is_asked_about_and_not_begun(house: House) -> None:
    assert "哪家银行" in await house.reply("v-0101", "给俺开个居住证明 买房贷款用")
    assert await house.cases_of("v-0101") == []
    said = await house.reply("v-0101", "县农商行，没有文件")
    assert "贷款一般不用" in said
    assert await house.rows(cases) == []


async def test_a_loan_with_its_rule_is_begun(house: House) -> None:
    await house.says("v-0101", "给俺开个居住证明 买房贷款用")
    await house.says("v-0101", "县农商行，他们有文件，农商〔2026〕3号")
    (case,) = await house.cases_of("v-0101")
    assert case.skill == "residence_proof"


async def test_a_loan_that_comes_out_in_the_form_is_asked_about_after_all(house: House) -> None:
    await house.says("v-0101", "给俺开个居住证明")
    assert "哪家银行" in await house.reply("v-0101", "买房贷款用")
    assert await house.rows(cases) == []
    assert "贷款一般不用" in await house.reply("v-0101", "县农商行")
    assert await house.rows(cases) == []


async def test_a_paper_without_a_service_goes_to_the_village_clerk_by_its_name(house: House) -> None:
    said = await house.reply("v-0101", "地包给人家了 合同要村里盖章")
    assert "土地承包、流转合同见证" in said
    (task,) = await house.tasks_of("c-0101")
    (case,) = await house.cases_of("v-0101")
    assert (task.case_id, case.skill) == (case.id, "village_paper")


async def test_an_empty_sheet_is_stamped_for_nobody(house: House) -> None:
    assert "谁来说都不能" in await house.reply("v-0101", "空白介绍信先给俺盖好章 回头再写")
    assert await house.rows(cases) == []


# --- unclear


async def test_which_paper_is_asked_once_and_then_a_person_asks(house: House) -> None:
    assert "哪种证明" in await house.reply("v-0101", "给俺开个证明")
    said = await house.reply("v-0101", "就那个证明呗")
    assert "工作人员" in said
    (case,) = await house.cases_of("v-0101")
    assert case.skill == "handoff"


async def test_the_answer_which_paper_it_is_leads_on(house: House) -> None:
    await house.says("v-0101", "给俺开个证明")
    assert "清单第 8 项" in await house.reply("v-0101", "银行要的，单身")


async def test_never_mind_ends_a_question_about_a_paper(house: House) -> None:
    await house.says("v-0101", "给俺开个证明")
    await house.says("v-0101", "算了 不办了")
    assert "25日" in await house.reply("v-0101", "高龄津贴啥时候发")
    assert await house.rows(cases) == []


# --- for others, in groups, by outsiders


async def test_a_daughter_asks_for_her_mother_and_the_mother_is_the_one_concerned(house: House) -> None:
    said = await house.reply("v-0103", "帮王秀英开个居住证明 学校要 孩子上学用")
    assert "王秀英" in said
    (case,) = await house.cases_of("v-0103")
    assert (case.cast.affected, case.cast.spoke) == ("v-0101", "v-0103")


async def test_the_declaration_of_another_is_not_signed_with_ones_own_name(house: House) -> None:
    await house.says("v-0103", "给俺娘开个健在证明 社保局要")
    (declaration, _) = house.post.enclosed["v-0103"]
    assert "赵兰" not in words_of(declaration[1])


async def test_two_matters_in_one_breath_are_both_answered(house: House) -> None:
    said = await house.reply("v-0101", "高龄津贴啥时候发，再帮俺开个单身证明")
    assert "25日" in said
    assert "清单第 8 项" in said


async def test_a_group_hears_nothing_of_it(house: House) -> None:
    said = await house.says("v-0102", "@小邻 银行非要俺单身证明", group="cidliushu=")
    assert said == ["您的事我私下回您。"]
    assert "清单第 8 项" in house.heard("v-0102")[-1]
    assert len(house.post.enclosed["v-0102"]) == 2
    assert house.post.enclosed["cidliushu="] == []


async def test_what_was_asked_in_a_group_is_answered_alone(house: House) -> None:
    await house.says("v-0102", "@小邻 给俺开个收入证明", group="cidliushu=")
    assert "谁家要的" in house.heard("v-0102")[-1]
    assert "一般不用村里开" in await house.reply("v-0102", "信用社")
    assert "25日" in await house.reply("v-0102", "高龄津贴啥时候发")


async def test_a_service_that_was_wished_for_in_a_group_goes_on_alone(house: House) -> None:
    await house.says("v-0102", "@小邻 给俺开个居住证明", group="cidliushu=")
    assert await house.rows(cases) == []
    await house.says("v-0102", "孩子上学用，学校要")
    (case,) = await house.cases_of("v-0102")
    assert (case.skill, case.said["purpose"], case.said["receiver"]) == ("residence_proof", "孩子上学", "学校")


async def test_three_after_a_refusal_in_a_group_is_heard_alone(house: House) -> None:
    await house.says("v-0102", "@小邻 银行非要俺单身证明", group="cidliushu=")
    assert "镇里去找银行说" in await house.reply("v-0102", "3")
    assert "已经替您转给镇里" in await house.reply("v-0102", "3")
    (case,) = await house.cases_of("v-0102")
    assert case.skill == "letter_to_body"


async def test_who_has_no_account_is_told_why_and_where_the_papers_lie(house: House) -> None:
    said = await house.reply("stranger", "银行要俺单身证明", outsider=True)
    assert "清单第 8 项" in said
    assert "便民服务大厅" in said
    assert house.post.enclosed["stranger"] == []
    assert await house.rows(cases) == []


# --- what starts nothing


async def test_a_document_that_is_quoted_starts_nothing(house: House) -> None:
    await house.says("v-0101", "这写的啥意思", quote="请给我开一个单身证明，再开一个居住证明，用途上学")
    assert await house.rows(demands) == []
    assert await house.rows(cases) == []


async def test_a_file_that_is_sent_starts_nothing(house: House) -> None:
    await house.says("v-0101", file=("申请.txt", "给我开个居住证明 孩子上学用".encode()))
    assert await house.rows(cases, cases.c.skill == "residence_proof") == []
    assert await house.rows(demands) == []


@pytest.mark.parametrize("said", ["单身证明还开不开", "残疾证咋办", "死亡证明找谁开"])
async def test_a_question_is_answered_from_the_documents(house: House, said: str) -> None:
    await house.reply("v-0101", said)
    assert await house.rows(demands) == []
    assert house.post.enclosed["v-0101"] == []


async def test_a_report_beside_a_wish_is_filed_as_before(house: House) -> None:
    said = await house.reply("v-0101", "桥头路灯不亮了，还有俺想开个无犯罪证明")
    assert "清单第 5 项" in said
    (case,) = await house.cases_of("v-0101")
    assert case.skill == "village_report"


async def test_the_papers_leave_once(house: House) -> None:
    await house.says("v-0102", "银行非要俺单身证明", message_id="once")
    await house.says("v-0102", "银行非要俺单身证明", message_id="once")
    sent = await house.rows(outbox, outbox.c.kind == "send_file")
    assert len(sent) == 2


# --- what the form of a paper asks


@pytest.mark.parametrize(
    ("said", "receiver"),
    [("县实验小学，报名用", "县实验小学"), ("交给派出所就行", "派出所"), ("县第一小学", "县第一小学")],
)
async def test_the_receiver_is_taken_as_it_will_be_printed(house: House, said: str, receiver: str) -> None:
    await house.says("v-0103", "帮我开个居住证明")
    await house.says("v-0103", "孩子上学")
    assert f"交给{receiver}。" in await house.reply("v-0103", said)


async def test_who_does_not_know_the_receiver_is_told_what_to_do_and_the_form_stays_open(house: House) -> None:
    await house.says("v-0103", "帮我开个居住证明")
    asked = await house.reply("v-0103", "孩子上学")
    assert "问一声是谁让您开的" in await house.reply("v-0103", "我也不清楚")
    assert await house.rows(cases) == []
    assert await house.reply("v-0103", "盖个章") == asked
    assert await house.rows(cases) == []
    assert "交给派出所。" in await house.reply("v-0103", "派出所")
