"""Who joins, changes or leaves the organisation, and its departments: the directory changes, then the event is told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.encoding import Json
from sandbox.refusals import control
from sandbox.town import Group, Person, Town

FIELDS = ("name", "village", "roles", "mobile", "title", "admin")
"""What may be said of a member, as in `town.yaml`; `dept_id` may stand for `village`."""
WIRE = {"name": "name", "mobile": "telephone", "title": "position"}
"""Our names of what a diffInfo tells."""


def change(town: Town, event: str, data: Json, about: Json) -> Json:
    """Do to the directory what an event tells; returns the data of the event, completed. `about`: who or what it is."""
    kind = _CHANGES.get(event)
    return data if kind is None else kind(town, data, about)


def _joins(town: Town, data: Json, about: Json) -> Json:
    for user_id in _listed(data, "userId"):
        person = town.people.get(user_id) or _stranger(user_id, about)
        if person is not None:
            _write(town, _changed(town, replace(person, staff_id=user_id, is_outsider=False), about))
    return data


def _changes(town: Town, data: Json, about: Json) -> Json:
    for user_id in _listed(data, "userId"):
        before = town.by_staff.get(user_id)
        if before is None:
            continue
        after = _changed(town, before, about)
        _write(town, after)
        prev = {wire: getattr(before, ours) for ours, wire in WIRE.items() if getattr(before, ours) is not None}
        curr = {wire: getattr(after, ours) for ours, wire in WIRE.items() if getattr(after, ours) is not None}
        data = {"diffInfo": {"prev": prev, "curr": curr, "userid": user_id}, **data}
    return data


def _leaves(town: Town, data: Json, about: Json) -> Json:
    for user_id in _listed(data, "userId"):
        person = town.by_staff.pop(user_id, None)
        if person is not None:
            _write(town, replace(person, staff_id=None, roles=(), is_admin=False))
    return data


def _department(town: Town, data: Json, about: Json) -> Json:
    for number in map(int, _listed(data, "deptId")):
        town.departments[number] = str(about.get("name") or town.departments.get(number, number))
        if number not in town.village_departments.values() and number != town.root_department:
            town.village_departments.setdefault(str(about.get("village") or f"dept-{number}"), number)
    return data


def _closes(town: Town, data: Json, about: Json) -> Json:
    for number in map(int, _listed(data, "deptId")):
        if any(town.department_of(person) == number for person in town.staff()):
            raise control(
                "department_not_empty", f"department {number} still has members; let them leave or move first"
            )
        town.departments.pop(number, None)
        for village in [name for name, held in town.village_departments.items() if held == number]:
            del town.village_departments[village]
    return data


_CHANGES: dict[str, Callable[[Town, Json, Json], Json]] = {
    "user_add_org": _joins,
    "user_active_org": _joins,
    "user_modify_org": _changes,
    "user_dept_change": _changes,
    "user_role_change": _changes,
    "user_leave_org": _leaves,
    "org_dept_create": _department,
    "org_dept_modify": _department,
    "org_dept_remove": _closes,
}


def _stranger(user_id: str, about: Json) -> Person | None:
    """Somebody new; without a word about the person there is nobody to write down."""
    if not about:
        return None
    return Person(user_id, user_id, None, None, (), user_id, f"un-{user_id}", None, False, False, None, "")


def _changed(town: Town, person: Person, about: Json) -> Person:
    unknown = set(about) - {*FIELDS, "dept_id"}
    if unknown:
        raise control("unknown_field", f"nothing is known of {', '.join(sorted(unknown))}; say {', '.join(FIELDS)}")
    given: dict[str, Any] = {name: about[name] for name in FIELDS if name in about}
    if "dept_id" in about:
        numbers = {number: village for village, number in town.village_departments.items()}
        given["village"] = numbers.get(int(about["dept_id"]))
    if "roles" in given:
        given["roles"] = tuple(given["roles"])
    if "admin" in given:
        given["is_admin"] = bool(given.pop("admin"))
    return replace(person, **given)


def _write(town: Town, person: Person) -> None:
    """Put somebody into every list of the town, the file it came from included, so that a restart agrees."""
    town.people[person.id] = person
    if person.staff_id:
        town.by_staff[person.staff_id] = person
    if person.union_id:
        town.by_union[person.union_id] = person
    for group in town.groups.values():
        town.groups[group.id] = replace(group, members=_members(group, person))
    row = {
        "id": person.id, "name": person.name, "village": person.village, "household": person.household,
        "roles": list(person.roles), "staff_id": person.staff_id, "union_id": person.union_id,
        "mobile": person.mobile, "title": person.title, "admin": person.is_admin,
    }  # fmt: skip
    rows: list[Json] = town.raw["people"]
    known = next((one for one in rows if one["id"] == person.id), None)
    if known is None:
        rows.append(row)
    else:
        known.update(row)


def _members(group: Group, person: Person) -> tuple[str, ...]:
    others = tuple(member for member in group.members if member != person.id)
    belongs = group.village is not None and group.village == person.village and person.has_account
    return (*others, person.id) if belongs or (person.id in group.members and person.has_account) else others


def _listed(data: Json, name: str) -> list[str]:
    value = data.get(name) or []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
