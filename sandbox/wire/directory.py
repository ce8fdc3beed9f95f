"""The directory on the wire (topapi): members, departments, roles. Login and directory calls cost no quota."""

from starlette.routing import Route

from sandbox.encoding import Json
from sandbox.refusals import legacy, words
from sandbox.town import Person, Town
from sandbox.wire.door import Call, legacy_route
from sandbox.world import World


def routes(world: World) -> list[Route]:
    """Return the directory's addresses."""
    handlers = {
        "/topapi/v2/user/get": user,
        "/topapi/v2/user/list": user_list,
        "/topapi/v2/user/getbymobile": user_by_mobile,
        "/topapi/user/getbyunionid": user_by_union,
        "/topapi/user/listid": user_ids,
        "/topapi/user/listadmin": admins,
        "/topapi/v2/department/get": department,
        "/topapi/v2/department/listsub": departments,
        "/topapi/v2/department/listsubid": department_ids,
        "/topapi/role/list": role_list,
        "/topapi/role/simplelist": role_members,
    }
    return [legacy_route(world, path, handler) for path, handler in handlers.items()]


def user(world: World, call: Call) -> Json:
    """Show one member."""
    person = world.town.by_staff.get(call.text("userid"))
    if person is None:
        raise legacy(60121 if call.text("userid") else 400002)
    return _whole_member(world.town, person)


def user_list(world: World, call: Call) -> Json:
    """Show the members of one department, page by page."""
    size, cursor = call.number("size", 0), call.number("cursor", -1)
    if not 0 < size <= 100 or cursor < 0:
        raise legacy(40035)
    members = _members(world.town, call)
    page: Json = {"has_more": cursor + size < len(members)}
    page["list"] = [_listed_member(world.town, person) for person in members[cursor : cursor + size]]
    return page | ({"next_cursor": cursor + size} if page["has_more"] else {})


def user_ids(world: World, call: Call) -> Json:
    """List the userIds of one department."""
    return {"userid_list": [person.staff_id for person in _members(world.town, call)]}


def user_by_mobile(world: World, call: Call) -> Json:
    """Find a member by mobile number."""
    mobile = call.text("mobile")
    if not mobile.isdigit():
        raise legacy(40104)
    for person in world.town.staff():
        if person.mobile == mobile:
            return {"userid": person.staff_id}
    raise legacy(60121)


def user_by_union(world: World, call: Call) -> Json:
    """Find a member by unionId."""
    person = world.town.by_union.get(call.text("unionid"))
    if person is None or person.staff_id is None:
        raise legacy(60121)
    return {"contact_type": 0, "userid": person.staff_id}


def admins(world: World, call: Call) -> list[Json]:
    """List the administrators."""
    return [{"sys_level": 1, "userid": person.staff_id} for person in world.town.staff() if person.is_admin]


def department(world: World, call: Call) -> Json:
    """Show one department."""
    number = call.number("dept_id", 0)
    if number not in world.town.departments:
        raise legacy(60003)
    return _department(world.town, number) | {
        "hide_dept": False,
        "outer_dept": False,
        "order": number,
        "org_dept_owner": "",
    }


def departments(world: World, call: Call) -> list[Json]:
    """List the departments one level below."""
    return [_department(world.town, number) for number in _below(world.town, call)]


def department_ids(world: World, call: Call) -> Json:
    """List the numbers of the departments one level below."""
    return {"dept_id_list": _below(world.town, call)}


def role_list(world: World, call: Call) -> Json:
    """List the roles in their group."""
    roles = [{"id": number, "name": name} for name, number in world.town.roles().items()]
    return {"hasMore": False, "list": [{"groupId": 9000, "name": words("talk", "role_group"), "roles": roles}]}


def role_members(world: World, call: Call) -> Json:
    """List who holds a role, each with the department it reaches."""
    name = {number: role for role, number in world.town.roles().items()}.get(call.number("role_id", 0))
    if name is None:
        raise legacy(33011)
    offset, size = call.number("offset", 0), call.number("size", 20)
    holders = [person for person in world.town.staff() if name in person.roles]
    rows = [_holder(world.town, person) for person in holders[offset : offset + size]]
    more = offset + size < len(holders)
    return {"hasMore": more, "list": rows} | ({"nextCursor": offset + size} if more else {})


def _members(town: Town, call: Call) -> list[Person]:
    number = call.number("dept_id", 0)
    if number not in town.departments:
        raise legacy(60003)
    return [person for person in town.staff() if town.department_of(person) == number]


def _below(town: Town, call: Call) -> list[int]:
    number = call.number("dept_id", town.root_department)
    if number not in town.departments:
        raise legacy(60003)
    return [other for other in town.departments if other != number] if number == town.root_department else []


def _department(town: Town, number: int) -> Json:
    shown: Json = {
        "dept_id": number,
        "name": town.departments[number],
        "auto_add_user": True,
        "create_dept_group": True,
    }
    return shown | ({"parent_id": town.root_department} if number != town.root_department else {})


def _member(town: Town, person: Person) -> Json:
    """What both lists and a single answer tell of a member."""
    return {
        "userid": person.staff_id,
        "unionid": person.union_id,
        "name": person.name,
        "mobile": person.mobile or "",
        "state_code": "86",
        "title": person.title,
        "avatar": "",
        "remark": "",
        "job_number": "",
        "work_place": "",
        "telephone": "",
        "active": True,
        "admin": person.is_admin,
        "boss": False,
        "hide_mobile": False,
        "exclusive_account": False,
        "dept_id_list": [town.department_of(person)],
    }


def _listed_member(town: Town, person: Person) -> Json:
    return {**_member(town, person), "leader": _leads(person), "dept_order": 0}


def _whole_member(town: Town, person: Person) -> Json:
    numbers, number = town.roles(), town.department_of(person)
    group = words("talk", "role_group")
    return {
        **_member(town, person),
        "senior": False,
        "real_authed": True,
        "dept_order_list": [{"dept_id": number, "order": 0}],
        "leader_in_dept": [{"dept_id": number, "leader": _leads(person)}],
        "role_list": [{"id": numbers[role], "name": role, "group_name": group} for role in person.roles],
    }


def _leads(person: Person) -> bool:
    return "village_head" in person.roles


def _holder(town: Town, person: Person) -> Json:
    number = town.department_of(person)
    return {
        "userid": person.staff_id,
        "name": person.name,
        "manageScopes": [{"dept_id": number, "name": town.departments[number]}],
    }
