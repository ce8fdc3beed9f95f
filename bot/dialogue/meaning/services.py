"""The services that a town offers, as talk needs them: by which words people mean each, and what each asks.

Read from the published versions; a change is noticed by their hashes.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.hearing import words
from bot.dialogue.meaning import as_well
from bot.dialogue.meaning.nearness import SkillWords, make_ready
from skills import registry
from skills.manifest import Manifest, Risk
from township.db import Tx
from workflows import definitions

ASKED_AGAIN = 1.0
"""Seconds after which a newly published version is noticed."""
HANDOFF = "handoff"
"""The service behind every "I do not know" and every wish for a person."""
OTHER = "other"
"""The kind of a report that takes all others: its words name nothing."""
REVIEW = "document_review"
"""The service by which a second person puts a colleague's document in force."""
FACT_CHECK = "fact_check"
"""The service by which a fact past its last day is asked of whoever keeps it."""
ANSWER_REVIEW = "answer_review"
"""The service by which a second person looks at a colleague's answer."""
CHANGE = "service_change"
"""The service by which a second person switches a change of a service on."""
SHORTEST_NAME = 2
"""Characters of a word by which a service is named."""
NEVER_NAMED = frozenset(
    {HANDOFF, REVIEW, ANSWER_REVIEW, "emergency", "broadcast", "circle_post", "letter_to_body", "village_paper"}
) | {FACT_CHECK, CHANGE, "fact_sheet", "recall", "child_harm", "public_objection"}
"""Begun by what happens, never by naming them."""


@dataclass(frozen=True, slots=True)
class Services:
    """All services of one town, by name."""

    manifests: Mapping[str, Manifest]
    words: tuple[SkillWords, ...]
    terms: frozenset[str]
    """Words by which services are meant, for the repair of misheard ones."""
    binding: frozenset[str] = frozenset()
    """What actions are called that bind others: tapped, or typed with the code of their task."""

    @property
    def grievance(self) -> str:
        """The service that takes complaints about cadres; empty if the town has none."""
        return next((name for name, manifest in self.manifests.items() if manifest.grievance), "")

    def is_for_offices(self, skill: str) -> bool:
        """Tell whether only cadres may begin a service: what it does binds others."""
        return self.manifests[skill].risk is Risk.C and self.manifests[skill].audience == ("cadre",)

    def kind_of(self, skill: str, text: str) -> str:
        """Find the kind of a matter by the words of its form; the longest word wins."""
        kinds, text = self.manifests[skill].words().items(), as_well.shortly(text)
        found = [(len(word), kind) for kind, spoken in kinds for word in spoken if word in text]
        return max(found)[1] if found else ""

    def kind_called(self, skill: str, text: str) -> str:
        """Find the kind that a text is of, or that a word or two call by its name alone ("power", "the water")."""
        said = words.load().patterns["bare_thing"].fullmatch(text)
        field = self.manifests[skill].form.get("kind")
        if (kind := self.kind_of(skill, text)) or said is None or field is None:
            return kind
        names = {kind: option.name for kind, option in field.options.items() if kind != OTHER}
        return next((kind for kind, name in names.items() if name.endswith(said["thing"])), "")


class Offered:
    """Keeps the services of each town until a version changes."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[str, ...], Services]] = {}
        self._asked: dict[str, float] = {}

    def of(self, tx: Tx, town_id: str) -> Services:
        """Read the services of a town; cheap while nothing changed."""
        kept, now = self._kept.get(town_id), time.monotonic()
        if kept is not None and now - self._asked.get(town_id, 0.0) < ASKED_AGAIN:
            return kept[1]
        hashes = definitions.published_hashes(tx, town_id)
        self._asked[town_id] = now
        if kept is None or kept[0] != hashes:
            manifests = {skill.id: skill.manifest for skill in registry.offered(tx, town_id)}
            kept = self._kept[town_id] = (hashes, services_of(manifests))
            make_ready(kept[1].words)
        return kept[1]


def services_of(manifests: Mapping[str, Manifest]) -> Services:
    """Gather what talk needs of these skills."""
    talked = {
        name: manifest for name, manifest in manifests.items() if not manifest.grievance and name not in NEVER_NAMED
    }
    spoken = tuple(_words(name, manifest) for name, manifest in talked.items())
    terms = frozenset(word for skill in spoken for word in skill.keywords if len(word) > 1)
    return Services(manifests, spoken, terms, _binding(manifests))


def _binding(manifests: Mapping[str, Manifest]) -> frozenset[str]:
    """Gather the titles of what is never spoken, without those that a question of ours offers as words."""
    stages = (stage for manifest in manifests.values() for stage in manifest.workflow.stages.values())
    actions = (action for stage in stages for action in stage.actions.values())
    return frozenset(one.title for one in actions if one.typed_only and one.title not in one.says)


def _words(name: str, manifest: Manifest) -> SkillWords:
    """A service with a kind `other` takes every trouble; others are asked for by name, kinds or examples."""
    kinds = manifest.words()
    spoken = tuple(word for kind, words in kinds.items() if kind != OTHER for word in words)
    catches_all = OTHER in kinds
    return SkillWords(
        name,
        spoken or called(manifest.name),
        manifest.examples,
        catches_all,
        catches_all,
        manifest.name,
        tuple(line for lines in manifest.sayings.values() for line in lines.splitlines()),
        tuple(words for kind, words in kinds.items() if kind != OTHER) if catches_all else (),
        () if catches_all else _units(manifest),
    )


def _units(manifest: Manifest) -> tuple[str, ...]:
    """Gather what a service counts in, without the units of everyday talk."""
    units = dict.fromkeys(unit for spec in manifest.form.values() for unit in spec.unit)
    return tuple(unit for unit in units if not words.load().fits("everyday_unit", unit))


def called(name: str) -> tuple[str, ...]:
    """Say by which words people name a service: its name, and what is left without "application" or "booking"."""
    short = words.load().patterns["service_suffix"].sub("", name)
    return tuple(dict.fromkeys(word for word in (name, short) if len(word) >= SHORTEST_NAME))
