"""Values that were said behind the names of their fields: "purpose: school, copies: two". Pure."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from workflows.definition import FormField
from workflows.house import texts

ANY = "*"
"""In place of a field that is asked for: whichever of them is named in the answer."""
_ENDS = " \n\t，,；;。、"
_ASIDE = re.compile(r"（.*?）")


def label(spec: FormField) -> str:
    """Name a field as people say it, without what stands in brackets."""
    return _ASIDE.sub("", spec.name)


def first(fields: Mapping[str, FormField]) -> str:
    """Name the first of some fields."""
    return next(label(one) for one in fields.values())


def in_one_line(fields: Mapping[str, FormField]) -> str:
    """Name all of some fields."""
    return texts().say("between_names").join(label(one) for one in fields.values())


def read(fields: Mapping[str, FormField], text: str) -> dict[str, str]:
    """Read each value that stands behind the name of its field; empty where no field is named."""
    names = {label(spec): name for name, spec in fields.items()}
    one = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    found = list(re.finditer(rf"(?:^|(?<=[{_ENDS}]))({one})\s*(?:{_becomes()})?[:：]?\s*", text))
    ends = [*(one.start() for one in found[1:]), len(text)]
    said = {names[one[1]]: text[one.end() : end].strip(_ENDS) for one, end in zip(found, ends, strict=False)}
    return {name: value for name, value in said.items() if value}


@cache
def _becomes() -> str:
    words = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return "|".join(words["becomes"])
