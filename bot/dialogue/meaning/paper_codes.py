"""The code of a paper, as somebody sends it: is it true? Pure; what is answered is in `verifying.py`."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from workflows.seals import codes

WORDS = Path(__file__).with_name("paper_codes.yaml")
_SIGN = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_GROUPED = re.compile(rf"(?<![{_SIGN}])[{_SIGN}]{{4}}(?:\s*[-－—–_·. ]\s*[{_SIGN}]{{4}}){{2}}(?![{_SIGN}])")
_BARE = re.compile(rf"(?<![{_SIGN}])[{_SIGN}]{{12}}(?![{_SIGN}])")


@dataclass(frozen=True, slots=True)
class VerifyCode:
    """Is the paper true on which this code is printed?"""

    code: str


def recognise(text: str) -> VerifyCode | None:
    """Take the code of a paper: in its groups anywhere; without them alone, or beside words that ask after a paper."""
    if found := _GROUPED.search(text):
        return VerifyCode(found[0]) if codes.is_code(found[0]) else None
    found = _BARE.search(text)
    if found is None or not codes.is_code(found[0]):
        return None
    rest = text.replace(found[0], "").strip(_words()["around"])
    return VerifyCode(found[0]) if not rest or re.search(_words()["asks"], rest) else None


@cache
def _words() -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(WORDS.read_text("utf-8")))
