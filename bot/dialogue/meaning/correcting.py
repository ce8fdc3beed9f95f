"""What puts right what was said or understood: not the 8th, the 18th; a slip of the tongue; it is wrong. Pure."""

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning.commands import Command, Correct, Unknown
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.pieces import matters, stands_alone


def correction(raw: str, context: Context) -> list[Command]:
    """Take "not the 8th, the 18th" and what follows it."""
    lexicon, heard = words.load(), plain(raw)
    if lexicon.fits("correct.bare", heard):
        return [Correct()]
    # "I change my stove to gas, is there money for it" corrects nothing.
    names = ["reversed", "pair"] if lexicon.find("asks_whether", heard) else ["reversed", "pair", "to"]
    for name in [*names, "slip"] if context.just_opened else names:
        found = lexicon.patterns[f"correct.{name}"].search(heard)
        if found and not _is_wished(heard[: found.start()], context):
            rest = heard[found.end() :].strip("，")
            old = "" if name == "to" else found["old"]
            after = matters(rest, context) if rest else []
            return [Correct(old, found["new"]), *(each for each in after if not isinstance(each, Unknown))]
    return _set_right(heard, context)


def _set_right(heard: str, context: Context) -> list[Command]:
    """Take "that is wrong" and what is right behind it, as our own reply asks for it; or the answer what is wrong."""
    lexicon, (head, _, more) = words.load(), heard.partition("，")
    if context.asked_field or lexicon.find("question", heard):
        return []
    if more and context.just_opened and (lexicon.fits("correct.bare", head) or lexicon.fits("correct.slipped", head)):
        return [Correct("", lexicon.patterns["correct.lead"].sub("", more))]
    is_other = any(stands_alone(each, context) for each in matters(heard, context)) if context.asks_right else True
    return [] if is_other else [Correct("", heard)]


def _is_wished(before: str, context: Context) -> bool:
    """Tell whether something is wanted otherwise in the world ("the deed in my son's name"), not in what was said."""
    is_said = context.just_filed or bool(context.asked_field)
    return not is_said and words.load().find("correct.wished", before) is not None
