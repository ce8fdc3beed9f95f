"""Faults of calls: hanging, refused, answered with nonsense. What was to leave leaves, once, as soon as it may."""

import asyncio
from urllib.parse import unquote

import pytest

from tests.e2e.faults.storm import ANSWER, FILED, QUESTION, Storm
from tests.integration.bot.dingtalk.phone import until
from township import outbox as boxes
from township.clock import SHANGHAI
from township.effects import SendFile, ToPerson
from township.models import outbox

pytestmark = pytest.mark.asyncio(loop_scope="module")
TO_CARDS, TO_PEOPLE, BY_WEBHOOK = "/v1.0/card/instances", "/v1.0/robot/oToMessages", "sendBySession"
LONG = 601
"""Seconds of machine time after which even the longest retry is due."""


async def shown_once(town: Storm, fault: str, person: str, cadre: str) -> None:
    """Let somebody report, wait for the card of it after whatever delay, and act on it."""
    report = await town.reports(person)
    await until(lambda: tried_or_left(town, fault))
    await town.passes(LONG)
    case = await town.is_filed(report)
    card = await town.card(cadre, report.words)
    assert (await town.tap(cadre, card, "accept"))["ok"]
    assert await town.acts(case, "accept") == 1


async def tried(town: Storm) -> bool:
    """Everything was answered, and has left, or was tried and waits, or waits behind such a one."""
    if not await town.is_heard():
        return False
    rows = await town.town.rows(outbox, outbox.c.state.in_(("ready", "sending")))
    held_up = {row["target"] for row in rows if row["state"] == "ready" and row["retry_at"]}
    return all(row["state"] == "ready" and row["target"] in held_up for row in rows)


@pytest.mark.parametrize("fault", ["hang_webhook", "webhook_expired", "html"])
async def test_a_reply_whose_webhook_fails_is_heard_once(town: Storm, fault: str) -> None:
    await town.fault(fault, times=1, **({"path": BY_WEBHOOK} if fault == "html" else {}))
    before = await town.heard("v-0101", ANSWER)
    await town.phone.say("v-0101", QUESTION)
    await until(lambda: tried_or_left(town, fault))
    await town.clear()
    await town.passes(LONG)
    await town.is_told("v-0101", ANSWER, before + 1)


async def tried_or_left(town: Storm, fault: str) -> bool:
    """The fault has struck, and what it struck was written down."""
    struck = fault not in [one["fault"] for one in await town.phone.get("faults")]
    return struck and await tried(town)


async def test_a_reply_whose_answer_is_lost_is_said_again_at_most_once(town: Storm) -> None:
    """Text is carried at least once: it may be heard twice, and says the same; its case is one."""
    await town.fault("lost_answer", times=1, path=BY_WEBHOOK)
    report = await town.reports("v-0102")
    await town.struck("lost_answer")
    await until(lambda: tried(town))
    await town.passes(LONG)
    await town.settles()
    assert await town.heard("v-0102", FILED) - report.before == 2
    assert len(await town.cases_of("v-0102") - report.cases) == 1


@pytest.mark.parametrize("fault", ["qps", "html", "hang_api", "lost_answer", "token_expired"])
async def test_a_card_whose_call_fails_is_shown_once(town: Storm, fault: str) -> None:
    await town.fault(fault, times=1, path=TO_CARDS)
    await shown_once(town, fault, "v-0103", "c-0101")


async def test_a_card_is_shown_once_although_the_token_is_long_in_coming(town: Storm) -> None:
    await town.fault("token_expired", times=1)
    await town.fault("hang_token", times=1)
    await shown_once(town, "hang_token", "v-0104", "c-0101")


async def test_cards_wait_while_the_month_is_spent_and_people_are_answered_all_the_same(town: Storm) -> None:
    await town.fault("quota_exhausted", pool="api")
    report = await town.reports("v-0201")
    await until(lambda: says(town, "v-0201", FILED, report.before + 1))
    await town.struck("quota_exhausted")
    await town.clear()
    await town.passes(LONG)
    await town.is_filed(report)
    await town.card("c-0201", report.words)


async def says(town: Storm, person: str, part: str, times: int) -> bool:
    return await town.heard(person, part) >= times


@pytest.mark.parametrize("fault", ["deliver_failed", "content_unsafe"])
async def test_a_card_that_is_not_delivered_comes_as_a_message_whose_buttons_speak(town: Storm, fault: str) -> None:
    await town.fault(fault, times=1, **({"path": TO_CARDS} if fault == "content_unsafe" else {}))
    report = await town.reports("v-0301")
    case = await town.is_filed(report)
    line = await spoken_card(town, "c-0301", report.words)
    button = next(one for one in line["buttons"] if "收下" in one["text"])
    for _ in range(2):
        await town.tap("c-0301", {"outTrackId": line["id"]}, button["action"])
        await town.settles()
    assert await town.acts(case, "accept") == 1, unquote(button["action"])


async def spoken_card(town: Storm, cadre: str, words: str) -> dict:
    async def there() -> bool:
        return bool(await lines(town, cadre, words))

    await until(there)
    (line,) = await lines(town, cadre, words)
    return line


async def lines(town: Storm, person: str, words: str) -> list[dict]:
    inbox = await town.phone.get("inbox", **{"as": person})
    return [line for line in inbox["messages"] if line["from"] == "bot" and words in line["text"]]


async def test_a_card_that_is_a_message_and_slowed_down_is_sent_again(town: Storm) -> None:
    await town.fault("deliver_failed", times=1)
    await town.fault("not_reached", times=1, list="slowed")
    report = await town.reports("v-0402")
    await until(lambda: tried_or_left(town, "not_reached"))
    await town.passes(LONG)
    await town.is_filed(report)
    assert await spoken_card(town, "c-0401", report.words)


async def test_a_card_that_nobody_may_read_says_that_something_waits(town: Storm) -> None:
    await town.fault("content_unsafe", times=1, path=TO_CARDS)
    await town.fault("content_unsafe", times=1, path=TO_PEOPLE)
    report = await town.reports("v-0302")
    await town.is_filed(report)
    await until(lambda: says(town, "c-0301", "有一件事等您办", 1))


async def test_words_that_are_held_back_are_not_passed_over_in_silence(town: Storm) -> None:
    await town.fault("content_unsafe", times=1, path=BY_WEBHOOK)
    await town.phone.say("v-0401", QUESTION)
    await town.is_told("v-0401", "钉钉没让发出来")
    assert await town.heard("v-0401", ANSWER) == 0
    await town.asks("v-0401")


async def test_an_answer_is_tried_again_when_even_plain_words_are_held_back(town: Storm) -> None:
    await town.fault("content_unsafe", times=2)
    before = await town.heard("v-0402", ANSWER)
    await town.phone.say("v-0402", QUESTION)
    await until(lambda: tried_or_left(town, "content_unsafe"))
    await town.passes(LONG)
    await town.is_told("v-0402", ANSWER, before + 1)


async def test_a_message_that_is_slowed_down_is_tried_again(town: Storm) -> None:
    await town.fault("webhook_expired", times=1)
    await town.fault("not_reached", times=1, list="slowed")
    before = await town.heard("v-0402", ANSWER)
    await town.phone.say("v-0402", QUESTION)
    await until(lambda: tried_or_left(town, "not_reached"))
    await town.passes(LONG)
    await town.is_told("v-0402", ANSWER, before + 1)


async def test_a_photo_that_cannot_be_fetched_costs_nobody_the_answer(town: Storm) -> None:
    await town.fault("download_expired", times=1)
    await town.is_filed(await town.reports("v-0501", pictures=1))


async def test_everything_at_once_passes_too(town: Storm) -> None:
    """Every second call fails in another way, and each report ends in one answer and one card."""
    for fault in ("qps", "html", "lost_answer"):
        await town.fault(fault, every=3, path=TO_CARDS)
    await town.fault("webhook_expired", every=2)
    await town.fault("duplicate", every=2, kind="bot")
    reports = [await town.reports(person) for person in ("v-0101", "v-0102", "v-0201", "v-0202", "v-0301", "v-0302")]
    await until(lambda: tried(town))
    await town.clear()
    await town.passes(LONG)
    await town.settles()
    await asyncio.gather(*(town.is_filed(report) for report in reports))
    for report in reports:
        await town.card(f"c-{report.person[2:4]}01", report.words)


@pytest.mark.parametrize("fault", ["upload_failed", "token_expired", "html", "hang_api", "lost_answer"])
async def test_a_file_whose_upload_fails_arrives_once(town: Storm, fault: str) -> None:
    await town.fault(fault, times=1, **({"path": "/media"} if fault != "upload_failed" else {}))
    name = f"{fault}.pdf"
    await sends(town, "v-0601", name)
    await until(lambda: tried_or_left(town, fault))
    await town.clear()
    await town.passes(LONG)
    await until(lambda: has_file(town, "v-0601", name))
    await town.settles()
    assert len(await files(town, "v-0601", name)) == 1


async def sends(town: Storm, person: str, name: str) -> None:
    """Put a file for somebody into the outbox."""
    app = town.town.app
    sha256 = app.store.keep(f"%PDF-1.7 {name}".encode())
    effect = SendFile(ToPerson(person), sha256, name)
    await app.db.write(lambda tx: boxes.put(tx, "shilizhen", [(name, effect)], now=app.clock.now()))
    app.delivery.wake()


async def files(town: Storm, person: str, name: str) -> list[dict]:
    inbox = await town.phone.get("inbox", **{"as": person})
    return [line for line in inbox["messages"] if line.get("name") == name]


async def has_file(town: Storm, person: str, name: str) -> bool:
    return bool(await files(town, person, name))


async def test_a_broadcast_whose_answer_is_lost_is_heard_once_and_left_to_a_person(town: Storm) -> None:
    """What may happen once only is never repeated on a guess. The last here: it turns the day to evening."""
    clerk, duty = "c-0001", "c-0002"
    await town.phone.say(clerk, "今晚七点半通知各村：停水到明早六点")
    await until(lambda: says(town, clerk, "念一遍", 1))
    await town.phone.say(clerk, "送审")
    card = await town.card(duty, "停水")
    await town.tap(duty, card, "approve")
    await until(lambda: says(town, clerk, "到点就播", 1))
    await town.fault("lost_answer", times=1, path="groupMessages/send")
    await town.fault("qps", times=2, path="groupMessages/send")
    evening = town.town.app.clock.now().astimezone(SHANGHAI).replace(hour=19, minute=30, second=0)
    await town.phone.post("clock", to=evening.isoformat())
    await town.struck("lost_answer")
    await town.struck("qps")
    await town.passes(10)
    await until(lambda: says(town, clerk, "说不准到没到", 1))
    await town.settles()
    for village in range(1, 7):
        assert await town.heard(f"v-0{village}01", "示例镇通知：停水到明早六点") == 1
