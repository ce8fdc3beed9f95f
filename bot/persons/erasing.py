"""Erasing what is kept of a person at his or her own wish: what stands against it, and the doing in one transaction.

Cases stay, with their events and figures; what the person said in them goes. Seals' papers and what a service keeps by
law stay (ADR 0058).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import sqlalchemy as sa

from bot.persons import traces
from bot.persons.traces import Named
from bot.wording import texts
from knowledge.models import versions
from knowledge.questions import kept
from township import audit, directory, erasing
from township.audit import AuditEntry
from township.db import Tx
from township.directory import Person
from township.errors import Mistake, Refused
from township.filestore import FileStore
from township.models import outbox, person_values
from workflows import belongings
from workflows.circle import album, posts
from workflows.circle.models import photos
from workflows.circle.models import posts as post_rows
from workflows.circle.states import Act, By, State
from workflows.house import texts as house_texts
from workflows.seals.models import paper_parts, papers, register_lines
from workflows.seals.papers import Part

ALL = 10**6
"""Posts of one person."""


def named(tx: Tx, who: Person) -> Named:
    """Say by what somebody is found among what was said."""
    own = belongings.own(tx, who.id)
    return Named(who, tuple(directory.reaches_of(tx, who.id)), tuple(own), tuple(belongings.numbers(tx, own)))


def obstacles(tx: Tx, who: Person, at: datetime) -> list[str]:
    """Say in words what must end before somebody can be erased; nothing: it can be done now."""
    return list(_obstacles(tx, who, at))


def _obstacles(tx: Tx, who: Person, at: datetime) -> Iterator[str]:
    if who.is_cadre or directory.roles_of(tx, who.id, at):
        yield texts().say("erase_first_office")
    signed = sa.select(paper_parts.c.paper_id).where(
        paper_parts.c.person_id == who.id, paper_parts.c.part != Part.APPLICANT.value
    )
    if tx.execute(signed.limit(1)).first():
        yield texts().say("erase_first_signed")
    if numbers := belongings.unfinished(tx, who.id):
        yield texts().say("erase_first_cases", numbers=house_texts().say("between_names").join(numbers))
    if traces.waiting(tx, traces.conversations_of(tx, named(tx, who))):
        yield texts().say("erase_first_messages")


def erase(tx: Tx, who: Person, by: Person, now: datetime) -> list[str]:
    """Erase somebody, and write down who did so; returns the files that nothing needs any more."""
    if who.is_erased:
        raise Mistake("person_erased_before", id=who.id)
    if against := obstacles(tx, who, now):
        raise Refused("erase_not_yet", against="\n".join(against))
    known = named(tx, who)
    refs = [*belongings.erasable(tx, who.id), *_unsealed(tx, known.case_ids)]
    files = {*belongings.files_in(tx, refs), *_posts(tx, who, now)}
    belongings.erase(tx, who.id, refs, now)
    files |= {*traces.erase(tx, known)}
    kept.forget(tx, who.id)
    erasing.erase(tx, who, now)
    audit.record(tx, who.town_id, AuditEntry(by.id, who.id, "erased", "person", "dinglin person erase", now))
    return sorted(one for one in files if not _is_needed(tx, one))


def drop(files: FileStore, hashes: Iterable[str]) -> None:
    """Throw the files away, once their rows are gone."""
    for sha256 in hashes:
        files.drop(sha256)


def _unsealed(tx: Tx, case_ids: Iterable[str]) -> list[str]:
    """List what was written on papers that never got their seal: no register speaks of them."""
    sealed = sa.exists().where(register_lines.c.paper_id == papers.c.id)
    return list(tx.scalars(sa.select(papers.c.sheet_ref).where(papers.c.case_id.in_(list(case_ids)), ~sealed)))


def _posts(tx: Tx, who: Person, now: datetime) -> list[str]:
    """Take back what somebody shows to neighbours, and erase the words and photos of all posts."""
    mine = post_rows.c.author_id == who.id
    for post in posts.read(tx, mine, post_rows.c.state != State.REMOVED.value, limit=ALL):
        posts.act(tx, post, Act.REMOVE, By.AUTHOR, now)
    written = posts.read(tx, mine, post_rows.c.wiped_at.is_(None), limit=ALL)
    gone = album.forget(tx, [post.id for post in written])
    posts.wipe(tx, written, now)
    return gone


def _is_needed(tx: Tx, sha256: str) -> bool:
    """Say whether a value, a post, a paper with its seal, a document or a message on its way holds a file."""
    holds = (
        person_values.c.value.contains(sha256),
        photos.c.sha256 == sha256,
        photos.c.original == sha256,
        papers.c.file_sha256 == sha256,
        register_lines.c.photo_sha256 == sha256,
        versions.c.content_hash == sha256,
        sa.cast(outbox.c.payload, sa.Text).contains(sha256),
    )
    return any(tx.execute(sa.select(sa.literal(1)).where(one).limit(1)).first() for one in holds)
