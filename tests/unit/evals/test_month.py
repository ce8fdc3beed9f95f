"""The months are ordinary: nobody of them cries for help, so that each message has the answer that it expects."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.dialogue.hearing import emergency
from evals.bench import month

TOLD: dict[str, Any] = YAML(typ="safe", pure=True).load(
    Path(month.__file__).with_suffix(".yaml").read_text("utf-8"),
)
SAID = [
    *(question["say"] for question in TOLD["questions"]),
    *TOLD["reports"],
    TOLD["written"].format(name="王秀英"),
    TOLD["seal"]["say"],
    *(TOLD["broadcast"]["say"].format(hour=9, minute=30, what=what) for what in TOLD["broadcast"]["what"]),
    *(TOLD["post"]["say"].format(what=what) for what in TOLD["posts"]),
    TOLD["held"]["say"],
]


@pytest.mark.parametrize("words", SAID)
def test_nothing_of_a_month_is_heard_as_an_emergency(words: str, second_ear: Path) -> None:
    assert emergency.recognise(words) is None
