"""The data of EVENT frames as the stream tells them, pure: what the town knows completes what was given.

The platform prints three shapes of the same event; this is the stream's.
"""

from sandbox.bot_messages import opaque_id
from sandbox.encoding import Json
from sandbox.town import Person, Town

OF_ONE_MEMBER = ("user_dept_change", "user_role_change")
"""These tell the whole member, whose id is then called `userid`."""
STAMPED = ("user_modify_org", "user_leave_org")


def told(town: Town, event: str, data: Json, now_ms: int) -> Json:
    """Return the data of an event as it goes down the stream."""
    if event in OF_ONE_MEMBER:
        person = next((town.by_staff[one] for one in _ids(data) if one in town.by_staff), None)
        return _member(town, person) if person is not None else data
    if event in STAMPED:
        return {"timeStamp": str(now_ms), **data}
    if event.startswith("chat_"):
        return _of_group(town, data, now_ms)
    return data


def _member(town: Town, person: Person) -> Json:
    department = town.department_of(person)
    employee = {"corpId": town.corp_id, "staffId": person.staff_id}
    return {
        "errcode": 0,
        "errmsg": "ok",
        "userid": person.staff_id,
        "unionid": person.union_id,
        "dingId": opaque_id(person.id),
        "name": person.name,
        "position": person.title,
        "department": [department],
        "isAdmin": person.is_admin,
        "isBoss": False,
        "isSenior": False,
        "isHide": False,
        "active": True,
        "realAuthed": True,
        "exclusiveAccount": False,
        "avatar": "",
        "jobnumber": "",
        "orderInDepts": f"{{{department}:0}}",
        "isLeaderInDepts": f"{{{department}:false}}",
        "unionEmpExt": {**employee, "unionEmpMapList": [employee]},
    }


def _of_group(town: Town, data: Json, now_ms: int) -> Json:
    operator = next((person for person in town.staff() if person.is_admin), None)
    group = str(data.get("openConversationId", ""))
    by = {"operator": operator.staff_id, "operatorUnionId": operator.union_id} if operator else {}
    who = {"unionId": [town.by_staff[one].union_id for one in _ids(data) if one in town.by_staff]} if _ids(data) else {}
    return {"timeStamp": now_ms, "chatId": f"chat{group.encode().hex()}", "corpId": town.corp_id, **by, **who, **data}


def _ids(data: Json) -> list[str]:
    given = data.get("userId") or []
    return [str(one) for one in given] if isinstance(given, list) else [str(given)]
