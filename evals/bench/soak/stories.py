"""What villagers of a soak say: each story is one matter, and waits for the answer of every message."""

import re

from evals.bench.soak.told import filled, owe, say
from evals.bench.soak.villagers import Story, Villager


async def question(one: Villager) -> None:
    """Ask something that stands in the documents."""
    await one.say("question", one.told.rng.choice(one.told.words["question"]))


async def in_group(one: Villager) -> None:
    """Ask it in the group of the village."""
    async with one.told.busy[one.group]:
        await one.say("in_group", one.told.rng.choice(one.told.words["question"]), group=one.group)


async def spoken(one: Villager) -> None:
    """Ask it by voice."""
    saying = one.told.rng.choice(one.told.words["question"])
    await one.say("spoken", saying, audio={"recognition": saying["say"]})


async def report(one: Villager) -> None:
    """Report something that nobody has reported."""
    told = one.told
    if one.sees_through and one.closing:
        await question(one)
        return
    mark, is_odd = told.mark(), told.is_odd()
    saying = {"say": told.rng.choice(told.words["report"]).format(n=mark), "expect": told.words["filed"]}
    told.reported[one.id] += 1
    if not is_odd:
        told.reports[mark] = one.id
    answer = await one.say("report", saying)
    if found := re.search(told.words["filed"], answer):
        told.filed[found["number"]] = one.id


async def progress(one: Villager) -> None:
    """Ask how far one's matters are."""
    await one.say("progress", one.told.words["progress"])


async def thanks(one: Villager) -> None:
    """Say thanks, which needs no answer."""
    await one.say("thanks", one.told.words["thanks"])


async def small(one: Villager) -> None:
    """Say something small, or begin a form and give it up."""
    saying = one.told.rng.choice(one.told.words["small"])
    if await one.say("small", saying) and "then" in saying:
        await one.say("small", saying["then"])


async def mended(one: Villager) -> None:
    """Answer the closing question."""
    one.asked = False
    if await one.say("mended", one.told.words["mended"]):
        one.closing = False


async def paper(one: Villager) -> None:
    """Ask for a residence paper; its cards, its seal and its file follow without a word."""
    answer = await one.say("paper", one.told.words["paper"])
    if found := re.search(one.told.words["paper"]["expect"], answer):
        one.told.papers[found["number"]] = one.id


async def refused(one: Villager) -> None:
    """Ask for a paper that nobody may ask for."""
    await one.say("refused", one.told.words["refused"])


async def verify(one: Villager) -> None:
    """Check somebody's paper by its code."""
    if one.told.codes:
        await one.say("verify", {"say": one.told.rng.choice(one.told.codes), **one.told.words["verify"]})
    else:
        await question(one)


async def post(one: Villager) -> None:
    """Post something to the circle."""
    await one.say("post", filled(one.told.words["post"], n=one.told.mark()))


async def held(one: Villager) -> None:
    """Post a number, which is held; the clerk finds it on the list and releases it."""
    told, words = one.told, one.told.words["held"]
    mark = told.mark()
    if not re.search(words["post"]["expect"], await one.say("held", filled(words["post"], n=mark))):
        return
    if number := await keep(one):
        await release(one, mark, number)


async def keep(one: Villager) -> str:
    """Say that the number is to stay; returns the number of the post, empty when nothing came of it."""
    told, words, before = one.told, one.told.words["held"], frozenset(one.posts)
    for saying in (words["keep"], words["meant"]):
        answer = await one.say("held", saying)
        while (found := re.search(saying["expect"], answer, re.DOTALL)) and found["number"] in before:
            again = owe(told, one.id, "held", saying["expect"])  # what a killed sender had said before came once more
            await again.done.wait()
            answer = again.answer
        if found is None or found["number"]:
            break
    return (found["number"] if found else "") or ""


async def release(one: Villager, mark: str, number: str) -> None:
    """Let the clerk find a post on the list and release it, and its author hear of it."""
    told, words, clerk = one.told, one.told.words["held"], one.told.clerks[one.group]
    async with told.busy[clerk]:
        listed = await say(told, clerk, "held", filled(words["list"], n=mark))
        code = re.search(words["code"].format(n=mark), listed)
        if not code:
            return
        hears = owe(told, one.id, "held", words["released"].format(number=number))
        if await say(told, clerk, "held", filled(words["release"], number=number, code=code["code"])):
            await hears.done.wait()
        else:
            told.ledger.forgive(hears)


STORIES: dict[str, Story] = {
    each.__name__: each
    for each in (
        question,
        in_group,
        spoken,
        report,
        progress,
        thanks,
        small,
        mended,
        paper,
        refused,
        verify,
        post,
        held,
    )
}
