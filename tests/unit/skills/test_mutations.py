"""What no rehearsal notices is not tested: services are broken on purpose, and walks through them notice it."""

import pytest

from skills import drafting, folders, registry, scenarios
from skills.registry import Skill
from skills.rehearsal import mutations, walking
from skills.rehearsal.hall import hall
from skills.rehearsal.mutations import Broken


def service(**files: str) -> Skill:
    begun = drafting.template("thing").skill
    assert begun is not None
    loaded = registry.load_files("thing", {**begun.files, **files})
    assert loaded.skill is not None, loaded.problems
    return loaded.skill


def test_each_transition_deadline_role_and_sentence_is_broken_once() -> None:
    found = list(mutations.mutants(service()))
    assert len({one.where for one in found}) == len(found)
    kinds = {kind: sum(one.what is kind for one in found) for kind in Broken}
    assert kinds[Broken.TEXT] == len(service().manifest.texts)
    assert kinds[Broken.TRANSITION] == 7
    assert kinds[Broken.DEADLINE] == 3
    assert kinds[Broken.ROLE] == 3 + 6
    assert all(one.skill.definition != service().definition for one in found)


def test_a_service_without_rehearsals_notices_nothing_and_one_that_was_walked_nearly_all() -> None:
    skill = service()
    with hall() as place:
        walks = walking.walk(skill, place)
        written = {path: folders.written(scenarios.together(several)) for path, several in walks.items()}
        walked = service(**written)
        total = sum(1 for _ in mutations.mutants(walked))
        left = mutations.survivors(walked, place)
    assert total - len(left) >= 0.85 * total, left


@pytest.mark.parametrize("kind", ["transition", "role"])
def test_a_survivor_is_named_by_its_place(kind: str) -> None:
    begun = service()
    bare = {path: text for path, text in begun.files.items() if not path.startswith("scenarios/")}
    loaded = registry.load_files("thing", bare)
    assert loaded.skill is not None
    with hall() as place:
        left = mutations.survivors(loaded.skill, place)
    assert any(one.what == kind and one.where.startswith("workflow.") for one in left)
