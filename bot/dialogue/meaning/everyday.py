"""What anybody may say, of no service: each saying of sayings.yaml and the command that it stands for."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.meaning.guesses import Meaning


@cache
def house() -> Mapping[str, Meaning]:
    """Read them."""
    read = YAML(typ="safe", pure=True).load(Path(__file__).with_name("sayings.yaml").read_text("utf-8"))
    return {saying: Meaning(command=command) for command, lines in read.items() for saying in lines.splitlines()}
