"""Every command has somebody who answers it."""

from typing import get_args

from bot.dialogue.carrying import HANDLERS
from bot.dialogue.meaning.commands import Command


def test_each_command_is_carried_out_by_somebody() -> None:
    assert set(HANDLERS) == set(get_args(Command))
