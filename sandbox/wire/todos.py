"""The to-do API: everything by unionId; a sourceId that is taken answers `task exist`."""

from secrets import token_hex
from typing import NoReturn

from starlette.routing import Route

from sandbox.encoding import Json
from sandbox.refusals import api
from sandbox.todos import Todo
from sandbox.wire.door import Call, api_route
from sandbox.world import World

TASKS = "/v1.0/todo/users/{union_id}/tasks"
LIMITS = {"subject": 1024, "description": 4096}


def routes(world: World) -> list[Route]:
    """Return the to-do addresses; each call is paid for."""
    return [
        api_route(world, "POST", TASKS, create),
        api_route(world, "PUT", TASKS + "/{task_id}", update),
        api_route(world, "PUT", TASKS + "/{task_id}/executorStatus", executor_status),
        api_route(world, "DELETE", TASKS + "/{task_id}", delete),
        api_route(world, "POST", "/v1.0/todo/users/{union_id}/org/tasks/query", query),
    ]


def create(world: World, call: Call) -> Json:
    """Create a task."""
    _check(world, call)
    source = call.text("sourceId")
    if not call.text("subject") or not isinstance(call.body.get("detailUrl"), dict):
        _refuse("todo.taskCreate.paramError")
    if source and world.todos.has_source(source):
        _refuse("todo.taskCreate.paramError", "task exist")
    now = world.machine.now_ms()
    todo = Todo("task" + token_hex(12), source, call.path["union_id"], dict(call.body), now, now)
    world.todos.add(todo)
    _announce(world, todo)
    return _created(todo, call.body)


def _created(todo: Todo, asked: Json) -> Json:
    """Say back what was asked for, with what the platform made of it."""
    source = "dinglin-sandbox"
    return {
        **asked,
        "id": todo.id,
        "done": False,
        "source": source,
        "sourceId": todo.source_id,
        "bizTag": source,
        "executorIds": todo.executors,
        "participantIds": asked.get("participantIds") or [],
        "creatorId": todo.creator,
        "modifierId": todo.creator,
        "startTime": todo.created_ms,
        "createdTime": todo.created_ms,
        "modifiedTime": todo.modified_ms,
        "requestId": token_hex(8),
    }


def update(world: World, call: Call) -> Json:
    """Change a task, or mark it done for all."""
    todo = _task(world, call, "todo.taskUpdate.paramError")
    _check(world, call)
    todo.body |= {key: value for key, value in call.body.items() if key != "done"}
    if isinstance(call.body.get("done"), bool):
        todo.is_done = call.body["done"]
    todo.modified_ms = world.machine.now_ms()
    _announce(world, todo)
    return {"result": True}


def executor_status(world: World, call: Call) -> Json:
    """Mark a task done for single executors; it is done once all are."""
    todo = _task(world, call, "todo.taskExecutorStatusUpdate.paramError")
    for row in call.body.get("executorStatusList") or ():
        (todo.done_by.add if row.get("isDone") else todo.done_by.discard)(row.get("id"))
    todo.is_done = set(todo.executors) <= todo.done_by
    _announce(world, todo)
    return {"result": True}


def delete(world: World, call: Call) -> Json:
    """Delete a task."""
    todo = _task(world, call, "todo.taskDelete.paramError")
    world.todos.remove(todo.id)
    _announce(world, todo)
    return {"result": True, "requestId": token_hex(8)}


def query(world: World, call: Call) -> Json:
    """List the tasks of one person, page by page."""
    start = call.text("nextToken") or "0"
    if not start.isdigit():
        _refuse("todo.orgTaskQuery.paramError")
    done = call.body.get("isDone")
    rows = [todo.as_json() for todo in world.todos.of(call.path["union_id"]) if done is None or todo.is_done is done]
    end = int(start) + 20
    return {"todoCards": rows[int(start) : end]} | ({"nextToken": str(end)} if end < len(rows) else {})


def _task(world: World, call: Call, code: str) -> Todo:
    todo = world.todos.get(call.path["task_id"])
    if todo is None:
        _refuse(code)
    return todo


def _check(world: World, call: Call) -> None:
    for key, limit in LIMITS.items():
        if len(call.text(key)) > limit:
            _refuse("todo.taskCreate.paramError", f"{key} is oversize")
    executors = call.body.get("executorIds") or []
    if len(executors) > 100:
        _refuse("todo.taskCreate.paramError", "executors is oversize")
    if any(union_id not in world.town.by_union for union_id in executors):
        _refuse("todo.taskCreate.paramError")


def _announce(world: World, todo: Todo) -> None:
    people = [world.town.by_union[union_id].id for union_id in todo.executors if union_id in world.town.by_union]
    world.hub.publish("todo", people, todo=todo.as_json())


def _refuse(code: str, message: str = "") -> NoReturn:
    raise api(code, message)
