"""A document that a cadre sends: read, shown as a draft, and put in force by a second person."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.dialogue.meaning.services import REVIEW
from bot.dialogue.media import Fetched
from bot.dialogue.parts import Part, Turn, texts
from bot.dialogue.situation import Situation
from bot.dialogue.upkeep import factsheets, workbooks
from bot.dialogue.upkeep.factsheets import Brought
from knowledge import documents
from knowledge.ingest import Source
from knowledge.keepers import KEEPERS, keeps
from knowledge.models import Level
from knowledge.structure import folders, reports
from knowledge.structure.folders import About
from knowledge.validity import consequences
from skills.registry import Loaded
from township.db import Tx
from township.directory import Role
from township.errors import Mistake
from workflows import cases, catalogue
from workflows.cases import Opening
from workflows.catalogue import Occasion

MAY_BRING = KEEPERS | {Role.VILLAGE_CLERK}
SHOWN = 40
"""Characters of a clause in the preview."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that was read, or the mistake that kept it from being read."""

    name: str
    source: Source | None = None
    replaces: tuple[str, ...] = ()
    mistake: Mistake | None = None
    brought: Brought | None = None
    """What the file is instead of a document: a sheet of facts."""
    service: Loaded | None = None
    """Or the workbook of a service."""


def may_bring(situation: Situation) -> bool:
    """Say whether somebody may bring documents: keepers of knowledge and clerks."""
    return bool(situation.own_scope.roles & MAY_BRING)


def read(fetched: Fetched, situation: Situation, duty_phones: Collection[str] = ()) -> Paper:
    """Read a file into clauses, or facts; a clerk of a village brings what is of that village."""
    name = fetched.attachment.name
    if fetched.problem:
        return Paper(name, mistake=Mistake(fetched.problem, file=name, megabytes=20, most=20))
    is_of_village = situation.village and not keeps(situation.own_scope)
    about = About(level=Level.village, village=situation.village) if is_of_village else About()
    villages = {village: village_id for village_id, village in situation.villages.items()}
    try:
        if service := workbooks.read(fetched.content, name, situation):
            return Paper(name, service=service)
        if sheet := factsheets.read(fetched.content, name, situation, duty_phones):
            return Paper(name, brought=sheet)
        source, matter = folders.source_of(
            fetched.content, name, town_id=situation.town_id, about=about, villages=villages
        )
    except Mistake as mistake:
        return Paper(name, mistake=mistake)
    return Paper(name, source, matter.replaces)


def submit(tx: Tx, turn: Turn, paper: Paper, position: int) -> Part:
    """Store the draft and ask a second person to look at it."""
    person = turn.situation.person
    if paper.service is not None:
        return workbooks.submit(tx, turn, paper.service, position)
    if paper.brought is not None:
        return factsheets.submit(tx, turn, paper.brought, position)
    if paper.source is None or person is None:
        raise ValueError("a paper that was not read cannot be submitted")
    stored = documents.submit(tx, paper.source, by=person.id, at=turn.situation.at, replaces=paper.replaces)
    if not stored.is_new:
        return Part(texts().say("file_known", title=paper.source.title))
    report = reports.of_source(paper.name, paper.source)
    reports.put(tx, turn.situation.town_id, report, at=turn.situation.at)
    draft = documents.draft(tx, stored.version_id)
    since = draft.in_force_from.isoformat() if draft.in_force_from else texts().say("file_draft_since")
    number = f"（{draft.doc_no}）" if draft.doc_no else ""
    what = texts().say("file_what", title=draft.title, doc_no=number, count=draft.clause_count, since=since)
    preview = "\n".join([*(clause[:SHOWN] for clause in draft.first_clauses), *consequences.lines(draft.consequences)])
    preview += "" if report.is_complete else f"\n{reports.words(report)}"
    fields = {"what": what, "preview": preview, "version": stored.version_id, "by": person.name}
    opening = Opening(
        turn.situation.town_id,
        REVIEW,
        turn.key(position),
        fields,
        turn.heard.received_at,
        spoke=person.id,
        conversation_id=turn.heard.conversation.id,
    )
    return Part(cases.open(tx, opening, now=turn.situation.at).reply)


def declare() -> None:
    """Make known what a review may do to a document."""
    factsheets.declare()
    catalogue.declare("document.confirm", _confirm)
    catalogue.declare("document.discard", _discard)


def _confirm(tx: Tx, occasion: Occasion) -> None:
    documents.confirm(tx, str(occasion.fields["version"]), by=str(occasion.by), at=occasion.at)


def _discard(tx: Tx, occasion: Occasion) -> None:
    documents.discard(tx, str(occasion.fields["version"]))
