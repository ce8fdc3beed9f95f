"""The robot API: one-to-one and group sends, recall, read receipts, DING, files of incoming messages."""

from starlette.routing import Route

from sandbox.encoding import Json, as_object
from sandbox.faults import CHOICES, FaultKind
from sandbox.refusals import api
from sandbox.sendings import Sending
from sandbox.wire import outgoing
from sandbox.wire.door import Call, api_route
from sandbox.wire.outgoing import Line
from sandbox.world import World

TO_PEOPLE = "/v1.0/robot/oToMessages/batchSend"
TO_GROUP = "/v1.0/robot/groupMessages/send"
MAX_USERS = 20
MAX_PARAM = 15_000
REASONS = CHOICES["list"]


def routes(world: World) -> list[Route]:
    """Return the robot's addresses; each call is paid for."""
    return [
        api_route(world, "POST", TO_PEOPLE, batch_send),
        api_route(world, "POST", TO_GROUP, group_send),
        api_route(world, "POST", "/v1.0/robot/otoMessages/batchRecall", recall),
        api_route(world, "POST", "/v1.0/robot/groupMessages/recall", recall),
        api_route(world, "GET", "/v1.0/robot/oToMessages/readStatus", read_status),
        api_route(world, "POST", "/v1.0/robot/groupMessages/query", group_query),
        api_route(world, "POST", "/v1.0/robot/messageFiles/download", download),
        api_route(world, "POST", "/v1.0/robot/ding/send", ding),
    ]


def batch_send(world: World, call: Call) -> Json:
    """Send one message to up to twenty members; unknown ids come back in `invalidStaffIdList`."""
    _check_robot(world, call)
    users = call.body.get("userIds")
    if not isinstance(users, list) or not users:
        raise api("invalidParameter.userIds.empty")
    if len(users) > MAX_USERS:
        raise api("invalidParameter.userIds.overMax")
    line = _line(world, call, TO_PEOPLE)
    missed = _missed(world, users)
    known = [world.town.by_staff[user].id for user in users if not any(user in some for some in missed.values())]
    sending = Sending(world.machine.now(), None)
    for account in known:
        sending.lines[account] = world.write_bot(to=account, kind=line.kind, text=line.text, extra=dict(line.extra))
    return {"processQueryKey": world.sendings.add(sending), **missed}


def _missed(world: World, users: list[str]) -> dict[str, list[str]]:
    """Sort out who is not reached although the call succeeds."""
    lists = {name: "flowControlledStaffIdList" if name == "slowed" else f"{name}StaffIdList" for name in REASONS}
    missed: dict[str, list[str]] = {lists["invalid"]: [], lists["slowed"]: []}
    missed[lists["invalid"]] += [user for user in users if user not in world.town.by_staff]
    if fault := world.faults.strikes(FaultKind.not_reached):
        missed[lists[fault.option("list", REASONS[0])]] = list(users)
    return missed


def group_send(world: World, call: Call) -> Json:
    """Send one message to a group."""
    _check_robot(world, call)
    group = call.text("openConversationId")
    if not group:
        raise api("miss.openConversationId")
    if group not in world.town.groups:
        raise api("invalid.openConversationId")
    line = _line(world, call, TO_GROUP)
    message = world.write_bot(group=group, kind=line.kind, text=line.text, extra=dict(line.extra))
    return {"processQueryKey": world.sendings.add(Sending(world.machine.now(), group, {group: message}))}


def recall(world: World, call: Call) -> Json:
    """Take messages back within a day; no trace is left."""
    _check_robot(world, call)
    keys = call.body.get("processQueryKeys")
    if not isinstance(keys, list) or not keys:
        raise api("invalidParameter.processQueryKey.missing")
    if len(keys) > MAX_USERS:
        raise api("invalidParameter.processQueryKeys.overMax")
    done: list[str] = []
    failed: dict[str, str] = {}
    for key in keys:
        sending = world.sendings.get(key)
        if sending is None:
            failed[key] = "invalid.processQueryKey"
        elif world.machine.now() - sending.at > world.windows.recall:
            failed[key] = "robot.processQueryKey.expired"
        else:
            done.append(key)
            _take_back(world, sending)
    return {"successResult": done, "failedResult": failed}


def read_status(world: World, call: Call) -> Json:
    """Say who has read a one-to-one sending."""
    sending = world.sendings.get(call.query.get("processQueryKey", ""))
    if sending is None:
        raise api("invalid.processQueryKey")
    rows = []
    for account, message in sending.lines.items():
        person = world.town.people[account]
        status = "READ" if world.chats.read.get(account, 0) >= message.seq else "UNREAD"
        rows.append({"name": person.name, "userId": person.staff_id, "readStatus": status})
    return {"sendStatus": "RECALLED" if sending.is_recalled else "SUCCESS", "messageReadInfoList": rows}


def group_query(world: World, call: Call) -> Json:
    """Say who has read a sending in a group, page by page."""
    size, start = call.number("maxResults", 200), call.text("nextToken") or "0"
    if not 0 < size <= 200:
        raise api("invalidParameter.pageSize.invalid")
    if not start.isdigit():
        raise api("invalidParameter.cursor.invalid")
    sending = world.sendings.get(call.text("processQueryKey"))
    if sending is None or sending.group is None:
        raise api("invalid.processQueryKey")
    seq = sending.lines[sending.group].seq
    members = world.town.groups[sending.group].members
    readers = [world.town.people[member].staff_id for member in members if world.chats.read.get(member, 0) >= seq]
    end = int(start) + size
    status = "RECALLED" if sending.is_recalled else "SUCCESS"
    page = {"sendStatus": status, "readUserIds": readers[int(start) : end], "hasMore": end < len(readers)}
    return page | ({"nextToken": str(end)} if end < len(readers) else {})


def download(world: World, call: Call) -> Json:
    """Change a download code for a temporary address."""
    if not call.text("robotCode"):
        raise api("invalidParameter.robotCode.empty")
    if call.text("robotCode") != world.client_id:
        raise api("invalidParameter.robotCode.auth")
    medium = world.media.redeem(call.text("downloadCode"))
    if medium is None or world.faults.strikes(FaultKind.download_expired):
        raise api("invalidParameter.robotCode.downloadCode")
    return {"downloadUrl": world.media.address(call.origin, medium)}


def ding(world: World, call: Call) -> Json:
    """Send a DING: in the app, as a text message to the phone, or as a call."""
    _check_robot(world, call)
    users = call.body.get("receiverUserIdList")
    if not isinstance(users, list) or not users:
        raise api("miss.staffId")
    kind = call.number("remindType", 0)
    if kind not in (1, 2, 3):
        raise api("invalidParameter.param.invalid")
    if len(users) > (200 if kind == 1 else 20):
        raise api("ding.receivercount.limit")
    failed: dict[str, str] = {user: "miss.staffId" for user in users if user not in world.town.by_staff}
    way = ("app", "sms", "phone")[kind - 1]
    for user in users:
        if user in world.town.by_staff:
            world.write_bot(to=world.town.by_staff[user].id, kind="ding", text=call.text("content"), extra={"way": way})
    return {"openDingId": world.gateway.message_id(), "failedList": failed}


def _check_robot(world: World, call: Call) -> None:
    if not call.text("robotCode"):
        raise api("invalidParameter.robotCode.empty")
    if call.text("robotCode") != world.client_id:
        raise api("invalidParameter.robotCode.notExsit")


def _line(world: World, call: Call, path: str) -> Line:
    key, raw = call.text("msgKey"), call.text("msgParam")
    if not key:
        raise api("invalidParameter.msgKey.empty")
    if key not in outgoing.TEMPLATES:
        raise api("invalidParameter.msgKey.invalid")
    param = as_object(raw)
    if param is None:
        raise api("invalidParameter.msgParam.invalid")
    if len(raw.encode()) > MAX_PARAM:
        raise api("invalidParameter.msgParam.tooLong")
    if world.faults.strikes(FaultKind.content_unsafe, path=path):
        raise api("contain.notAllowed.text")
    line = outgoing.from_template(key, param)
    if line is None:
        raise api("invalidParameter.param.invalid")
    return line


def _take_back(world: World, sending: Sending) -> None:
    sending.is_recalled = True
    for message in sending.lines.values():
        world.chats.remove(message)
        world.hub.publish("recall", world.chats.audience(message), id=message.id)
