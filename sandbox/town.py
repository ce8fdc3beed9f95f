"""The invented town: people, villages, groups and roles as `town.yaml` tells them; what the directory answers from."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sandbox.encoding import Json

HERE = Path(__file__).with_name("town.yaml")


class BadTown(Exception):
    """The town file cannot be used; the message names the file and what to mend."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the town. Without `staff_id` an outsider, without a phone, or behind the account of somebody else."""

    id: str
    name: str
    village: str | None
    household: str | None
    roles: tuple[str, ...]
    staff_id: str | None
    union_id: str | None
    mobile: str | None
    is_outsider: bool
    is_admin: bool
    shares: str | None
    title: str

    @property
    def has_account(self) -> bool:
        """Say whether this person holds an account of their own."""
        return self.staff_id is not None or self.is_outsider


@dataclass(frozen=True, slots=True)
class Group:
    """A chat group and the ids of the accounts in it."""

    id: str
    title: str
    village: str | None
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """Everything the file says; `raw` is what a clerk would import from a sheet."""

    raw: Json
    people: dict[str, Person]
    groups: dict[str, Group]
    departments: dict[int, str]
    village_departments: dict[str, int]
    by_staff: dict[str, Person] = field(default_factory=dict)
    by_union: dict[str, Person] = field(default_factory=dict)

    @property
    def corp_id(self) -> str:
        """Return the organisation's id."""
        return str(self.raw["town"]["corp_id"])

    @property
    def root_department(self) -> int:
        """Return the department above all."""
        return int(self.raw["town"]["dept_id"])

    def account(self, person_id: str) -> Person | None:
        """Return whose account a person uses: their own, a shared one, or none."""
        person = self.people.get(person_id)
        if person is not None and person.shares is not None:
            person = self.people.get(person.shares)
        return person if person is not None and person.has_account else None

    def department_of(self, person: Person) -> int:
        """Return the department: the village's, or the town office."""
        if person.village is not None and person.village in self.village_departments:
            return self.village_departments[person.village]
        return int(self.raw["town"]["office"]["dept_id"])

    def staff(self) -> list[Person]:
        """List the members of the organisation."""
        return list(self.by_staff.values())

    def roles(self) -> dict[str, int]:
        """Return every role and its stable number."""
        names = sorted({role for person in self.people.values() for role in person.roles})
        return {name: 9001 + index for index, name in enumerate(names)}


def load(path: Path = HERE) -> Town:
    """Read a town file; BadTown names the file and the mend."""
    try:
        raw = YAML(typ="safe").load(path.read_text("utf-8"))
        return _town(raw)
    except OSError as err:
        raise BadTown(f"cannot read the town file {path}: {err.strerror}") from err
    except (YAMLError, KeyError, TypeError, ValueError) as err:
        raise BadTown(f"the town file {path} is not a town: {type(err).__name__} {err}") from err


def _town(raw: Json) -> Town:
    people = {row["id"]: _person(row) for row in raw["people"]}
    office = raw["town"]["office"]
    departments = {int(raw["town"]["dept_id"]): raw["town"]["name"], int(office["dept_id"]): office["name"]}
    departments |= {int(village["dept_id"]): village["name"] for village in raw["villages"]}
    return Town(
        raw=raw,
        people=people,
        groups={row["id"]: _group(row, people) for row in raw["groups"]},
        departments=departments,
        village_departments={village["id"]: int(village["dept_id"]) for village in raw["villages"]},
        by_staff={person.staff_id: person for person in people.values() if person.staff_id},
        by_union={person.union_id: person for person in people.values() if person.union_id},
    )


def _person(row: Json) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        village=row.get("village"),
        household=row.get("household"),
        roles=tuple(row.get("roles") or ()),
        staff_id=row.get("staff_id"),
        union_id=row.get("union_id"),
        mobile=row.get("mobile"),
        is_outsider=bool(row.get("outsider")),
        is_admin=bool(row.get("admin")),
        shares=row.get("shares"),
        title=row.get("title", ""),
    )


def _group(row: Json, people: dict[str, Person]) -> Group:
    also: list[Any] = row.get("also") or []
    members = [
        person.id
        for person in people.values()
        if person.has_account
        and (
            person.id in also
            or (row.get("village") is not None and person.village == row["village"] and not person.is_outsider)
            or (row.get("cadres", False) and bool(person.roles))
        )
    ]
    return Group(row["id"], row["title"], row.get("village"), tuple(members))
