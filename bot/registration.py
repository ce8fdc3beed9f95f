"""A town enters: its sheet, its account with the sealed secret, and the services that come with the house."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from skills import registry, releases
from skills.releases import Release
from township import register
from township.db import Database, Tx
from township.errors import Mistake
from township.register import TownSheet
from township.settings import Settings
from township.vault import Vault

log = logging.getLogger(__name__)

ACCOUNT: Final = "main"
"""The account that the settings name; a county adds others in the database."""


def read(path: Path) -> TownSheet:
    """Read a sheet from a YAML or JSON file."""
    if not path.is_file():
        raise Mistake("path_missing", path=str(path))
    try:
        loaded: Any = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise Mistake("wrong_sheet", where=str(path), reason=str(error).splitlines()[0]) from error
    return register.read_sheet(loaded)


def entering(settings: Settings, vault: Vault, sheet: TownSheet, at: datetime) -> Callable[[Tx], str]:
    """Say what is to be written for a town to enter; the same sheet again changes what it changes, and no more."""
    secret = vault.seal(settings.client_secret.get_secret_value())

    def call(tx: Tx) -> str:
        corp_id = sheet.town.corp_id
        register.account(tx, ACCOUNT, client_id=settings.client_id, secret=secret, corp_id=corp_id, town_ids=[])
        town_id = register.town(tx, sheet, ACCOUNT, at=at)
        offer_services(tx, town_id, at=at)
        return town_id

    return call


def enter(settings: Settings, db: Database, path: Path, *, at: datetime) -> TownSheet:
    """Let a town enter from a file."""
    sheet = read(path)
    vault = Vault.open(settings.home, settings.key.get_secret_value())
    db.write_now(entering(settings, vault, sheet, at))
    return sheet


def offer_services(tx: Tx, town_id: str, *, at: datetime) -> None:
    """Offer the services that come with the house; what a town has changed or taken off stays so."""
    _tell(releases.bring(tx, town_id, now=at))


def renew_services(tx: Tx, *, at: datetime) -> list[Release]:
    """Bring the services of this release to all towns: at every start and migration."""
    for loaded in registry.house():
        if loaded.skill is None:
            where = {"action": "skill_broken", "skill": loaded.id, "where": str(loaded.problems[0])}
            log.error("a skill of the house is broken and stays away: %s", loaded.problems[0], extra=where)
    return _tell(releases.bring_everywhere(tx, now=at))


def _tell(brought: list[Release]) -> list[Release]:
    for one in brought:
        about = {"action": "skill_released", "town": one.town_id, "skill": one.skill, "news": one.news.value}
        log.info("%s: skill %s is %s (%s)", one.town_id, one.skill, one.news.value, one.hash[:8], extra=about)
    return brought
