"""The whole loop over the wire: the real app and the sandbox, from a question that nobody can answer to its answer."""

import re
from functools import partial
from pathlib import Path

from knowledge.questions.models import clusters
from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import living

ASKED, ANSWER = "拖拉机驾驶证年审在哪办", "拖拉机驾驶证年审到县农机站办，工作日都行"

PATIENCE = 120.0
"""Seconds on a machine that does much else; the whole loop takes few."""


async def test_a_question_nobody_can_answer_is_answered_by_two(tmp_path: Path) -> None:
    async with living(tmp_path) as house:
        phone = house.phone

        async def heard(person: str, words: str) -> bool:
            return any(words in said for said in await phone.seen(person))

        async def has_number(person: str) -> bool:
            return any(re.search(r"问\d{4}-000", said) for said in await phone.seen(person))

        for person in ("v-0102", "v-0201"):
            await phone.say(person, ASKED)
        for person in ("v-0102", "v-0201"):
            await until(partial(has_number, person), PATIENCE)

        async def is_gathered() -> bool:
            return len(await house.rows(clusters)) == 1

        await until(is_gathered, PATIENCE)
        await phone.say("c-0008", f"答 K1 {ANSWER}\n依据：示例农发〔2026〕5号")
        await until(lambda: heard("c-0008", "等丁一核对"), PATIENCE)

        async def has_card() -> bool:
            return bool(await phone.cards("c-0009"))

        await until(has_card, PATIENCE)
        (card,) = await phone.cards("c-0009")
        await phone.post("tap", **{"as": "c-0009", "outTrackId": card["outTrackId"], "action": "approve"})
        await until(lambda: heard("v-0102", ANSWER), PATIENCE)
        await until(lambda: heard("v-0201", ANSWER), PATIENCE)
        await phone.say("v-0301", ASKED)
        await until(lambda: heard("v-0301", "示例农发〔2026〕5号"), PATIENCE)
