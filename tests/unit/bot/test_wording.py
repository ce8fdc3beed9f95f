"""Whatever is refused in a message is said in plain words: nobody reads a code of ours."""

import re
from datetime import datetime

import pytest

from bot.wording import sentence
from tests.unit.skills.test_refusals import SITES
from township.clock import SHANGHAI
from township.errors import Mistake

AT = datetime(2026, 11, 23, 14, 5, tzinfo=SHANGHAI)
CODE = re.compile(r"[a-z]+_[a-z_]+|出错了")


@pytest.mark.parametrize(("code", "values"), SITES, ids=[f"{code}-{n}" for n, (code, _) in enumerate(SITES)])
def test_every_refusal_has_a_sentence(code: str, values: frozenset[str]) -> None:
    said = sentence(Mistake(code, **{name: AT if name == "at" else "甲" for name in values}))
    assert not CODE.search(said), said


def test_a_moment_is_said_as_people_say_it() -> None:
    assert sentence(Mistake("too_soon", action="hurry", at=AT)) == "刚做过，11月23日（周一）14:05以后才能再做。"
