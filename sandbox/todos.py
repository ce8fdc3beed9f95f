"""The to-do list of the organisation: tasks by id, their sourceId unique, seen by their executors."""

from collections import OrderedDict
from dataclasses import dataclass, field

from sandbox.encoding import Json

MAX_TASKS = 20_000


@dataclass(slots=True)
class Todo:
    """One to-do; `body` is what its creator sent."""

    id: str
    source_id: str
    creator: str
    body: Json
    created_ms: int
    modified_ms: int
    is_done: bool = False
    done_by: set[str] = field(default_factory=set)

    @property
    def executors(self) -> list[str]:
        """Return the unionIds of those who are to do it."""
        return list(self.body.get("executorIds") or [self.creator])

    def as_json(self) -> Json:
        """Return the task as the platform lists it."""
        kept: Json = {
            key: self.body[key]
            for key in ("subject", "description", "dueTime", "detailUrl", "priority")
            if key in self.body
        }
        times = {"createdTime": self.created_ms, "modifiedTime": self.modified_ms}
        return {
            "taskId": self.id,
            "sourceId": self.source_id,
            "creatorId": self.creator,
            "isDone": self.is_done,
            **kept,
            **times,
        }


class Todos:
    """All tasks, bounded."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[str, Todo] = OrderedDict()
        self._sources: dict[str, str] = {}

    def add(self, todo: Todo) -> None:
        """Store a task; the oldest make room."""
        self._tasks[todo.id] = todo
        if todo.source_id:
            self._sources[todo.source_id] = todo.id
        if len(self._tasks) > MAX_TASKS:
            self.remove(next(iter(self._tasks)))

    def has_source(self, source_id: str) -> bool:
        """Say whether a living task has this sourceId."""
        return source_id in self._sources

    def get(self, task_id: str) -> Todo | None:
        """Return a task."""
        return self._tasks.get(task_id)

    def remove(self, task_id: str) -> None:
        """Delete a task."""
        todo = self._tasks.pop(task_id, None)
        if todo is not None:
            self._sources.pop(todo.source_id, None)

    def of(self, union_id: str) -> list[Todo]:
        """List the tasks one person is to do."""
        return [todo for todo in self._tasks.values() if union_id in todo.executors]

    def clear(self) -> None:
        """Forget all tasks."""
        self._tasks.clear()
        self._sources.clear()
