"""A change to a service that waits for a second person: stored as a draft, shown before and after, then switched on.

Cases that are open keep the version they began with. Who changed what, and who said yes, stands in the case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skills import outlines, registry
from skills.registry import Skill
from skills.sheets import say
from township import outbox
from township.db import Tx
from township.directory import Person
from township.effects import Say, ToPerson
from township.errors import Mistake, Refused
from workflows import cases, catalogue, definitions
from workflows.cases import Opening, Outcome
from workflows.catalogue import Occasion


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
    catalogue.declare("service.show", _show)


def of(before: Skill | None, after: Skill, others: Sequence[Skill] = ()) -> Wanted:
    """Say what would be different, and what it is then; a change of nothing is a Mistake. `others`: what is offered."""
    name = (before or after).manifest.name
    if before is None:
        return Wanted(
            after.id, name, say("change_new", name=name), "\n".join(outlines.short(None, after, others)), after
        )
    if not outlines.changes(before, after):
        raise Mistake("change_same", name=name)
    preview = "\n".join(outlines.short(before, after, others))
    return Wanted(after.id, name, say("change_what", name=name), preview, after)


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
    last = [one for one in definitions.last_in_force(tx, town_id) if one.state == "retired"]
    found = [loaded.skill for loaded in (registry.read_once(one.skill, one.files) for one in last) if loaded.skill]
    return [skill for skill in found if not names or skill.manifest.name in names]


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


def shown(tx: Tx, town_id: str, fields: Mapping[str, Any]) -> str:
    """Say all that a review is about; where a service is taken off there is not much to say."""
    service, draft = str(fields.get("service", "")), str(fields.get("draft", ""))
    if not draft:
        return say("change_off_preview")
    offered = registry.offered(tx, town_id)
    files = definitions.files_of(tx, town_id, draft)
    after = registry.read_once(service, files).skill if files else None
    if after is None:
        return say("outline_gone")
    before = next((one for one in offered if one.id == service), None)
    return outlines.whole(before, after, offered)


def _show(tx: Tx, occasion: Occasion) -> None:
    """Send whoever asks for it all that the card leaves out; each time anew, for it may be asked again."""
    if occasion.by and occasion.fields.get("service"):
        key = f"service:{occasion.case_id}:{occasion.by}:{occasion.at.isoformat()}"
        words = shown(tx, occasion.town_id, occasion.fields)  # an answer: neither the night nor a notice delays it
        outbox.put(tx, occasion.town_id, [(key, Say(ToPerson(occasion.by), words, reply_to=key))], now=occasion.at)
