"""The stage hands' part of the control API: clocks, faults, meter, state, windows, events, sockets."""

from dataclasses import asdict, fields
from datetime import datetime
from secrets import token_hex

from sandbox import event_data, personnel
from sandbox.clocks import Windows
from sandbox.encoding import Json, dumps
from sandbox.faults import CHOICES, OPTIONS, Fault, FaultKind
from sandbox.frames import Frame, FrameType
from sandbox.gateway import Kind
from sandbox.refusals import control
from sandbox.world import World

FREE_EVENTS = ("user_", "org_", "label_")
"""Directory events cost no push."""


def state(world: World) -> Json:
    """Return who is there, which groups, connections and frames that still wait for an ack."""
    gateway, town = world.gateway, world.town
    people = [
        {
            "userId": person.id,
            "name": person.name,
            "village": person.village,
            "roles": list(person.roles),
            "title": person.title,
            "staffId": person.staff_id,
            "unionId": person.union_id,
            "outsider": person.is_outsider,
            "shares": person.shares,
            "hasAccount": town.account(person.id) is not None,
        }
        for person in town.people.values()
    ]
    groups = [
        {"id": group.id, "title": group.title, "village": group.village, "members": group.members}
        for group in town.groups.values()
    ]
    connections = [
        {"id": entry.id, "leaving": entry.is_leaving, "deaf": entry.is_deaf} for entry in gateway.connections.values()
    ]
    unacked = [
        {"messageId": key, "kind": entry.kind, "tries": entry.tries}
        for key, entry in list(gateway.waiting.items())[:1000]
    ]
    return {
        "corpId": town.corp_id,
        "robotCode": world.client_id,
        "town": town.raw["town"],
        "villages": town.raw["villages"],
        "people": people,
        "groups": groups,
        "connections": connections,
        "unacked": unacked,
        "unackedCount": len(gateway.waiting),
        "failedEvents": len(gateway.failed_events),
        "cards": len(world.cards),
        "faults": world.faults.armed(),
        "clock": clock(world),
    }


def clock(world: World) -> Json:
    """Return both times and the version that a turn of the clock raises."""
    machine = datetime.fromtimestamp(world.machine.now()).astimezone()
    return {
        "now": world.business.iso(),
        "offset": world.business.offset,
        "version": world.business.version,
        "machine": machine.isoformat(timespec="milliseconds"),
    }


def turn(world: World, body: Json) -> Json:
    """Turn business time (`to` or `forward`) or machine time (`machine_forward`), forward only."""
    try:
        if "machine_forward" in body:
            world.timers.forward(float(body["machine_forward"]))
        elif "to" in body:
            world.business.turn_to(datetime.fromisoformat(str(body["to"])))
        else:
            world.business.forward(float(body["forward"]))
    except (KeyError, TypeError, ValueError) as err:
        sentence = 'give {"to": iso}, {"forward": seconds} or {"machine_forward": seconds}; clocks only go forward'
        raise control("bad_turn", f"{sentence} ({err})") from err
    now = clock(world)
    world.hub.publish("clock", None, **now)
    return now


def arm(world: World, body: Json) -> list[Json]:
    """Arm a fault; `times` absent or null means until cleared."""
    name, times = str(body.get("fault", "")), body.get("times")
    if name not in FaultKind.__members__:
        raise control("no_such_fault", f"no fault is called {name!r}; there are {', '.join(FaultKind)}")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise control("bad_times", "times is a whole number from 1, or absent")
    every = body.get("every", 1)
    if not isinstance(every, int) or every < 1:
        raise control("bad_every", "every is a whole number from 1: each n-th occasion")
    world.faults.arm(Fault(FaultKind(name), times, _options(FaultKind(name), body), every))
    return world.faults.armed()


def _options(kind: FaultKind, body: Json) -> dict[str, str]:
    options = {key: str(value) for key, value in body.items() if key not in ("fault", "times", "every")}
    for key, value in options.items():
        known = OPTIONS.get(kind, ())
        if key not in known:
            raise control("no_such_option", f"{kind} has no option {key!r}; it has {', '.join((*known, 'every'))}")
        if value not in CHOICES.get(key, (value,)):
            raise control("bad_option", f"{key} is one of {', '.join(CHOICES[key])}")
    return options


def clear(world: World, name: str | None) -> list[Json]:
    """Disarm one fault by name, or all."""
    if name is not None and name not in FaultKind.__members__:
        raise control("no_such_fault", f"no fault is called {name!r}; there are {', '.join(FaultKind)}")
    world.faults.clear(FaultKind(name) if name else None)
    return world.faults.armed()


def set_meter(world: World, body: Json) -> Json:
    """Set limits (`api_limit`, `push_limit`; null lifts them), the reading, or `reset` the figures."""
    for key in ("api_limit", "push_limit"):
        if key in body:
            limit = body[key]
            if limit is not None and (not isinstance(limit, int) or limit < 0):
                raise control("bad_limit", f"{key} is a whole number or null")
            setattr(world.meter, key, limit)
    if "webhook_counts" in body:
        world.meter.webhook_counts = bool(body["webhook_counts"])
    if body.get("reset"):
        world.meter.reset()
    return world.meter.as_json()


def windows(world: World, body: Json) -> Json:
    """Turn the spans of machine time (see `Windows`); an empty body only shows them."""
    known = {field.name for field in fields(Windows)}
    for key, value in body.items():
        if key not in known:
            raise control("no_such_window", f"no window is called {key!r}; there are {', '.join(sorted(known))}")
        setattr(
            world.windows,
            key,
            tuple(map(float, value)) if key == "event_retries" else type(getattr(world.windows, key))(value),
        )
    return asdict(world.windows)


def event(world: World, body: Json) -> Json:
    """Let something happen in the organisation: its directory changes, and the event goes down the stream.

    `member` or `department` says who or what it is about; data is in the stream's shape.
    """
    name = body.get("type")
    if not isinstance(name, str) or not name:
        raise control("no_type", 'give {"type": eventType, "data": {...}}')
    about = body.get("member") or body.get("department") or {}
    data = personnel.change(world.town, name, body.get("data") or {}, about)
    world.chats.regroup()
    event_id, born = str(body.get("eventId") or token_hex(16)), world.machine.now_ms()
    data = event_data.told(world.town, name, data, born)
    world.meter.push("event", is_free=name.startswith(FREE_EVENTS))
    extra: tuple[tuple[str, str | int], ...] = (
        ("eventId", event_id),
        ("eventType", name),
        ("eventCorpId", world.town.corp_id),
        ("eventBornTime", born),
        ("eventUnifiedAppId", "sandbox-app"),
    )
    frame = Frame(FrameType.EVENT, "*", world.gateway.message_id(), dumps(data).decode(), extra)
    world.gateway.push(Kind.event, frame)
    return {"eventId": event_id, "messageId": frame.message_id}


def disconnect(world: World, body: Json) -> Json:
    """Send every connection (or one) away; `abrupt` drops the socket without a word."""
    wanted = body.get("connection")
    sent = []
    for connection in list(world.gateway.connections.values()):
        if wanted is None or connection.id == wanted:
            world.gateway.disconnect(connection, is_abrupt=bool(body.get("abrupt")))
            sent.append(connection.id)
    return {"disconnected": sent}


def record(world: World, body: Json) -> Json:
    """Keep the newest `keep` calls and frames from now on; 0 keeps nothing."""
    keep = body.get("keep")
    if not isinstance(keep, int) or keep < 0:
        raise control("bad_keep", 'give {"keep": how many calls and frames are kept}')
    world.recorder.keep(keep)
    return {"keep": keep}


def restart(world: World) -> Json:
    """Be as a platform that was started anew: sockets, tickets and the app's token are gone, what people see is not."""
    world.tokens.expire_app_token()
    world.gateway.restart()
    return {"ok": True}


def reset(world: World) -> Json:
    """Empty chats, cards, to-dos, meter and faults; connections, tokens and clocks stay."""
    world.chats.clear()
    world.cards.clear()
    world.todos.clear()
    world.meter.reset()
    world.faults.clear()
    world.gateway.waiting.clear()
    return {"ok": True}
