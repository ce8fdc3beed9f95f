"""With `DINGLIN_PUBLIC_URL` empty no message holds a link: a whole story, and everything that was sent."""

import re
from collections.abc import Iterator
from typing import Any

LINK = re.compile(r"(?:https?|ftp|dingtalk)://|www\.|\]\((?!dtmd://dingtalkclient/sendMessage)|127\.0\.0\.1|localhost")


def strings(value: Any) -> Iterator[str]:
    """All that stands in a message or card, buttons and their targets included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def play(town: Any) -> None:
    """Question, report with photo and voice, on behalf, hand-over, complaint, emergency, document, group, lists."""
    town.say("v-0101", "高龄津贴哪天发")
    town.expect("v-0101", "25日")
    town.say("v-0101", "电动三轮上户口要多少钱手续费")
    town.expect("v-0101")
    town.say("v-0102", audio={"recognition": "俺家门口路灯不亮了"})
    town.expect("v-0102", "记下了")
    card = town.expect_card("c-0101", "路灯")
    town.tap("c-0101", card, "accept")
    town.tap("c-0101", card, "done", result="换了灯泡")
    town.expect("v-0102", "换了灯泡")
    town.say("v-0102", "1")
    town.expect("v-0102", "办结了")
    town.say("v-0201", "俺门口垃圾好几天没人收")
    town.expect("v-0201", "记下了")
    town.say("v-0201", pictures=2)
    town.say("v-0201", "我的事办到哪了")
    town.expect("v-0201")
    town.say("c-0201", "我的待办")
    town.expect("c-0201", "桃园 1 号")
    town.say("v-0301", "村主任吃拿卡要")
    town.expect("v-0301")
    town.say("v-0401", "老人倒地叫不应")
    town.expect("v-0401", "120")
    town.say("v-0501", "医保怎么交", group="cidnanling=")
    town.say("v-0501", "转人工")
    town.expect("v-0501")
    town.say("c-0008", file={"name": "通知.txt", "text": "示例镇关于停水的通知\n第一条 明天八点到十点全镇停水。"})
    town.expect("c-0008")
    town.turn(days=1)
    town.turn_to_working_morning()
    town.turn(hours=6)
    town.say("c-0001", "我的待办")
    town.expect("c-0001")


def sent(town: Any) -> list[tuple[str, str]]:
    """Everything that anybody's phone holds of the bot: chats, groups, cards with their buttons."""
    found = []
    for person in town.get("state")["people"]:
        if not person["hasAccount"]:
            continue
        inbox = town.inbox(person["userId"])
        for message in (one for one in inbox["messages"] if one["from"] == "bot"):
            found += [(message["id"], text) for text in strings(message)]
        for card in inbox["cards"]:
            found += [(card["outTrackId"], text) for text in strings(card)]
    return found


def told(town: Any) -> list[tuple[str, str]] | None:
    """Everything, once the last notices of the story have come as well."""
    everything = sent(town)
    return everything if len({key for key, _ in everything}) > 20 else None


def holds_no_link(town: Any) -> None:
    play(town)
    everything = town.wait(lambda: told(town), "the story was told")
    assert [text for _, text in everything if LINK.search(text)] == []


def test_no_message_and_no_card_holds_a_link(make_town: Any) -> None:
    with make_town(public_url="") as town:
        holds_no_link(town)


def test_no_action_card_leads_out_of_the_chat(make_town: Any) -> None:
    """Without a template tasks come as cards whose buttons speak: their targets stay inside DingTalk."""
    with make_town(public_url="", card_template="") as town:
        town.say("v-0102", "俺家门口路灯不亮了")
        town.expect("v-0102", "记下了")
        shown = town.expect("c-0101", "路灯")
        targets = [button["action"] for button in shown["buttons"]]
        assert targets
        assert all(target.startswith("dtmd://dingtalkclient/sendMessage") for target in targets)
        others = [text for text in strings({**shown, "buttons": []}) if LINK.search(text)]
        assert others == []


def test_the_scan_finds_links() -> None:
    assert all(LINK.search(text) for text in ("看 https://a.cn/x", "[点这里](http://a)", "www.a.cn", "127.0.0.1:9600"))
    assert not LINK.search("[收下](dtmd://dingtalkclient/sendMessage?content=%E6%94%B6%E4%B8%8B)")
