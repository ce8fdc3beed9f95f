"""The engine against the reference: branches, sending back, asking others, handing on and taking back, all mixed."""

from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert, to_builtins
from msgspec.structs import replace

from tests.unit.workflows.flow.reference import Flow, Reference
from township.clock import SHANGHAI
from township.errors import TownshipError
from township.workdays import Calendar
from workflows import engine
from workflows.definition import CLOSED, Definition
from workflows.flow import signing
from workflows.flow.who import Cast, Facts
from workflows.state import CaseState, Command, Decision, Standing, Task, TaskKind, World

PEOPLE = ["p", "q", "r", "s", "t"]
MODES = ["any", "all", "in_order"]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
CAST = Cast(affected="v", spoke="v", told=("v",))

FLOWS: list[Flow] = [
    ["a", [["b", "c"], ["d"]], "e"],
    [[["a"], ["b"], ["c", "d"]], "e"],
    ["a", "b", [["c"], ["d", "e"]]],
    ["a", "b", "c"],
    ["a", [["b"], ["c"]], [["d"], ["e"]]],
]
ACTS = [
    "agree", "agree", "agree", "agree", "ask_before", "ask_after", "reassign", "send_back", "send_back_straight",
    "disagree", "drop", "take_back",
]  # fmt: skip


def definition(flow: Flow, modes: dict[str, str]) -> Definition:
    names = [one if isinstance(one, str) else f"fork_{'abcde'[n]}" for n, one in enumerate(flow)]
    stages: dict[str, Any] = {}
    for step, following in zip(flow, [*names[1:], CLOSED], strict=True):
        if isinstance(step, str):
            stages[step] = stage(step, modes, following)
            continue
        fork = names[flow.index(step)]
        stages[fork] = {"title": fork, "branches": [{"stages": way} for way in step], "to": following}
        for way in step:
            for name, after in zip(way, [*way[1:], "joined"], strict=True):
                stages[name] = stage(name, modes, after)
    workflow = {"start": names[0], "stages": stages, "reopen_to": names[0]}
    return Definition.model_validate({"skill": "leave", "name": "请假", "workflow": workflow})


def stage(name: str, modes: dict[str, str], to: str) -> dict[str, Any]:
    agree = {"title": "同意", "to": to, "vote": "yes"}
    return {
        "title": name, "who": f"role_{name} of village", "mode": modes[name], "back": "any",
        "actions": {"agree": agree},
    }  # fmt: skip


class Engine:
    """The real rules, driven with the verbs of the reference."""

    def __init__(self, flow: Flow, people: dict[str, list[str]], modes: dict[str, str]) -> None:
        self.definition = definition(flow, modes)
        holders = {(f"role_{name}", "village"): tuple(who) for name, who in people.items()}
        self.world = World(NOW, Calendar(), Facts(holders, reachable=frozenset({"v"})))
        self.tasks = 0
        self.state = self.after(engine.open_case(self.definition, CAST, {}, self.world))

    def after(self, decision: Decision) -> CaseState:
        new = []
        for one in decision.new_tasks:
            self.tasks += 1
            new.append(Task(str(self.tasks), one.kind, one.person, "", one.stage))
        progress = replace(decision.state.progress, counts={})  # limits are tested elsewhere
        return replace(decision.state, tasks=(*decision.state.tasks, *new), progress=progress)

    def act(self, action: str, person: str, stage: str, values: dict[str, Any]) -> bool:
        mine = [one for one in self.state.tasks if one.person == person and one.stage == stage]
        if not mine and action not in ("take_back", "drop"):
            return False
        command = Command(action, person, values, mine[0].id if mine else None)
        try:
            self.state = self.after(engine.act(self.definition, self.state, command, self.world))
        except TownshipError:
            return False
        return True

    def holders(self) -> set[tuple[str, str]]:
        return {(one.stage, one.person) for one in self.state.tasks}


def play(real: Engine, model: Reference, moves: list[tuple[int, int, int, int]]) -> None:
    for act, who, other, where in moves:
        action = ACTS[act % len(ACTS)]
        held = sorted(model.holders())
        stage, person = held[who % len(held)] if held and other % 7 else ("e", PEOPLE[who % len(PEOPLE)])
        colleague = PEOPLE[other % len(PEOPLE)]
        if action == "drop" and (asked := model.asked()):
            person, colleague = asked[who % len(asked)]
        step(real, model, action, stage, person, colleague, where)
        check(real, model)


def step(
    real: Engine, model: Reference, action: str, stage: str, person: str, colleague: str, where: int
) -> None:  # fmt: skip
    target = "abcde"[where % 5]
    is_asked = bool((row := model.row_of(stage, person)) and (seat := model_head(row)) and seat.asker)
    match action:
        case "agree":
            allowed, values = model.sign(stage, person), {}
        case "ask_before" | "ask_after":
            allowed, values = model.ask(stage, person, colleague, before=action == "ask_before"), {"to": colleague}
        case "reassign":
            allowed, values = model.hand_on(stage, person, colleague), {"to": colleague}
        case "send_back" | "send_back_straight":
            straight = action == "send_back_straight"
            allowed = not is_asked and model.back(stage, person, target, straight=straight)
            action, values = "send_back", {"reason": "不对", "back_to": target, "straight": straight}
        case "disagree":
            allowed, values = model.object(stage, person), {"opinion": "不行"}
        case "drop":
            allowed, values = model.drop(person, colleague), {"whom": colleague}
        case _:
            allowed, values = model.take_back(person), {}
    before = real.state
    assert real.act(action, person, stage, values) == allowed, (action, stage, person, colleague, target, before.where)


def model_head(row: list[Any]) -> Any:
    return next((seat for seat in row if not seat.signed), None)


def check(real: Engine, model: Reference) -> None:
    state = real.state
    assert real.holders() == model.holders(), (state.where, model.open)
    assert state.is_open == (model.step < len(model.flow))
    assert set(state.where.places) == set(model.open)
    held = [(one.stage, one.person) for one in state.tasks]
    assert len(held) == len(set(held)), "nobody holds two tasks for one thing"
    assert all(one.kind is TaskKind.STAGE for one in state.tasks)
    heads = {(name, one.person) for name, lines in state.where.places.items() for one in signing.heads(lines)}
    assert heads == set(held), "who is to sign holds a task, and nobody else"
    assert not state.is_open or held, "somebody can always act"
    stored = convert(to_builtins(state.where), Standing)
    assert stored == state.where


people = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
move = st.tuples(st.integers(0, 11), st.integers(0, 9), st.integers(0, 34), st.integers(0, 4))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FLOWS),
    st.lists(people, min_size=5, max_size=5),
    st.lists(st.sampled_from(MODES), min_size=5, max_size=5),
    st.lists(move, max_size=25),
)
def test_any_mix_ends_as_in_the_reference(
    flow: Flow, who: list[list[str]], modes: list[str], moves: list[tuple[int, int, int, int]]
) -> None:
    named, ways = dict(zip("abcde", who, strict=True)), dict(zip("abcde", modes, strict=True))
    real, model = Engine(flow, named, ways), Reference(flow, named, ways)
    model.start()
    check(real, model)
    play(real, model, moves)
