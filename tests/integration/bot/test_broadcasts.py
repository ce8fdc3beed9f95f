"""Broadcasts from the word of a cadre to the groups: drafted, read back, approved by another, heard at their minute."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.dingtalk.faults import NotSent, QuotaExhausted, Rejected, Throttled, Unknown
from tests.integration.bot.house import House
from township.clock import SHANGHAI

EVENING = datetime(2026, 11, 23, 19, 30, tzinfo=SHANGHAI)
GROUPS = ("cidliushu=", "cidtaoyuan=", "cidshiqiao=", "cidhewan=", "cidnanling=", "ciddongpo=")
CLERK, DUTY, MAYOR = "c-0001", "c-0002", "c-0003"
VILLAGE_CLERK, VILLAGE_HEAD = "c-0101", "c-0102"


def in_groups(house: House) -> dict[str, list[str]]:
    return {group: house.heard(group) for group in GROUPS if house.heard(group)}


async def approve(house: House, who: str) -> dict[str, str]:
    key, _ = house.card(who)
    return await house.taps_on(who, key, "approve")


async def ordered(house: House, said: str = "今晚七点半通知各村停水", by: str = CLERK) -> str:
    await house.reply(by, said)
    return await house.reply(by, "送审")


async def test_an_order_is_read_back_approved_by_another_and_heard_at_its_minute(house_on_both: House) -> None:
    house = house_on_both
    draft = await house.reply(CLERK, "今晚七点半通知各村停水")
    for part in ("“示例镇通知：停水”", "11月23日（周一）19:30", "6 个村全发", "日常", "要何雪梅同意", "送审"):
        assert part in draft
    assert "送给何雪梅看了" in await house.reply(CLERK, "送审")
    _, card = house.card(DUTY)
    assert "示例镇通知：停水" in str(card)
    assert "11月23日（周一）19:30" in str(card)
    await approve(house, DUTY)
    assert "到点就播" in house.heard(CLERK)[-1]
    await house.until(EVENING - timedelta(seconds=1))
    assert in_groups(house) == {}
    await house.until(EVENING)
    assert in_groups(house) == {group: ["示例镇通知：停水"] for group in GROUPS}
    assert "6 个群都到了" in house.heard(CLERK)[-1]
    await house.later(hours=20)
    assert in_groups(house) == {group: ["示例镇通知：停水"] for group in GROUPS}
    assert [case.result for case in await house.cases_of(CLERK)] == ["done"]
