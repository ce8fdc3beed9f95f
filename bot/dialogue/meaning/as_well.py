"""A second trouble that is told by "as well": "the water is gone too", "the bridge too". Pure.

What is left out is put in from what was said before, so that each trouble has its words.
"""

import re

from bot.dialogue.hearing import words
from bot.dialogue.meaning import closings, details

BOTH_WAYS = re.compile(r"(自来水|水|电|网|信号|暖气|气|灯)(没有?|停|断)了?")
"""What people say either way round: 水没了 and 没水."""


def shortly(text: str) -> str:
    """Add the words of a trouble as services know them: without "as well", and the other way round."""
    plainly = words.load().patterns["as_well_words"].sub("", text)
    turned = "".join(f"，{found[2][0]}{found[1][-1]}" for found in BOTH_WAYS.finditer(plainly))
    return f"{text}，{plainly}{turned}" if turned or plainly != text else text


def completed(clause: str, before: str) -> str:
    """Put the thing into a clause that says of another place only that it is the same there."""
    as_well = words.load().find("as_well_there", clause)
    spot = details.place(clause, "").get("place", "")
    if as_well is None or not spot or not before or as_well.start() < clause.find(spot):
        return clause
    if closings.things(clause.replace(spot, "")):
        return clause
    thing = _thing(before)
    between = clause[clause.find(spot) + len(spot) : as_well.start()]
    return (
        f"{clause[: as_well.start()]}{thing}{clause[as_well.start() :]}"
        if thing and not between.strip("的那")
        else clause
    )


def _thing(before: str) -> str:
    """Name the thing of which was said that it is broken."""
    spot = details.place(before, "").get("place", "")
    return next(iter(closings.things_in_order(before.replace(spot, ""))), "")
