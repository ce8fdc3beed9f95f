"""Addresses taken apart: province, city, county, town, community and group, by their endings and known names. Pure.

Which of a town's own villages is meant is known to the town, not here (`places.py`).
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML

LEVELS = ("prov", "city", "district", "town", "community")


class Address(Struct, frozen=True):
    """The levels of an address as they are written; empty where one is not said."""

    prov: str = ""
    city: str = ""
    district: str = ""
    town: str = ""
    community: str = ""
    group: str = ""
    rest: str = ""
    """What stands behind the last level: road, house, landmark."""


@cache
def _words() -> dict[str, Any]:
    path = Path(__file__).with_name("addresses.yaml")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return loaded


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    known = _words()
    provinces, cities = "|".join(known["provinces"]), "|".join(known["cities"].split())
    not_name = f"(?!{known['of_a_name']})"
    written = {
        "country": known["country"],
        "prov": f"(?:{provinces})(?:{known['province_endings']}|{not_name})",
        "city": f"(?:{cities})(?:市(?![场区])|{not_name})|{known['prefectures']}",
        **{name: known[name].replace("{sign}", known["sign"]) for name in ("district", "town", "community", "group")},
    }
    return {name: re.compile(pattern) for name, pattern in written.items()}


Names = Mapping[str, Collection[str]]
"""Names by level that are known although they are written without their ending ("Yiwu" for "Yiwu City")."""


def parse(text: str, names: Names | None = None) -> Address:
    """Take an address apart, from the left; a level that is written twice counts once."""
    reader = _Reader(text, names or {})
    reader.skip("country")
    prov = reader.take("prov")
    city = reader.take("city", again=True)
    prov = prov or reader.take("prov")
    city = city or reader.take("city", again=True)
    district = reader.take("district", again=True)
    town = reader.take("town")
    town = town or reader.inner_town()
    community = reader.take("community")
    group = reader.take("group")
    return Address(prov, city, district, town, community, group, text[reader.at :].strip(_words()["separators"]))


class _Reader:
    """Goes through an address from left to right."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.at = 0

    def take(self, level: str, *, again: bool = False) -> str:
        """Take a level if it stands here; with `again`, the fuller name that follows a short one."""
        self._pass_separators()
        found = _patterns()[level].match(self.text, self.at)
        if known := self._known(level, found.end() if found else self.at):
            return known
        if found is None:
            return ""
        self.at = found.end()
        if again:
            self._pass_separators()
            repeated = _patterns()[level].match(self.text, self.at)
            if repeated and repeated.group().startswith(found.group()):
                self.at = repeated.end()
                return repeated.group()
        return found.group()

    def _known(self, level: str, reaches: int) -> str:
        """Take a known name that stands here without its ending, unless the ending follows."""
        here = [name for name in self.names.get(level, ()) if self.text.startswith(name, self.at)]
        name = max(here, key=len, default="")
        is_other = _of_a_name().match(self.text, self.at + len(name)) is not None
        if not name or is_other or (reaches > self.at and reaches - self.at <= len(name) + 2):
            return ""
        self.at += len(name)
        return name

    def skip(self, level: str) -> None:
        """Pass over what stands here if it is of that kind."""
        self.take(level)

    def inner_town(self) -> str:
        """Find a town that stands behind something else, a shop or a school."""
        found = _inner_town().search(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def _pass_separators(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _words()["separators"]:
            self.at += 1


@cache
def _of_a_name() -> re.Pattern[str]:
    return re.compile(_words()["of_a_name"])


@cache
def _inner_town() -> re.Pattern[str]:
    return re.compile(_words()["inner_town"])
