"""What anybody may say, of no service: each saying of sayings.yaml and the command that it stands for.

A key is the name of a command, or that and a kind of it: `Chitchat lonely`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.meaning.guesses import Meaning


@cache
def house() -> Mapping[str, Meaning]:
    """Read them."""
    read = YAML(typ="safe", pure=True).load(Path(__file__).with_name("sayings.yaml").read_text("utf-8"))
    meant = {key: Meaning(command=key.partition(" ")[0], kind=key.partition(" ")[2]) for key in read}
    return {saying: meant[key] for key, lines in read.items() for saying in lines.splitlines()}
