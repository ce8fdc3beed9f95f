"""To which service a work order of another system belongs, and of which kind it is: as a villager's words would be.

A complaint about a cadre goes past the village like one said in chat (law of talk 7).
"""

import sqlalchemy as sa

from bot.dialogue.hearing import words
from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning.kinds import Kinds
from bot.dialogue.meaning.services import OTHER, Services, services_of
from skills import registry
from township import directory
from township.db import Tx
from township.errors import Refused
from workflows import values
from workflows.models import cases
from workflows.orders.bringing import Sorting
from workflows.orders.reading import Order

LEARNT_FROM = 3000
"""Closed cases of the town, the latest, from which kinds are learnt."""


def sorting(tx: Tx, town_id: str) -> Sorting:
    """Make the sorting of a town out of the services it offers and what its cases came to be."""
    services = services_of({one.id: one.manifest for one in registry.offered(tx, town_id)})
    report = next((skill.name for skill in services.words if skill.catches_all), "")
    if not report:
        raise Refused("no_report_service")
    kinds = Kinds(services, report, _closed(tx, town_id, report))
    cadres = directory.cadre_names(tx, town_id)

    def sort(order: Order) -> tuple[str, str]:
        if is_complaint(order.what, cadres):
            if not services.grievance:
                raise Refused("nobody_may_see")
            return services.grievance, ""
        return report, _of_category(services, report, order.kind) or kinds.of(order.what) or OTHER

    return sort


def is_complaint(text: str, cadres: frozenset[str]) -> bool:
    """Tell whether a text complains about a cadre, a village body, money or favours."""
    lexicon, heard = words.load(), plain(text)
    if lexicon.find("grievance.alone", heard):
        return True
    is_about = lexicon.find("grievance.object", heard) or any(name in text for name in cadres)
    return bool(is_about and lexicon.find("grievance.act", heard))


def _of_category(services: Services, skill: str, said: str) -> str:
    """Read the category of the other system; one that only says "others" says nothing."""
    kind = services.kind_of(skill, said)
    return "" if kind == OTHER else kind


def _closed(tx: Tx, town_id: str, skill: str) -> list[tuple[str, str]]:
    mine = (cases.c.town_id == town_id, cases.c.skill == skill, cases.c.result.in_(("done", "told")))
    chosen = sa.select(cases.c.fields, cases.c.kind).where(*mine, cases.c.kind.not_in(("", OTHER)))
    rows = tx.execute(chosen.order_by(cases.c.opened_at.desc()).limit(LEARNT_FROM)).all()
    held = values.resolve(tx, [row.fields for row in rows])
    return [(str(one.get("what", "")), str(row.kind)) for row, one in zip(rows, held, strict=True)]
