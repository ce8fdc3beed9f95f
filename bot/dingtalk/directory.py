"""Who belongs to the organisation: people, departments, roles, and the person behind a login code.

These calls cost nothing in either pool. What the township makes of the answers is in `township/directory.py`.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from bot.dingtalk.faults import Answer
from bot.dingtalk.transport import Transport

ROOT_DEPARTMENT = 1
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of the organisation. `mobile` is empty without the permission to read it."""

    staff_id: str
    union_id: str
    name: str
    mobile: str
    title: str
    department_ids: tuple[int, ...]
    role_ids: tuple[int, ...]
    is_admin: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class Department:
    id: int
    name: str
    parent_id: int


@dataclass(frozen=True, slots=True)
class StaffRole:
    id: int
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened a page inside DingTalk."""

    staff_id: str
    union_id: str
    name: str


class DirectoryCalls:
    """The directory half of the client."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get_user(self, staff_id: str) -> Staff:
        answer = await self._transport.legacy("/topapi/v2/user/get", {"userid": staff_id, "language": "zh_CN"})
        return _staff(_result(answer))

    async def list_users(self, department_id: int) -> AsyncIterator[Staff]:
        """Yield the direct members of a department, page by page."""
        cursor = 0
        while True:
            body = {"dept_id": department_id, "cursor": cursor, "size": _PAGE}
            page = _result(await self._transport.legacy("/topapi/v2/user/list", body))
            for row in _rows(page.get("list")):
                yield _staff(row)
            if not _yes(page.get("has_more")):
                return
            cursor = _number(page.get("next_cursor"))

    async def list_departments(self, parent_id: int = ROOT_DEPARTMENT) -> list[Department]:
        """Return the departments one level below `parent_id`."""
        answer = await self._transport.legacy("/topapi/v2/department/listsub", {"dept_id": parent_id})
        return [
            Department(_number(row["dept_id"]), str(row["name"]), _number(row.get("parent_id", parent_id)))
            for row in _rows(answer.get("result"))
        ]

    async def list_roles(self) -> AsyncIterator[StaffRole]:
        offset = 0
        while True:
            page = _result(await self._transport.legacy("/topapi/role/list", {"offset": offset, "size": _PAGE}))
            groups = _rows(page.get("list"))
            for group in groups:
                for role in _rows(group.get("roles")):
                    yield StaffRole(_number(role["id"]), str(role["name"]), str(group.get("name", "")))
            if not groups or not _yes(page.get("hasMore")):
                return
            offset += len(groups)

    async def list_role_members(self, role_id: int) -> AsyncIterator[str]:
        """Yield the staff ids that hold a role."""
        offset = 0
        while True:
            body = {"role_id": role_id, "offset": offset, "size": _PAGE}
            page = _result(await self._transport.legacy("/topapi/role/simplelist", body))
            members = _rows(page.get("list"))
            for member in members:
                yield str(member["userid"])
            if not members or not _yes(page.get("hasMore")):
                return
            offset += len(members)

    async def user_by_login(self, auth_code: str) -> Visitor:
        """Return who came back from the login page in a browser; the code lives five minutes and works once.

        A guest of another organisation is Rejected with 60121 (not a member).
        """
        credential = self._transport.credential
        asked = {
            "clientId": credential.client_id,
            "clientSecret": credential.client_secret,
            "code": auth_code,
            "grantType": "authorization_code",
        }
        grant = await self._transport.unsigned("POST", "/v1.0/oauth2/userAccessToken", asked)
        token = str(grant.get("accessToken", ""))
        me = await self._transport.unsigned("GET", "/v1.0/contact/users/me", user_token=token)
        union_id = str(me.get("unionId", ""))
        row = _result(await self._transport.legacy("/topapi/user/getbyunionid", {"unionid": union_id}))
        return Visitor(str(row["userid"]), union_id, str(me.get("nick", "")))

    async def user_by_code(self, code: str) -> Visitor:
        """Return who opened a page inside the app; the code lives five minutes and works once."""
        row = _result(await self._transport.legacy("/topapi/v2/user/getuserinfo", {"code": code}))
        return Visitor(str(row["userid"]), str(row.get("unionid", "")), str(row.get("name", "")))


def _staff(row: Answer) -> Staff:
    return Staff(
        staff_id=str(row["userid"]),
        union_id=str(row.get("unionid", "")),
        name=str(row.get("name", "")),
        mobile=str(row.get("mobile", "")),
        title=str(row.get("title", "")),
        department_ids=_numbers(row.get("dept_id_list")),
        role_ids=tuple(_number(role["id"]) for role in _rows(row.get("role_list"))),
        is_admin=_yes(row.get("admin")),
        is_active=_yes(row.get("active", True)),
    )


def _result(answer: Answer) -> Answer:
    result = answer.get("result")
    return result if isinstance(result, Mapping) else {}


def _rows(value: object) -> list[Mapping[str, object]]:
    """Return the rows of a list; the documentation prints single rows without their brackets."""
    if isinstance(value, Mapping):
        return [value]
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _numbers(value: object) -> tuple[int, ...]:
    listed = json.loads(value) if isinstance(value, str) else value
    return tuple(_number(item) for item in listed) if isinstance(listed, list) else ()


def _number(value: object) -> int:
    return int(str(value))


def _yes(value: object) -> bool:
    """Read a boolean, which the documentation prints as a string."""
    return str(value).lower() == "true"
