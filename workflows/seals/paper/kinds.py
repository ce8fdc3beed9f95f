"""Which papers there are: title, what must stand on them, how their issuer is called. Read from `papers.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct
from ruamel.yaml import YAML

from township.errors import Mistake
from workflows.seals.ports import Sheet

SOURCE = Path(__file__).parent / "papers.yaml"


class Kind(Struct, frozen=True):
    """One kind of paper."""

    name: str
    title: str
    sealed: bool
    needs: tuple[str, ...]
    may: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """The name under which people get it."""
        return f"{self.title}.pdf"


class Words(Struct, frozen=True):
    """The few words that belong to no single kind."""

    lines: Mapping[str, str]
    demo_names: tuple[str, ...]
    demo_mark: str
    committee: str
    government: str

    def line(self, name: str) -> str:
        """Say what a line is called."""
        return self.lines.get(name, name)


def kind_of(name: str) -> Kind:
    """Return a kind by its name; an unknown one is a Mistake."""
    try:
        return _read()[0][name]
    except KeyError as error:
        raise Mistake("paper_unknown", kind=name) from error


def kinds() -> tuple[Kind, ...]:
    """Return all kinds."""
    return tuple(_read()[0].values())


def words() -> Words:
    """Return the words of the papers."""
    return _read()[1]


def issuer(sheet: Sheet) -> str:
    """Name the body that issues a paper in full: county, town and the committee of the village, or its government."""
    county = sheet.lines.get("county", "")
    town = sheet.town if sheet.town.startswith(county) else county + sheet.town
    village = sheet.village.removeprefix(town)
    if not village:
        government = words().government
        return town + ("" if town.endswith(government) else government)
    committee = words().committee
    return town + village + ("" if village.endswith(committee) else committee)


@cache
def _read() -> tuple[Mapping[str, Kind], Words]:
    told = YAML(typ="safe", pure=True).load(SOURCE.read_text("utf-8"))
    general = Words(
        MappingProxyType(told.pop("lines")),
        tuple(told.pop("demo_names")),
        told.pop("demo_mark"),
        told.pop("committee"),
        told.pop("government"),
    )
    found = {
        name: Kind(name, one["title"], one["sealed"], tuple(one["needs"]), tuple(one["may"]))
        for name, one in told.items()
    }
    return MappingProxyType(found), general
