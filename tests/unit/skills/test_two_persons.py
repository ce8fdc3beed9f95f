"""Two persons who must differ, on the real engine: handed on, away with a deputy, sent back, or beside each other."""

from datetime import timedelta
from typing import Any

import pytest

from skills import registry
from skills.registry import Skill
from skills.rehearsal.founding import TOWN
from skills.rehearsal.hall import Hall
from skills.rehearsal.player import Stage
from skills.scenarios import Scenario, Step
from township import deputies, directory
from township.db import Tx

FLOW = """\
name: 领补助
summary: 村里核，镇里批，两个人
owner: 民政办
for: [resident]
paper: 登记表
examples: [领补助]
form: {what: {kind: text, name: 什么事, ask: ask}}
workflow:
  start: check
  stages:
    check:
      title: 村里核
      who: village_clerk of village or town_clerk of town
      actions: {ok: {title: 属实, to: approve}}
    approve:
      title: 镇里批
      who: village_clerk of village or village_head of village or town_leader of town
      without: [villager, stage check]
      back: any
      actions:
        ok: {title: 同意, to: closed, vote: "yes"}
texts: {ask: 什么事？}
"""


def service() -> Skill:
    loaded = registry.load_files("aid", {"skill.yaml": FLOW})
    assert loaded.skill is not None, [str(one) for one in loaded.problems]
    return loaded.skill


SKILL = service()
BEGIN = [{"who": "王婶", "reports": {"what": "领补助"}, "held": "李会计"}]
CHECKED = [*BEGIN, {"who": "李会计", "does": "ok", "then": "approve", "held": "李海"}]
TO_CHECKER = {"who": "李海", "with": {"to": "李会计"}, "because": "not_allowed_here"}
AGREES = {"who": "李海", "does": "ok", "then": "done"}
ASKS = {"who": "李海", "does": "ask_before", "with": {"to": "李会计", "reason": "核得怎样"}, "held": "李会计"}
RETURNS = {"who": "李海", "does": "send_back", "with": {"back_to": "check", "reason": "再核"}, "held": "李会计"}


@pytest.mark.parametrize(
    "steps",
    [
        [{"who": "李会计", "cannot": "ok", "because": "already_decided"}, AGREES],
        [{**TO_CHECKER, "cannot": "reassign"}],
        [{**TO_CHECKER, "cannot": "ask_after"}],
        [ASKS, {"who": "李会计", "does": "agree", "held": "李海"}, AGREES],
        [RETURNS, {"who": "李会计", "does": "ok", "held": "李海"}, AGREES],
    ],
    ids=["asked", "handed_on", "signs_after", "opinion", "sent_back"],
)
def test_who_checked_does_not_approve(place: Hall, steps: list[dict[str, Any]]) -> None:
    played = place.play(SKILL, Scenario.model_validate({"scenario": "x", "kind": "happy", "steps": [*CHECKED, *steps]}))
    assert played.passed, (played.step, played.why)


def test_neither_does_a_deputy_of_who_checked(place: Hall) -> None:
    """The head stands in for the clerk who checked: the town's leader approves."""
    scenario = Scenario.model_validate({"scenario": "x", "kind": "happy", "steps": BEGIN})

    def appoint(stage: Stage) -> None:
        def put(tx: Tx) -> None:
            absent, deputy = (directory.person(tx, stage.ids[name]) for name in ("李会计", "李海"))
            assert absent
            assert deputy
            until = stage.now + timedelta(days=3)
            deputies.appoint(tx, absent, deputy, since=stage.now, until=until, by=absent.id, at=stage.now)

        stage.db.write_now(put)

    with place.begun(SKILL, scenario.begins()) as stage:
        stage.play(scenario.steps[0])
        appoint(stage)
        stage.play(Step.model_validate({"who": "李会计", "does": "ok", "then": "approve", "held": "马镇长"}))
        assert stage.db.read_now(lambda tx: directory.villages_of(tx, TOWN))
