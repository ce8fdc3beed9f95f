import json
from pathlib import Path
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from bot.dingtalk import cards
from bot.dingtalk.cards import Look, TaskButton, TaskCard

TEMPLATE = Path(__file__).parents[4] / "docs/dingtalk/task-card.json"
CARD = TaskCard(
    title="柳树 17 号 路灯不亮",
    body="王秀英 柳树村三组",
    status="等待接手",
    buttons=(TaskButton("accept", "接手", Look.main), TaskButton("pass_on", "转出", params={"to": "town"})),
    code="A7K2",
)


def test_params_are_the_variables_of_the_shipped_template() -> None:
    template = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    assert set(cards.card_params(CARD)) == {variable["name"] for variable in template["variables"]}


def test_every_variable_of_the_template_is_drawn() -> None:
    template = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    drawn = json.dumps(template["content"])
    assert all("${" + variable["name"] in drawn for variable in template["variables"])


def test_params_are_strings_and_buttons_ask_back() -> None:
    params = cards.card_params(CARD)
    assert all(isinstance(value, str) for value in params.values())
    accept, pass_on = json.loads(params["btns"])
    assert (accept["text"], accept["color"]) == ("接手", "blue")
    assert accept["event"]["params"] == {"actionId": "accept", "params": {"action": "accept"}}
    assert pass_on["event"]["params"]["params"] == {"to": "town", "action": "pass_on"}


def test_card_that_is_over_has_no_buttons() -> None:
    over = TaskCard("柳树 17 号", "修好了", "李海 已办结")
    assert json.loads(cards.card_params(over)["btns"]) == []
    assert cards.action_card(over).key == "sampleMarkdown"
    assert cards.webhook_card(over)["msgtype"] == "markdown"


def test_action_card_speaks_the_code_for_the_person_who_taps() -> None:
    message = cards.action_card(CARD)
    assert message.key == "sampleActionCard6"
    assert message.param["buttonTitle1"] == "接手"
    assert unquote(message.param["buttonUrl1"]) == "dtmd://dingtalkclient/sendMessage?content=接手 A7K2"
    listed = cards.webhook_card(CARD)["actionCard"]["btns"]
    assert [button["title"] for button in listed] == ["接手", "转出"]


@given(st.text(), st.integers(3, 60))
def test_long_text_is_cut_at_a_whole_character(text: str, most: int) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    short = cards.shortened(text, most)
    assert len(short.encode()) <= most
    assert short == text or short.endswith("…")
    assert text.startswith(short.removesuffix("…"))
