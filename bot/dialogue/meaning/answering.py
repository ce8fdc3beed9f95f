"""Words that answer a question of ours, name a task or a matter by its code, or say who stands in. Pure rules."""

import re

from bot.dialogue.hearing import words
from bot.dialogue.meaning import absence, closings, pieces, wishing
from bot.dialogue.meaning.commands import (
    CallOff,
    Cancel,
    Choose,
    Close,
    Command,
    Confirm,
    Consult,
    Decide,
    Handoff,
    Naming,
    Query,
    Verdict,
    VoiceDecision,
)
from bot.dialogue.meaning.context import Context, Pending
from bot.dialogue.meaning.services import HANDOFF

_WITH_MORE = re.compile(r"^(?P<answer>[123])[\W_]+(?P<more>\D*\w)\W*$")
"""An answer by its number and what else there is to say, "2, still no water"; a list of matters has more numbers."""
_WITH_CODE = re.compile(
    r"^\s*(?P<word>[^\s0-9A-Za-z]{1,8})\s*(?P<code>[2-9A-HJ-NP-Za-hj-np-z]{4})\s*(?P<rest>.*)$", re.DOTALL
)
LETTERS = frozenset("abcdefghjkmnpqrstuvwxyz")


def pending(heard: str, context: Context) -> list[Command]:
    lexicon = words.load()
    if context.pending is Pending.ALARM and _is_over(heard):
        return [CallOff()]
    if context.pending is Pending.NAMING:
        if lexicon.fits("naming.withdrawn", heard):
            return [Cancel(heard)]
        for name in ("named", "unnamed"):
            if lexicon.fits(f"naming.{name}", heard):
                return [Naming(name == "named")]
    elif not words.number(heard) and lexicon.fits("naming.named", heard):
        return [Naming(named=True)]  # no complaint waits for it, and no village may read that somebody said so
    if context.pending is Pending.LETTER and (insisted := wishing.insisted(heard)):
        return [*insisted]
    asks_closing = context.pending is Pending.CLOSING or (context.is_closing and context.pending is Pending.LETTER)
    if asks_closing and (closed := _closed(heard, context)):
        return closed
    if context.pending is Pending.WHICH and (chosen := _which(heard, context)):
        return [chosen]
    if context.pending is Pending.CONFIRM and (lexicon.fits("silent", heard) or lexicon.fits("yes", heard)):
        return [Confirm()]
    if context.pending is Pending.CHOICE and lexicon.fits("numbers", heard):
        picked = (lexicon.digits.get(mark) or (int(mark) if mark.isdecimal() else 0) for mark in heard)
        return [Choose(tuple(number for number in picked if number))]
    if context.pending is Pending.NOTHING and not context.asked_field and lexicon.fits("numbers", heard):
        return [Close(0)]  # a number that answers nothing
    waits_for_nothing = context.pending is Pending.NOTHING and not (context.asked_field or context.wish)
    if waits_for_nothing and not context.is_cadre and lexicon.fits("answers_nothing", heard):
        return [Close(0)]
    return []


def _is_over(heard: str) -> bool:
    """Tell whether all that is said calls an alarm off: one piece about something else may be the next emergency."""
    fits, parts = words.load().fits, heard.split("，")
    over = [fits("call_off.over", part) is not None for part in parts]
    rest = (part for part, is_over in zip(parts, over, strict=True) if not is_over)
    return any(over) and all(fits("call_off.beside", part) for part in rest)


def _closed(heard: str, context: Context) -> list[Command]:
    """Take whether it is mended: by number or in words, of one thing and not of the other, and what else is said."""
    lexicon = words.load()
    for answer in (1, 2, 3):
        if lexicon.fits(f"closing.{answer}", heard):
            return [Close(answer, said=heard)]
    if (found := _WITH_MORE.match(heard)) is not None:
        return [Close(int(found["answer"]), found["more"], heard)]
    head, _, more = heard.partition("，")
    read = closings.read(heard)
    if more and lexicon.fits("closing.2", head) and not read.rest:
        return [Close(2, more, heard)]
    return [] if context.takes_all or context.open_skill else _told(read, context)


def _told(read: closings.Reading, context: Context) -> list[Command]:
    """Make of what was read the answers, and the matters that were said beside them."""
    if not (read.fixed or read.not_fixed):
        return []
    own = [each for each in pieces.matters(read.rest, context) if _is_own(each, context)] if read.rest else []
    if closings.is_bare(read.fixed) and (own or closings.things(read.not_fixed)):
        return []
    more = read.rest if read.rest and not own else ""
    not_fixed = [Close(2, "，".join(filter(None, (read.not_fixed, more))), read.not_fixed)] if read.not_fixed else []
    fixed = [Close(1, said=read.fixed)] if read.fixed else []
    if fixed and more and words.load().find("trouble", more):
        fixed = [Close(2, f"{read.fixed}，{more}", read.fixed)]
    return [*fixed, *not_fixed, *own]


def _is_own(command: Command, context: Context) -> bool:
    """Tell whether words beside an answer are a matter of their own."""
    return not isinstance(command, Close) and pieces.stands_alone(command, context)


def _which(heard: str, context: Context) -> Command | None:
    """Take which of several services is meant, by number or by name; none of them: a person hears of it."""
    number, is_offer = words.number(heard), HANDOFF in context.which
    if 0 < number <= len(context.which):
        chosen = pieces.begun(context.which[number - 1], context.which_text, context)
        return pieces.of_any_kind(chosen, context) if is_offer else chosen
    if is_offer:
        is_wanted = context.which == (HANDOFF,) and words.load().fits("asks_on", heard)
        return Handoff(context.which_text, "unknown") if is_wanted else None
    if words.load().fits("none_of_them", heard):
        return Handoff(context.which_text, "unknown")
    offered = [skill for skill in context.skills if skill.name in context.which]
    named = [skill for skill in offered if any(word in heard for word in (skill.title, *skill.keywords) if word)]
    return pieces.begun(named[0].name, f"{context.which_text}，{heard}", context) if len(named) == 1 else None


def decision(heard: str, context: Context) -> list[Command]:
    """Take a typed decision with its code; a spoken one never counts."""
    lexicon = words.load()
    for name, verdict in (("reject", Verdict.REJECT), ("approve", Verdict.APPROVE)):
        found = lexicon.patterns[f"decision.{name}"].match(heard)
        if found is None:
            continue
        rest = heard[found.end() :].strip("，")
        code = lexicon.fits("decision.code", rest)
        if context.by_voice and (code or context.is_cadre):
            return [VoiceDecision(verdict)]
        if code:
            return [Decide(verdict, code["code"].upper(), code["reason"].strip("，"))]
        if context.is_cadre and not rest:
            return [Decide(verdict, "")]
    return []


def with_code(text: str) -> re.Match[str] | None:
    """Match what names an action and the code of its task: `word`, `code`, and the `rest` behind it."""
    return _WITH_CODE.fullmatch(text)


def is_decision(word: str) -> bool:
    """Tell whether a word says yes or no to whatever a task asks."""
    return any(words.load().fits(f"decision.{name}", word) for name in ("approve", "reject"))


def query(heard: str, _: Context) -> list[Command]:
    """Take the code with which an unnamed person asks for progress; a telephone number is none."""
    found = words.load().fits("query", heard)
    if found is None or not LETTERS & set(found["code"]):
        return []
    return [Query(found["code"].upper(), found["more"] or "")]


def away(heard: str, context: Context) -> list[Command]:
    """Take from a cadre who is away and who stands in, and whom a colleague is to ask first."""
    if not context.is_cadre:
        return []
    if absent := absence.read(heard, context.today):
        return [absent]
    found = words.load().find("consult", heard)
    return [Consult(found["who"], heard)] if found else []
