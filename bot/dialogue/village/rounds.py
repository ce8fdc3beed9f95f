"""What whoever lives there may say of something that comes round: it did not come. The first is heard, others join."""

from collections.abc import Iterator

from bot.dialogue.parts import Counts, Part, Turn
from bot.dialogue.village.showings import texts
from township import directory
from township.db import Tx
from township.errors import Mistake, Refused
from township.statements import savepoint
from workflows import cases, records
from workflows.cases import Act
from workflows.notices import stage_title
from workflows.rounds import latest
from workflows.state import TaskKind, Via

LONGEST = 30
"""Characters of such a remark; what is longer tells a story of its own."""


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Take what anybody of the village may say of a round that is under way; None when something else was said."""
    person, village_id = turn.situation.person, turn.situation.village_id
    if person is None or village_id is None or len(said) > LONGEST:
        return None
    for skill, action in _said(turn, said):
        case_id = latest.open_case(tx, turn.situation.town_id, village_id, skill)
        if case_id:
            return _taken(tx, turn, person, case_id, action)
    return None


def _said(turn: Turn, said: str) -> Iterator[tuple[str, str]]:
    """Which services have an action that is said in these words."""
    for skill, manifest in turn.services.manifests.items():
        for stage in manifest.workflow.stages.values():
            for name, action in stage.actions.items():
                if action.anyone and any(word in said for word in action.says):
                    yield skill, name


def _taken(tx: Tx, turn: Turn, person: directory.Person, case_id: str, action: str) -> Part:
    """Do it, or join those who said it before; who said it hears what comes of it."""
    town_id, now = turn.situation.town_id, turn.situation.at
    via = Via.VOICE if turn.heard.incoming.by_voice else Via.CHAT
    acting = Act(town_id, case_id, action, turn.key(1), person.id, {}, via=via)
    try:
        with savepoint(tx):
            cases.act(tx, acting, now=now)
        code = "anyone_said"
    except (Mistake, Refused):
        code = "anyone_known"
    cases.join(tx, town_id, case_id, person=person.id, key=f"{turn.key(1)}:joined", now=now)
    return Part(texts().say(code, **_how(tx, town_id, case_id, code)), counts=Counts.filed)


def _how(tx: Tx, town_id: str, case_id: str, code: str) -> dict[str, str]:
    record = records.load(tx, town_id, case_id, lock=False)
    if code == "anyone_known":
        return {"number": record.row["number"], "stage": stage_title(record.definition, record.state.stage)}
    held = [task.person for task in record.state.tasks if task.kind is TaskKind.STAGE]
    names = [one.name for one in directory.persons(tx, held).values()]
    return {"number": record.row["number"], "who": texts().say("between").join(names) or texts().say("office")}
