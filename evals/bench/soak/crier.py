"""The crier of a soak: the town's clerk orders one broadcast after another, and sends each to whoever must approve."""

import asyncio
import re
from datetime import datetime, timedelta

from evals.bench.soak.told import Told, filled, say


async def cry(told: Told) -> None:
    """Order a broadcast now and then, until the pace is over."""
    words = told.words["broadcast"]
    while not told.pace.is_over:
        if not told.is_odd():
            await _order(told, str(words["clerk"]))
        await asyncio.sleep(words["every"])


async def _order(told: Told, clerk: str) -> None:
    """Order one for a minute that comes soon; it is approved on a card and heard when the clock turns."""
    words, mark = told.words["broadcast"], told.mark()
    minute = datetime.fromisoformat((await told.control.get("clock"))["now"]) + timedelta(minutes=words["minutes"])
    order = filled(words["order"], hour=minute.hour, minute=minute.minute, n=mark)
    async with told.busy[clerk]:
        if words["read_back"] in await say(told, clerk, "broadcast", order):
            sent = re.search(words["number"], await say(told, clerk, "broadcast", words["send"]))
            if sent:
                told.broadcasts[sent["number"]] = mark
