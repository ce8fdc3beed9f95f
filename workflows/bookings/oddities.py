"""What does not fit together in what a service says of its bookings. Pure; `workflows/flaws.py` tells it."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.bookings import steering
from workflows.bookings.line import waits_in
from workflows.bookings.supply import Queue, Supply
from workflows.definition import CLOSED, SAME, Definition, FieldKind, Waits

Oddity = tuple[tuple[str | int, ...], str, Mapping[str, Any], frozenset[str]]
"""The path of a key, the code, its values, and names of which one was perhaps meant."""
AT = ("workflow",)
DAYS = (FieldKind.PERIOD, FieldKind.DATE, FieldKind.MOMENT)


def oddities(definition: Definition) -> Iterator[Oddity]:
    """Find everything that could never be booked."""
    workflow = definition.workflow
    for name, stock in workflow.stock.items():
        at = (*AT, "stock", name)
        yield from _kind(definition, at, name, (FieldKind.NUMBER,), "stock_not_a_number")
        yield from _kind(definition, (*at, "during"), stock.during, DAYS, "stock_without_time")
        yield from _of(definition, at, stock)
        for key in ("back", "lost"):
            yield from _asked(definition, (*at, key), getattr(stock, key))
    for name, slots in workflow.slots.items():
        at = (*AT, "slots", name)
        wanted = FieldKind.PERIOD if slots.hours else FieldKind.DATE
        yield from _kind(definition, at, name, (wanted,), "slots_not_hours" if slots.hours else "slots_not_a_day")
        yield from _of(definition, at, slots)
    if workflow.queue is not None:
        yield from _queue(definition, workflow.queue)


def said(definition: Definition, text: str) -> frozenset[str]:
    """What a sentence may say of bookings, besides fields."""
    queue = definition.workflow.queue
    if queue is None:
        return frozenset()
    in_group = steering.said_in_group(definition, queue)
    return in_group if text in (queue.paused, queue.resumed) else frozenset({"turn", "ahead"})


def is_for_group(definition: Definition, text: str) -> bool:
    """Say whether a sentence is heard by a group, and so may name nothing of a case."""
    queue = definition.workflow.queue
    return queue is not None and text in (queue.paused, queue.resumed)


def _queue(definition: Definition, queue: Queue) -> Iterator[Oddity]:
    at, stages = (*AT, "queue"), definition.workflow.stages
    yield from _of(definition, at, queue)
    actions = frozenset(name for stage in stages.values() for name in stage.actions)
    of_villager = actions | set(definition.workflow.villager)
    for key in ("call", "soon", "pause", "resume", "give_way", "swap"):
        name, known = getattr(queue, key), of_villager if key in ("give_way", "swap") else actions
        if name is not None and name not in known:
            yield (*at, key), "unknown_action", {"name": name}, known
    if queue.swap in of_villager and FieldKind.PERSON not in steering.asked(definition, queue.swap).values():
        yield (*at, "swap"), "queue_swap_with_nobody", {"name": queue.swap}, frozenset()
    if queue.pause and not queue.resume:
        yield at, "queue_never_resumed", {}, frozenset()
    for key in ("paused", "resumed"):
        name = getattr(queue, key)
        if name is not None and name not in definition.texts:
            yield (*at, key), "unknown_text", {"name": name}, frozenset(definition.texts)
    yield from _jumps(definition, queue)
    for name in sorted(waits_in(definition)):
        stage, here = stages[name], (*AT, "stages", name)
        if stage.waits is not Waits.MACHINE:
            yield (*here, "waits"), "queue_not_machine", {"name": stage.title}, frozenset()
        for branch in stage.actions[queue.call].to:
            if branch.is_ in (SAME, CLOSED, name):
                yield (*here, "actions", queue.call, "to"), "queue_leads_nowhere", {"name": queue.call}, frozenset()
        if queue.soon in stage.actions and any(one.is_ != SAME for one in stage.actions[queue.soon].to):
            yield (*here, "actions", queue.soon, "to"), "queue_soon_moves", {"name": queue.soon}, frozenset()


def _jumps(definition: Definition, queue: Queue) -> Iterator[Oddity]:
    """A way into the stages of whose turn it is, past the line."""
    workflow, lines = definition.workflow, waits_in(definition)
    waiting = {branch.is_ for name in lines for branch in workflow.stages[name].actions[queue.call].to}
    turns: set[str] = set()
    while waiting := waiting & set(workflow.stages) - turns - lines:
        turns |= waiting
        waiting = {to.is_ for name in waiting for one in workflow.stages[name].actions.values() for to in one.to}
    title = workflow.stages[min(lines)].title if lines else ""
    entries = (("start", [branch.is_ for branch in workflow.start]), ("reopen_to", [workflow.reopen_to or ""]))
    for key, names in entries:
        for name in names:
            if name in turns:
                values = {"name": workflow.stages[name].title, "line": title}
                yield (*AT, key), "queue_jumped", values, frozenset()


def _of(definition: Definition, at: tuple[str, ...], supply: Supply) -> Iterator[Oddity]:
    if supply.of is not None:
        yield from _kind(definition, (*at, "of"), supply.of, (FieldKind.CHOICE,), "booked_not_a_choice")


def _kind(
    definition: Definition, at: tuple[str, ...], name: str, kinds: tuple[FieldKind, ...], code: str
) -> Iterator[Oddity]:  # fmt: skip
    spec = definition.form.get(name)
    if spec is None:
        yield at, "unknown_field", {"name": name}, frozenset(definition.form)
    elif spec.kind not in kinds:
        yield at, code, {"name": spec.name}, frozenset()


def _asked(definition: Definition, at: tuple[str, ...], name: str | None) -> Iterator[Oddity]:
    """A number that some action asks for."""
    actions = [one for stage in definition.workflow.stages.values() for one in stage.actions.values()]
    needs = {key: spec for one in actions for key, spec in one.needs.items()}
    if name is not None and name not in needs:
        yield at, "unknown_need", {"name": name}, frozenset(needs)
    elif name is not None and needs[name].kind is not FieldKind.NUMBER:
        yield at, "stock_not_a_number", {"name": needs[name].name}, frozenset()
