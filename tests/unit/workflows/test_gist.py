"""What follows from a definition alone is worked out once, however many rows of a list ask for it."""

from skills import registry
from workflows import notices
from workflows.flow import besides
from workflows.flow.permissions import offered
from workflows.flow.who import Cast
from workflows.state import CaseState, Standing, Task, TaskKind


def test_what_may_be_said_of_thousands_of_rows_is_worked_out_once() -> None:
    loaded = registry.load(registry.HERE / "gallery" / "visits")
    assert loaded.skill is not None, loaded.problems
    definition = loaded.skill.definition
    stage = next(name for name in definition.workflow.stages if besides.is_row(definition, name))
    state, task = CaseState(Standing(stage), Cast(), {}, "help"), Task("t1", TaskKind.STAGE, "c1")
    first, second = (offered(definition, state, "c1", task) for _ in range(2))
    own = set(definition.stage(stage).actions) & set(first)
    assert own
    assert all(besides.REMARK in first[name].needs for name in own)
    assert all(first[name] is second[name] for name in own)


def test_a_choice_is_said_by_its_name_though_the_house_has_a_field_called_so() -> None:
    loaded = registry.load(registry.HERE / "circle_post")
    assert loaded.skill is not None, loaded.problems
    definition = loaded.skill.definition
    assert notices.said(definition, {"reason": "fraud"}) == {"reason": "像是骗人的"}
    assert notices.said(definition, {"reason": "后天再办"}) == {"reason": "后天再办"}
