"""An order becomes a case: who may order for which villages, who will be asked, and the row of what was ordered."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.db import Tx
from township.errors import Refused
from township.ids import new_id
from township.models import towns
from township.scope import Scope
from workflows import cases, census, definitions, engine
from workflows.broadcasts import register
from workflows.broadcasts.drafts import Draft, Order, settled, texts
from workflows.broadcasts.models import broadcasts
from workflows.broadcasts.moments import words
from workflows.broadcasts.policy import Level, policy
from workflows.cases import Act, Opening, Outcome
from workflows.clocks import calendars, timers
from workflows.clocks.promises import STAGE_CLOCK
from workflows.definition import choose
from workflows.flow.who import Cast
from workflows.state import CaseState, Standing, Via, World

SKILL = "broadcast"


class Editor(Struct, frozen=True):
    """Who orders, and for which villages that person may."""

    town_id: str
    person_id: str
    zones: tuple[str, ...]
    villages: Mapping[str, str]
    """All villages of the town: names by id."""
    of_town: bool
    """Orders for the whole town."""
    issuer: str

    @property
    def home(self) -> str:
        """The names of the own villages."""
        return texts().say("between_names").join(self.villages[one] for one in self.zones)


def editor_of(tx: Tx, scope: Scope) -> Editor | None:
    """Say for which villages somebody may order: all for an office of the town, else those of the own offices."""
    if scope.person_id is None:
        return None
    names = register.villages(tx, scope.town_id)
    of_town = any(village is None for _, village in scope.offices)
    offices = {village for _, village in scope.offices if village}
    zones = tuple(one for one in names if of_town or one in offices)
    if not zones:
        return None
    issuer = (
        _town_name(tx, scope.town_id)
        if of_town
        else texts().say("issuer_village", village=names[zones[0]].removesuffix(words()["village"]))
    )
    return Editor(scope.town_id, scope.person_id, zones, names, of_town, issuer)


def _town_name(tx: Tx, town_id: str) -> str:
    return str(tx.execute(sa.select(towns.c.name).where(towns.c.id == town_id)).scalar_one())


def checked(tx: Tx, editor: Editor, draft: Draft, now: datetime) -> Order:
    """Settle a whole draft; Refused says why it may not be heard then, there, or again."""
    if not set(draft.zones) <= set(editor.zones):
        raise Refused("broadcast_not_your_village", village=editor.home)
    order = settled(draft, now, is_off=lambda day: _is_off(tx, editor.town_id, day))
    but = register.by_case(tx, draft.replaces).id if draft.replaces else ""
    at = order.minute or now
    register.check_same(tx, editor.town_id, order, at, but=but, names=editor.villages)
    register.check_enough(tx, editor.town_id, order, at, names=editor.villages)
    return order


def _is_off(tx: Tx, town_id: str, day: date) -> bool:
    return not calendars.calendar_of(tx, town_id).day(day).spans


def fields_of(tx: Tx, editor: Editor, order: Order, now: datetime) -> dict[str, Any]:
    """What the case shows: what is approved, word for word. What is heard soon does not wait for office hours."""
    opens = calendars.calendar_of(tx, editor.town_id).next_working(now)
    return {
        "what": order.in_words(editor.villages),
        "preview": order.heard,
        "level": order.level.value,
        "wide": editor.of_town,
        "soon": (order.minute or now) <= opens + policy().late,
        "recurring": bool(order.rule),
    }


def approvers(tx: Tx, editor: Editor, order: Order, now: datetime) -> list[str]:
    """Name who will be asked, in order; several of one stage share a name list."""
    _, definition = definitions.current(tx, editor.town_id, SKILL)
    fields, cast = fields_of(tx, editor, order, now), Cast(editor.person_id, editor.person_id)
    village = None if editor.of_town else editor.zones[0]
    facts = census.facts(tx, editor.town_id, village, definition, cast, now)
    world = World(now, calendars.calendar_of(tx, editor.town_id), facts)
    stages = [choose(definition.workflow.start, fields)]
    stages += ["township"] if order.level is Level.IMPORTANT else []
    asked = [engine.staff(definition, CaseState(Standing(stage), cast, fields, ""), world) for stage in stages]
    names = directory.persons(tx, {person for people in asked for person in people})
    joined = texts().say("or")
    return [joined.join(names[person].name for person in people) for people in asked if people]


def submit(tx: Tx, editor: Editor, draft: Draft, *, key: str, conversation_id: str | None, now: datetime) -> Outcome:
    """Hand a draft over to whoever approves; the one that it takes the place of is called off in the same breath.

    Idempotent by its key.
    """
    if known := cases.opened_by(tx, editor.town_id, key):
        return cases.standing(tx, editor.town_id, known)
    order = checked(tx, editor, draft, now)
    if draft.replaces:
        act = Act(editor.town_id, draft.replaces, "withdraw", f"{key}:replaced", editor.person_id, {}, via=Via.CHAT)
        cases.act(tx, act, now=now)
    opening = Opening(
        editor.town_id, SKILL, key, fields_of(tx, editor, order, now), now, spoke=editor.person_id,
        village_id=None if editor.of_town else editor.zones[0], conversation_id=conversation_id,
    )  # fmt: skip
    outcome = cases.open(tx, opening, now=now)
    if not outcome.tasks:
        raise Refused("broadcast_nobody")
    row = _row(editor, order, outcome.case_id, now)
    tx.execute(sa.insert(broadcasts).values(**row))
    timers.end_at(tx, editor.town_id, outcome.case_id, STAGE_CLOCK + outcome.stage, row["lapses_at"])
    return outcome


def _row(editor: Editor, order: Order, case_id: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "town_id": editor.town_id, "case_id": case_id, "editor_id": editor.person_id,
        "issuer": order.issuer, "level": order.level.value, "text": order.text, "zones": list(order.zones),
        "minute": order.minute, "rule": order.rule, "skips_days_off": order.skips_days_off, "digest": order.digest,
        "approvals": [], "state": "waiting", "created_at": now,
        "lapses_at": order.minute or now + policy().unasked,
    }  # fmt: skip
