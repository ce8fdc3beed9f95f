"""The two papers of a refusal: what stands on them, and that nothing is made up."""

from datetime import date

import pytest

from workflows.seals import policy
from workflows.seals.handouts import Applicant, handouts
from workflows.seals.paper.typesetting import typeset
from workflows.seals.wishes import classify

ON = date(2026, 11, 23)
VILLAGER = Applicant("张三", "柳树村一组", "示例镇", "示范县", "533-1234")


def test_the_declaration_is_filled_with_what_is_known() -> None:
    declaration, letter = handouts(classify("银行非要俺单身证明")[0], VILLAGER, ON)
    assert declaration.kind == "self_declaration"
    assert declaration.lines["name"] == "张三"
    assert declaration.lines["address"] == "柳树村一组"
    assert declaration.lines["statement"] == "本人目前的婚姻状况是：单身，没有配偶。"
    assert (letter.lines["receiver"], letter.lines["item_number"]) == ("银行", "8")
    assert letter.lines["doc_no"] == "民发〔2020〕20号"
    assert letter.lines["phone"] == "533-1234"


def test_what_nobody_said_is_a_line_to_fill_in() -> None:
    declaration, letter = handouts(classify("给俺开个婚姻状况证明")[0], Applicant("", "", "示例镇", "", "533-1234"), ON)
    assert declaration.lines["name"] == "______"
    assert "______" in declaration.lines["statement"]
    assert letter.lines["receiver"] == "有关单位"
    assert "name" not in letter.lines


def test_a_paper_that_is_on_no_list_claims_no_number() -> None:
    _, letter = handouts(classify("学校要贫困证明")[0], VILLAGER, ON)
    assert "item_number" not in letter.lines
    assert letter.lines["doc_no"] == "国办发〔2020〕42号"


@pytest.mark.parametrize("row", [row for _, row in policy.load().rows() if row.declares], ids=lambda row: row.id)
def test_both_papers_of_every_row_can_be_set(row: policy.Row) -> None:
    wish = classify(f"{row.asked_by[0] if row.asked_by else '学校'}要{row.alias[0]}证明")[0]
    assert wish.paper == row.id
    sheets = handouts(wish, VILLAGER, ON)
    assert len(sheets) == 2
    for sheet in sheets:
        assert typeset(sheet).startswith(b"%PDF")
        assert sheet.village == "", "the town answers for the policy, no village"
