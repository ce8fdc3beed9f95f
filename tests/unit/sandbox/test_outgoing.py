"""What the bot sends, as a line of a chat."""

import pytest

from sandbox.wire.outgoing import from_template, from_webhook, sent_text

DTMD = "dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F%20A7K2"


def test_a_speaking_link_says_its_text() -> None:
    assert sent_text(DTMD) == "同意 A7K2"
    assert sent_text("https://example.invalid") is None


def test_a_markdown_link_that_speaks_is_a_button() -> None:
    line = from_webhook({"msgtype": "markdown", "markdown": {"title": "t", "text": f"点 [同意]({DTMD})"}})
    assert line is not None
    assert line.extra["buttons"] == [{"action": DTMD, "text": "同意"}]


def test_an_action_card_has_one_button_or_several() -> None:
    single = {"title": "t", "text": "x", "singleTitle": "看", "singleURL": "https://example.invalid"}
    line = from_webhook({"msgtype": "actionCard", "actionCard": single})
    assert line is not None
    assert [button["text"] for button in line.extra["buttons"]] == ["看"]
    several = {
        "title": "t",
        "text": "x",
        "btns": [{"title": "甲", "actionURL": "a"}, {"title": "乙", "actionURL": "b"}],
    }
    line = from_webhook({"msgtype": "actionCard", "actionCard": several})
    assert line is not None
    assert [button["action"] for button in line.extra["buttons"]] == ["a", "b"]


def test_the_templates_of_two_to_five_buttons() -> None:
    for count in range(2, 6):
        param = {"title": "t", "text": "x"}
        for number in range(1, count + 1):
            param |= {f"actionTitle{number}": str(number), f"actionURL{number}": f"u{number}"}
        line = from_template(f"sampleActionCard{count}", param)
        assert line is not None
        assert len(line.extra["buttons"]) == count


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"msgtype": "text"},
        {"msgtype": "text", "text": {"content": 1}},
        {"msgtype": "markdown", "markdown": {"text": "x"}},
        {"msgtype": "actionCard", "actionCard": {"title": "t", "text": "x"}},
        {"msgtype": "unheard", "unheard": {}},
        {"msgtype": ["text"]},
    ],
)
def test_a_malformed_body_is_no_line(body: dict[str, object]) -> None:
    assert from_webhook(body) is None
