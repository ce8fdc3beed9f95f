"""Definitions as rows: stored whole under their hash, one published at a time; a case pins its version."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township.db import Tx, insert_ignore
from township.editions import Edition
from township.errors import Refused
from township.statements import Statement
from workflows.definition import Definition
from workflows.models import definitions


class Version(Struct, frozen=True):
    """One stored version of a service."""

    hash: str
    skill: str
    state: str
    files: Mapping[str, str]


def hash_of(files: Mapping[str, str]) -> str:
    """The hash under which a folder is stored: over all paths and texts."""
    text = json.dumps(dict(files), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def store(
    tx: Tx, town_id: str, definition: Definition, files: Mapping[str, str], *, by: str | None, now: datetime
) -> str:
    """Keep a folder as a draft; the same folder twice is one row. Returns its hash."""
    digest = hash_of(files)
    row = {
        "town_id": town_id, "hash": digest, "skill": definition.skill, "state": "draft", "files": dict(files),
        "body": definition.model_dump(mode="json", by_alias=True, exclude_defaults=True), "created_at": now,
        "created_by": by,
    }  # fmt: skip
    insert_ignore(tx, definitions, row, ["town_id", "hash"])
    return digest


def publish(tx: Tx, town_id: str, digest: str, *, by: str | None, now: datetime) -> None:
    """Make a stored version the one that new cases begin with; the one before is retired."""
    columns = definitions.c
    mine = sa.and_(columns.town_id == town_id, columns.hash == digest)
    skill = tx.execute(sa.select(columns.skill).where(mine)).scalar()
    if skill is None:
        raise Refused("unknown_definition", hash=digest)
    before = sa.and_(columns.town_id == town_id, columns.skill == skill, columns.state == "published")
    tx.execute(sa.update(definitions).where(before, columns.hash != digest).values(state="retired"))
    tx.execute(sa.update(definitions).where(mine).values(state="published", published_at=now, published_by=by))


def retire(tx: Tx, town_id: str, skill: str) -> None:
    """Take a service off; open cases go on with the version they pinned."""
    published = (definitions.c.town_id == town_id, definitions.c.skill == skill, definitions.c.state == "published")
    tx.execute(sa.update(definitions).where(*published).values(state="retired"))


def discard(tx: Tx, town_id: str, digest: str) -> None:
    """Put a draft aside that nobody wants; one that was ever in force stays what it is."""
    columns = definitions.c
    draft = (columns.town_id == town_id, columns.hash == digest, columns.state == "draft")
    tx.execute(sa.update(definitions).where(*draft).values(state="retired"))


def last_in_force(tx: Tx, town_id: str) -> list[Version]:
    """List every service that a town ever offered, in the version that was in force last."""
    columns = definitions.c
    chosen = sa.select(columns.hash, columns.skill, columns.state, columns.files)
    ever = chosen.where(columns.town_id == town_id, columns.published_at.is_not(None))
    rows = tx.execute(ever.order_by(columns.skill, columns.published_at))
    return list({row.skill: Version(row.hash, row.skill, row.state, row.files) for row in rows}.values())


def files_of(tx: Tx, town_id: str, digest: str) -> Mapping[str, str] | None:
    """Read the folder of a stored version; None: there is none."""
    chosen = sa.select(definitions.c.files).where(definitions.c.town_id == town_id, definitions.c.hash == digest)
    found: Mapping[str, str] | None = tx.execute(chosen).scalar()
    return found


def published(tx: Tx, town_id: str) -> list[Version]:
    """List the services that a town offers now."""
    columns = definitions.c
    chosen = sa.select(columns.hash, columns.skill, columns.state, columns.files)
    rows = tx.execute(chosen.where(columns.town_id == town_id, columns.state == "published").order_by(columns.skill))
    return [Version(row.hash, row.skill, row.state, row.files) for row in rows]


class Stored(Struct, frozen=True):
    """One stored version as its row tells of it, without the folder."""

    town_id: str
    skill: str
    hash: str
    state: str
    of_house: bool
    """Nobody of the town brought it or put it in force: it came with a release."""


def stored(tx: Tx, town_id: str = "") -> list[Stored]:
    """List all versions of a town, or of all towns, oldest first."""
    columns = definitions.c
    chosen = sa.select(
        columns.town_id, columns.skill, columns.hash, columns.state, columns.created_by, columns.published_by
    ).order_by(columns.town_id, columns.skill, columns.created_at, columns.hash)
    rows = tx.execute(chosen.where(columns.town_id == town_id) if town_id else chosen)
    return [
        Stored(row.town_id, row.skill, row.hash, row.state, row.created_by is None and row.published_by is None)
        for row in rows
    ]


def towns(tx: Tx) -> list[str]:
    """List the towns that have a service in force."""
    in_force = sa.select(definitions.c.town_id).where(definitions.c.state == "published")
    return list(tx.scalars(in_force.distinct().order_by(definitions.c.town_id)))


def published_hashes(tx: Tx, town_id: str) -> tuple[str, ...]:
    """Name what a town offers now by hashes alone: cheap to ask with every turn."""
    return tuple(_HASHES.scalars(tx, its_town=town_id))


_HASHES = Statement(
    sa.select(definitions.c.hash)
    .where(definitions.c.town_id == sa.bindparam("its_town"), definitions.c.state == "published")
    .order_by(definitions.c.hash)
)


def current(tx: Tx, town_id: str, skill: str, edition: Edition | None = None) -> tuple[str, Definition]:
    """Find the version that a new case begins with."""

    def read() -> str:
        digest = _CURRENT.scalar(tx, its_town=town_id, its_skill=skill)
        if digest is None:
            raise Refused("unknown_skill", skill=skill)
        return str(digest)

    digest = edition.keep(("definition", town_id, skill), read) if edition else read()
    return digest, pinned(tx, town_id, digest)


_CURRENT = Statement(
    sa.select(definitions.c.hash).where(
        definitions.c.town_id == sa.bindparam("its_town"),
        definitions.c.skill == sa.bindparam("its_skill"),
        definitions.c.state == "published",
    )
)


def pinned(tx: Tx, town_id: str, digest: str) -> Definition:
    """Read the version that a case keeps; parsed once in a process, for it never changes."""
    found = _parsed.get(digest)
    if found is None:
        chosen = sa.select(definitions.c.body).where(definitions.c.town_id == town_id, definitions.c.hash == digest)
        found = _parsed.put(digest, Definition.model_validate(tx.execute(chosen).scalar_one()))
    return found


class _Parsed:
    """Definitions by hash: content decides the key, so a row can never disagree with it."""

    def __init__(self) -> None:
        self._known: dict[str, Definition] = {}

    def get(self, digest: str) -> Definition | None:
        return self._known.get(digest)

    def put(self, digest: str, definition: Definition) -> Definition:
        if len(self._known) > 2000:
            self._known.clear()
        self._known[digest] = definition
        return definition


_parsed = _Parsed()
