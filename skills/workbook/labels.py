"""What a clerk reads in a workbook, and what a folder calls it: labels.yaml, both ways."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from workflows.notation import NAME


@cache
def labels() -> Mapping[str, Any]:
    """Read labels.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_name("labels.yaml").read_text("utf-8"))
    loaded["answers"] = {str(key).lower(): word for key, word in loaded["answers"].items()}
    return dict(loaded)


def label(group: str, name: str) -> str:
    """Say what a clerk reads for a name; the name itself where there is no word for it."""
    return str(labels()[group].get(name, name))


def name(group: str, word: str) -> str | None:
    """Find the name for a clerk's word, or take a word that is a name; None: there is none."""
    known: Mapping[str, str] = labels()[group]
    found = next((key for key, value in known.items() if value == word), None)
    return found if found is not None else word if re.fullmatch(NAME, word) or word in known else None


def words(group: str) -> dict[str, str]:
    """List what may be written in a group, for suggestions and lists to choose from."""
    return {str(value): str(key) for key, value in labels()[group].items()}


def sheet(key: str) -> str:
    """The name of a sheet."""
    return str(labels()["sheets"][key])


def columns(key: str) -> Mapping[str, str]:
    """The heads of a sheet's columns, in order."""
    found: Mapping[str, str] = labels()["columns"][key]
    return found


def item(key: str) -> str:
    """The label of a row of the first sheet."""
    return str(labels()["basics"][key]["label"])
