"""A change to a service that waits for a second person: stored as a draft, shown before and after, then switched on.

Cases that are open keep the version they began with. Who changed what, and who said yes, stands in the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skills import differences, registry
from skills.registry import Skill
from skills.sheets import say
from township.db import Tx
from township.directory import Person
from township.errors import Mistake, Refused
from workflows import cases, catalogue, definitions
from workflows.cases import Opening, Outcome
from workflows.catalogue import Occasion

SHOWN = 8
"""Differences on a card; a workbook shows them all."""
LONGEST = 120
"""Signs of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change as somebody wants it."""

    skill: str
    name: str
    what: str
    preview: str
    after: Skill | None = None
    """None: the service is taken off."""


def declare() -> None:
    """Make known what a review may do to a service."""
    catalogue.declare("service.publish", _publish)
    catalogue.declare("service.discard", _discard)


def of(before: Skill | None, after: Skill) -> Wanted:
    """Say what would be different; a change of nothing is a Mistake."""
    name = (before or after).manifest.name
    if before is None:
        tag = say("change_new", name=name)
        return Wanted(after.id, name, tag, after.manifest.summary, after)
    found = differences.between(before, after)
    lines = [one.in_words()[:LONGEST] for one in found[:SHOWN]]
    if differences.rehearsals_changed(before, after):
        lines.append(say("difference_rehearsals"))
    if not lines:
        raise Mistake("change_same", name=name)
    if len(found) > SHOWN:
        lines.append(say("difference_more", count=len(found) - SHOWN))
    return Wanted(after.id, name, say("change_what", name=name), "\n".join(lines), after)


def off(before: Skill) -> Wanted:
    """Take a service off: nothing new is taken, what is open goes on."""
    name = before.manifest.name
    return Wanted(before.id, name, say("change_off", name=name), say("change_off_preview"))


def on(after: Skill) -> Wanted:
    """Offer again what was taken off, as it was."""
    name = after.manifest.name
    return Wanted(after.id, name, say("change_on", name=name), say("change_on_preview"), after)


def submit(
    tx: Tx,
    wanted: Wanted,
    person: Person,
    *,
    service: str,
    key: str,
    at: datetime,
    conversation_id: str | None = None,
) -> Outcome:
    """Store the draft and ask a second person, by the service that is for it."""
    draft = ""
    if wanted.after is not None:
        draft = registry.install(tx, person.town_id, wanted.after, by=person.id, now=at, publish=False)
    fields = {
        "what": wanted.what, "preview": wanted.preview, "service": wanted.skill, "draft": draft,
        "base": running(tx, person.town_id, wanted.skill), "by": person.name,
    }  # fmt: skip
    given = {name: value for name, value in fields.items() if value}
    opening = Opening(person.town_id, service, key, given, at, spoke=person.id, conversation_id=conversation_id)
    return cases.open(tx, opening, now=at)


def running(tx: Tx, town_id: str, skill: str) -> str:
    """The version that new cases begin with; empty: the service is off."""
    found = (one.hash for one in definitions.stored(tx, town_id) if (one.skill, one.state) == (skill, "published"))
    return next(found, "")


def retired(tx: Tx, town_id: str, names: Sequence[str] = ()) -> list[Skill]:
    """List the services that a town has taken off, each as it was last in force."""
    found = {}
    for version in definitions.last_in_force(tx, town_id):
        loaded = registry.load_files(version.skill, version.files)
        if loaded.skill is not None and version.state == "retired":
            found[version.skill] = loaded.skill
    return [skill for skill in found.values() if not names or skill.manifest.name in names]


def _publish(tx: Tx, occasion: Occasion) -> None:
    service, draft = str(occasion.fields.get("service", "")), str(occasion.fields.get("draft", ""))
    if not service:
        return  # a case that was rehearsed is about none
    if running(tx, occasion.town_id, service) != str(occasion.fields.get("base", "")):
        raise Refused("change_meanwhile", name=service)
    if draft:
        definitions.publish(tx, occasion.town_id, draft, by=occasion.by, now=occasion.at)
    else:
        definitions.retire(tx, occasion.town_id, service)


def _discard(tx: Tx, occasion: Occasion) -> None:
    if draft := str(occasion.fields.get("draft", "")):
        definitions.discard(tx, occasion.town_id, draft)
