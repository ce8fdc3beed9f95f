"""What a chat model proposes beside what the rules took: it adds to what they know, and silences nothing. Pure."""

from collections.abc import Sequence

from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning.commands import Ask, Chitchat, Command, Handoff, Unknown
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.pieces import is_unsure
from bot.dialogue.meaning.unread import is_unread


def reconciled(ruled: Sequence[Command], proposed: Sequence[Command], context: Context) -> list[Command]:
    """Put what was proposed for its very words in the place of what no rule was sure of; all else stands."""
    is_alone = sum(bool(_words(command)) for command in ruled) == 1
    settled: list[Command] = []
    for command in ruled:
        is_open = is_unsure(command, context) or is_unread([command], context)
        own = [one for one in proposed if is_alone or _is_of(one, command)] if is_open else []
        settled += [one for one in own if _says_more(one, command, context)] or [command]
    return settled


def _is_of(proposed: Command, ruled: Command) -> bool:
    return bool(_words(proposed)) and _words(proposed) in _words(ruled)


def _says_more(proposed: Command, ruled: Command, context: Context) -> bool:
    """Company and a person are no answer to a matter that a rule heard, nor to what goes on with one."""
    if not isinstance(proposed, Unknown | Chitchat | Handoff):
        return True
    return isinstance(ruled, Unknown | Chitchat) and not context.just_opened


def _words(command: Command) -> str:
    said = command.question if isinstance(command, Ask) else getattr(command, "text", "")
    return plain(said)
