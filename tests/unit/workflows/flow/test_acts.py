"""What offices do in an approval beside signing: rules that the reference does not know."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from township.clock import SHANGHAI
from township.errors import Mistake, Refused
from township.workdays import Calendar
from workflows import engine
from workflows.definition import Definition
from workflows.flow import succession
from workflows.flow.permissions import allowed, find_task, offered
from workflows.flow.who import Cast, Facts
from workflows.state import CaseState, Command, Decision, Standing, Task, TaskKind, Via, World

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 23, 21, 0, tzinfo=SHANGHAI)
CAST = Cast(affected="v", spoke="v", wrote="w", told=("v",))


def stage(role: str, to: str, **more: Any) -> dict[str, Any]:
    agree = {"title": "同意", "to": to, "vote": "yes"}
    return {"title": role, "who": f"{role} of village", "actions": {"agree": agree}, **more}


def flow(stages: dict[str, Any], **workflow: Any) -> Definition:
    body = {"start": next(iter(stages)), "stages": stages, **workflow}
    return Definition.model_validate({"skill": "leave", "name": "请假", "workflow": body})


class Office:
    """A case of one definition in an office where `roles` names who holds what."""

    def __init__(self, definition: Definition, now: datetime = MORNING, **roles: str) -> None:
        self.definition, self.tasks = definition, 0
        facts = {(role, "village"): tuple(people.split()) for role, people in roles.items()}
        self.world = World(now, Calendar(), Facts(facts, reachable=frozenset({"v"})))
        self.state = CaseState(Standing(""), CAST, {}, "help")
        self.keep(engine.open_case(definition, CAST, {}, self.world))

    def keep(self, decision: Decision) -> Decision:
        new = tuple(
            Task(f"{self.tasks + n}", one.kind, one.person, "", one.stage) for n, one in enumerate(decision.new_tasks)
        )
        self.tasks += len(new)
        self.state = replace(decision.state, tasks=(*decision.state.tasks, *new))
        return decision

    def act(self, action: str, by: str, **values: Any) -> Decision:
        return self.keep(engine.act(self.definition, self.state, Command(action, by, values), self.world))

    @property
    def holders(self) -> set[str]:
        return {task.person for task in self.state.tasks if task.kind is TaskKind.STAGE}

    def offered(self, person: str) -> set[str]:
        return set(offered(self.definition, self.state, person, find_task(self.state, Command("", person))))


TWO = flow({"check": stage("grid_worker", "approve"), "approve": stage("village_head", "closed", back="any")})


def test_let_the_grid_worker_look_first() -> None:
    """The head does not know the person; the grid worker looks, and the head decides."""
    office = Office(TWO, grid_worker="g", village_head="h")
    office.act("agree", "g")
    office.act("ask_before", "h", to="g", reason="这人不认得")
    assert office.holders == {"g"}
    assert {"agree", "disagree", "note", "reassign"} <= office.offered("g")
    assert "extend" not in office.offered("g")
    decision = office.act("disagree", "g", opinion="不住这里")
    assert (office.holders, decision.state.fields["opinion"]) == ({"h"}, "不住这里")
    office.act("agree", "h")
    assert office.state.result == "done"


def test_who_is_asked_afterwards_carries_out_what_was_chosen_before() -> None:
    definition = flow(
        {"approve": {**stage("village_head", "closed"), "actions": {"agree": {
            "title": "同意", "to": "closed", "vote": "yes", "do": ["paper.approve"], "tell": [{"text": "approved"}],
            "needs": {"days": {"kind": "number", "name": "几天"}},
        }}}}
    )  # fmt: skip
    office = Office(definition, village_head="h")
    office.act("ask_after", "h", to="d")
    first = office.act("agree", "h", days=3)
    assert (first.do, first.told, office.holders) == ((), (), {"d"})
    last = office.act("agree", "d")
    assert (last.do, last.decider, [one.text for one in last.told]) == (("paper.approve",), "h", ["approved"])
    assert (office.state.result, office.state.fields["days"]) == ("done", 3)
    assert (last.data["settles"], last.data["decider"]) == ("agree", "h")


def test_an_objection_afterwards_goes_back_to_who_asked() -> None:
    office = Office(TWO, grid_worker="g", village_head="h")
    office.act("agree", "g")
    office.act("ask_after", "h", to="d")
    office.act("agree", "h")
    office.act("disagree", "d", opinion="再想想")
    assert office.holders == {"h"}
    assert office.state.is_open


def test_handing_on_one_vote_of_three_leaves_the_others() -> None:
    definition = flow({"approve": stage("town_leader", "closed", mode="all")})
    office = Office(definition, town_leader="a b c")
    kept = {task.person: task.id for task in office.state.tasks}
    office.act("reassign", "b", to="d")
    assert office.holders == {"a", "c", "d"}
    assert {task.person: task.id for task in office.state.tasks if task.person in "ac"} == {
        "a": kept["a"],
        "c": kept["c"],
    }
    assert office.state.cast.assignee is None


@pytest.mark.parametrize("to", ["v", "w", "h"])
def test_whose_matter_it_is_is_not_asked_nor_who_asks(to: str) -> None:
    office = Office(TWO, grid_worker="g", village_head="h")
    office.act("agree", "g")
    for action in ("ask_before", "ask_after"):
        with pytest.raises(Refused):
            office.act(action, "h", to=to)


def test_nobody_signs_afterwards_who_decided_in_another_stage_that_keeps_people_apart() -> None:
    stages = {
        "check": stage("grid_worker", "approve"),
        "approve": stage("village_head", "closed", without=["deciders"]),
    }
    office = Office(flow(stages), grid_worker="g", village_head="h")
    office.act("agree", "g")
    with pytest.raises(Refused, match="not_allowed_here"):
        office.act("ask_after", "h", to="g")
    office.act("ask_before", "h", to="g")
    office.act("agree", "g")
    assert office.holders == {"h"}
    assert office.state.progress.decided == {"check": ("g",)}, "an opinion is no decision"


def test_a_step_is_taken_back_until_the_next_has_acted() -> None:
    office = Office(TWO, grid_worker="g", village_head="h")
    office.act("agree", "g")
    assert "take_back" in office.offered("g")
    assert "take_back" not in office.offered("h")
    decision = office.act("take_back", "g")
    assert (office.state.stage, office.holders, office.state.progress.decided) == ("check", {"g"}, {})
    assert [one.person for one in decision.told] == ["h"]
    assert decision.state.clocks.keys() == office.state.clocks.keys()
    office.act("agree", "g")
    office.act("note", "h", note="在看")
    assert "take_back" in office.offered("g"), "a remark is no step"
    office.act("ask_before", "h", to="x")
    with pytest.raises(Refused, match="not_now"):
        office.act("take_back", "g")


@pytest.mark.parametrize(
    "more",
    [
        {"to": "closed"},
        {"do": ["paper.approve"]},
        {"tell": [{"text": "approved"}]},
    ],
)
def test_what_others_have_heard_of_is_not_taken_back(more: dict[str, Any]) -> None:
    first = stage("grid_worker", "approve")
    first["actions"]["agree"] |= more
    office = Office(
        flow({"check": first, "approve": stage("village_head", "closed")}), grid_worker="g", village_head="h"
    )
    office.act("agree", "g")
    with pytest.raises(Refused):
        office.act("take_back", "g")


def test_what_was_done_is_undone_where_the_service_says_how() -> None:
    first = stage("grid_worker", "approve")
    first["actions"]["agree"] |= {"do": ["paper.approve"], "undo": ["paper.void"]}
    office = Office(
        flow({"check": first, "approve": stage("village_head", "closed")}), grid_worker="g", village_head="h"
    )
    office.act("agree", "g")
    assert office.act("take_back", "g").do == ("paper.void",)


def test_who_was_asked_is_let_off_again() -> None:
    office = Office(TWO, grid_worker="g", village_head="h")
    office.act("ask_before", "g", to="x")
    office.act("ask_before", "x", to="y")
    assert "drop" in office.offered("g")
    office.act("drop", "g", whom="x")
    assert office.holders == {"g"}, "whom x asked is let off with x"
    with pytest.raises(Refused):
        office.act("drop", "g", whom="x")


THREE = {
    "check": stage("grid_worker", "approve"),
    "approve": stage("village_head", "sign"),
    "sign": stage("town_leader", "closed", back="any"),
}


def test_sent_back_by_the_name_of_a_stage_and_straight_on_again() -> None:
    office = Office(flow(THREE), grid_worker="g", village_head="h", town_leader="t")
    office.act("agree", "g")
    office.act("agree", "h")
    with pytest.raises(Mistake, match="no_such_step"):
        office.act("send_back", "t", reason="不对", back_to="没有的")
    with pytest.raises(Mistake, match="value_missing"):
        office.act("send_back", "t")
    decision = office.act("send_back", "t", reason="不对", back_to="check", straight=True)
    assert (office.state.stage, decision.data["straight"], decision.data["to"]) == ("check", True, "check")
    office.act("agree", "g")
    assert (office.state.stage, office.holders) == ("sign", {"t"})


def test_sent_back_goes_through_all_again_and_old_decisions_count_no_more() -> None:
    stages = {**THREE, "check": {**THREE["check"], "without": ["deciders"]}}
    office = Office(flow(stages), grid_worker="g", village_head="h", town_leader="t")
    office.act("agree", "g")
    office.act("agree", "h")
    office.act("send_back", "t", reason="不对", back_to="check")
    assert office.state.progress.decided == {}
    office.act("agree", "g")
    assert (office.state.stage, office.holders) == ("approve", {"h"})


@pytest.mark.parametrize(("back", "to"), [("start", "check"), ("previous", "approve")])
def test_how_far_back_a_stage_may_send(back: str, to: str) -> None:
    stages = {**THREE, "sign": {**THREE["sign"], "back": back}}
    office = Office(flow(stages), grid_worker="g", village_head="h", town_leader="t")
    office.act("agree", "g")
    office.act("agree", "h")
    office.act("send_back", "t", reason="不对")
    assert office.state.stage == to
    assert "send_back" not in office.offered("h")


@pytest.mark.parametrize(
    ("same", "stands", "skipped"),
    [("each_time", "approve", []), ("adjacent", "sign", ["approve"]), ("once", "closed", ["approve", "sign"])],
)
def test_who_has_said_yes_is_not_asked_again(same: str, stands: str, skipped: list[str]) -> None:
    stages = {
        "check": stage("grid_worker", "approve"),
        "approve": stage("village_head", "sign"),
        "sign": stage("town_leader", "closed", mode="all"),
    }
    office = Office(
        flow(stages, same_person=same), grid_worker="a", village_head="a", town_leader="a" if same == "once" else "b"
    )
    decision = office.act("agree", "a")
    assert office.state.stage == stands
    assert [one[0] for one in decision.data.get("passed", [])] == skipped
    assert office.state.result == ("done" if stands == "closed" else "")


def test_of_several_who_must_all_agree_only_the_others_are_asked() -> None:
    stages = {"check": stage("grid_worker", "approve"), "approve": stage("village_head", "closed", mode="all")}
    office = Office(flow(stages, same_person="once"), grid_worker="a", village_head="a b")
    decision = office.act("agree", "a")
    assert (office.holders, decision.data["passed"]) == ({"b"}, [["approve", "agree", "same_person", ["a"]]])


def test_what_binds_others_is_never_taken_for_granted() -> None:
    last = stage("village_head", "closed")
    last["actions"]["agree"]["do"] = ["paper.approve"]
    office = Office(
        flow({"check": stage("grid_worker", "approve"), "approve": last}, same_person="once"),
        grid_worker="a",
        village_head="a",
    )
    office.act("agree", "a")
    assert office.holders == {"a"}


def test_after_a_return_everybody_is_asked_again() -> None:
    office = Office(flow(THREE, same_person="once"), grid_worker="g", village_head="h", town_leader="t")
    office.act("agree", "g")
    office.act("agree", "h")
    office.act("send_back", "t", reason="不对", back_to="check")
    office.act("agree", "g")
    assert office.holders == {"h"}


@pytest.mark.parametrize(("rule", "stands"), [("wait", "approve"), ("pass", "sign")])
def test_a_stage_without_anybody(rule: str, stands: str) -> None:
    stages = {**THREE, "approve": {**THREE["approve"], "if_nobody": rule}}
    office = Office(flow(stages), grid_worker="g", town_leader="t")
    office.act("agree", "g")
    assert office.state.stage == stands


@pytest.mark.parametrize(("rule", "stands"), [("ask", "check"), ("pass", "approve")])
def test_an_applicant_who_is_also_the_approver(rule: str, stands: str) -> None:
    stages = {**THREE, "check": {**THREE["check"], "if_own": rule}}
    office = Office(flow(stages), grid_worker="v", village_head="h", town_leader="t")
    assert office.state.stage == stands


def test_hurrying_is_heard_by_day_and_waits_for_the_digest_by_night() -> None:
    by_day, by_night = Office(TWO, grid_worker="g"), Office(TWO, NIGHT, grid_worker="g")
    assert [(one.person, one.text) for one in by_day.act("hurry", "v").told] == [("g", "nudged")]
    decision = by_night.act("hurry", "v")
    assert (decision.told, decision.in_digest) == ((), tuple(task.id for task in by_night.state.tasks))
    with pytest.raises(Refused, match="too_soon"):
        by_day.act("hurry", "v")
    for day in (24, 25):
        by_day.world = replace(by_day.world, now=datetime(2026, 11, day, 9, 0, tzinfo=SHANGHAI))
        by_day.act("hurry", "v")
    by_day.world = replace(by_day.world, now=datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI))
    with pytest.raises(Refused, match="too_often"):
        by_day.act("hurry", "v")


def test_a_copy_goes_to_each_once() -> None:
    stages = {
        "check": stage("grid_worker", "approve", cc="town_leader of village"),
        "approve": stage("village_head", "closed"),
    }
    definition = flow(stages, cc={"opened": "town_leader of village", "closed": "town_duty of village"})
    office = Office(definition, grid_worker="g", village_head="h", town_leader="t", town_duty="d")
    assert office.state.progress.copied == ("t",)
    chosen = office.act("copy", "g", to="x")
    assert (chosen.copied, [(one.person, one.text) for one in chosen.told]) == (("x",), [("x", "copied")])
    assert office.act("copy", "g", to="x").told == ()
    assert office.offered("x") == {"comment", "hurry"}
    office.act("agree", "g")
    assert office.act("agree", "h").copied == ("d",)


BRANCHES = {
    "review": {
        "title": "一起看",
        "branches": [
            {"stages": ["land", "chief"]},
            {"stages": ["money"]},
            {"stages": ["safety"], "when": "floors > 2"},
        ],
        "to": "sign",
    },
    "land": stage("grid_worker", "chief"),
    "chief": stage("village_head", "joined", within="1 working day", back="any"),
    "money": stage("town_clerk", "joined"),
    "safety": stage("town_duty", "joined"),
    "sign": stage("town_leader", "closed", back="any"),
}
PEOPLE = {"grid_worker": "g", "village_head": "h", "town_clerk": "c", "town_duty": "d", "town_leader": "t"}


def test_branches_begin_at_once_and_wait_for_each_other() -> None:
    office = Office(flow(BRANCHES), **PEOPLE)
    assert office.holders == {"g", "c"}, "a branch whose condition does not hold is not begun"
    office.act("agree", "c")
    assert (office.state.stage, office.holders) == ("review", {"g"})
    office.act("agree", "g")
    office.act("agree", "h")
    assert (office.state.stage, office.holders) == ("sign", {"t"})


def test_a_clock_of_a_branch_acts_there_and_the_others_go_on() -> None:
    stages = {**BRANCHES, "chief": {**BRANCHES["chief"], "late": [{"at": "100%", "do": "act", "action": "agree"}]}}
    office = Office(flow(stages), **PEOPLE)
    office.act("agree", "g")
    money = next(task.id for task in office.state.tasks if task.person == "c")
    decision = engine.late(office.definition, office.state, "stage.chief", 0, office.world)
    assert decision
    office.keep(decision)
    assert (office.holders, [task.id for task in office.state.tasks]) == ({"c"}, [money])
    assert not office.state.clocks["stage.chief"].is_running
    assert decision.kind == "late"


def test_one_person_in_two_branches_acts_in_the_one_that_is_named() -> None:
    office = Office(flow(BRANCHES), **{**PEOPLE, "town_clerk": "g"})
    money = next(task for task in office.state.tasks if task.stage == "money")
    office.keep(engine.act(office.definition, office.state, Command("agree", "g", task_id=money.id), office.world))
    assert set(office.state.where.places) == {"land"}


def test_a_refusal_in_one_branch_ends_all() -> None:
    land = {**BRANCHES["land"], "actions": {**BRANCHES["land"]["actions"], "refuse": {
        "title": "不行", "to": "closed", "vote": "no", "result": "refused"}}}  # fmt: skip
    office = Office(flow({**BRANCHES, "land": land}), **PEOPLE)
    decision = office.act("refuse", "g")
    assert (office.state.result, sorted(decision.ended.values())) == ("refused", ["done", "withdrawn"])


def test_a_branch_waits_for_the_villager_while_another_goes_on() -> None:
    answer = {"title": "补好了", "to": "joined"}
    money = {"title": "补材料", "who": "villager", "waits": "villager", "actions": {"answer": answer}}
    office = Office(flow({**BRANCHES, "money": money}), **PEOPLE)
    assert office.holders == {"v", "g"}
    office.keep(engine.act(office.definition, office.state, Command("answer", "clerk", via=Via.CALL), office.world))
    assert set(office.state.where.places) == {"land"}


def test_who_leaves_is_followed_where_the_case_goes_back_to() -> None:
    stages = {**BRANCHES, "sign": {**BRANCHES["sign"], "mode": "all"}}
    office = Office(flow(stages), **{**PEOPLE, "town_leader": "t u"})
    for person in ("c", "g", "h"):
        office.act("agree", person)
    office.act("send_back", "t", reason="不对", back_to="land", straight=True)
    assert office.holders == {"g"}
    decision = succession.succeed(office.definition, office.state, "u", office.world)
    assert decision
    office.keep(decision)
    office.act("agree", "g")
    assert office.holders == {"t"}


def test_who_leaves_while_others_were_asked_is_replaced_in_their_line() -> None:
    office = Office(TWO, grid_worker="g", village_head="h")
    office.act("agree", "g")
    office.act("ask_before", "h", to="x")
    office.world = replace(office.world, facts=Facts({("village_head", "village"): ("n",)}))
    decision = succession.succeed(office.definition, office.state, "h", office.world)
    assert decision
    office.keep(decision)
    assert office.holders == {"x"}
    office.act("agree", "x")
    assert office.holders == {"n"}


def test_what_is_offered_is_what_is_allowed_and_nothing_else() -> None:
    """Cards list all that may be done, the door looks one thing up: both go by the same ways."""
    office = Office(TWO, grid_worker="g", village_head="h")
    office.act("agree", "g")
    office.act("ask_before", "h", to="d")
    names = {name for person in "vwghd" for name in office.offered(person)} | {"agree", "send_back", "nothing"}
    for person in "vwghdx":
        task = find_task(office.state, Command("", person))
        may = offered(TWO, office.state, person, task)
        for name in names:
            command = Command(name, person)
            if name in may:
                assert allowed(TWO, office.state, command, task) == may[name]
            else:
                with pytest.raises(Refused):
                    allowed(TWO, office.state, command, task)
