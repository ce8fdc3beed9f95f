"""Which of one's own open matters is meant: by its number, by the words of its kind, by the name of its service."""

from collections.abc import Sequence

from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import closings, details
from bot.dialogue.meaning.services import OTHER
from bot.dialogue.parts import Turn, texts
from township.db import Tx
from workflows import casebook
from workflows.casebook import CaseView, Filter

LOOKED_AT = 10


def open_cases(tx: Tx, turn: Turn) -> list[CaseView]:
    """List the open matters of who speaks, the newest first."""
    scope = turn.situation.own_scope
    if not scope.person_id:
        return []
    return casebook.listed(tx, scope, Filter(person_id=scope.person_id, is_open=True), limit=LOOKED_AT)


def named(turn: Turn, found: Sequence[CaseView], text: str) -> list[CaseView]:
    """Keep the matters that a text names; by its number before all others. Empty where it names none."""
    close = "".join(text.split())
    numbered = [case for case in found if "".join(case.number.split()) in close]
    return numbered or [case for case in found if _names(turn, case, text)]


def meant(turn: Turn, found: Sequence[CaseView], text: str) -> list[CaseView]:
    """Keep the matters that a message means: what it quotes; else what it names, by kind or thing, at its place."""
    quote = turn.heard.incoming.quote
    quoted = _quoted(found, quote.text) if quote and quote.text else []
    things = closings.things(text)
    by_thing = named(turn, found, text) or [case for case in found if things & closings.things(_what(case))]
    return quoted or [case for case in by_thing if is_there(case, text)]


def is_there(case: CaseView, text: str) -> bool:
    """Tell whether words name no place, or the one of a matter."""
    return details.spot(text) in case.said.get("place", "")


def names_something(text: str) -> bool:
    """Tell whether words name a thing or a place: they speak of that and of no other."""
    return bool(closings.things(text) or details.spot(text))


def choice(number: int, case: CaseView) -> str:
    """Name a matter among several that are offered."""
    return texts().say("withdraw_choice", n=number, number=case.number, kind=case.said.get("kind") or case.skill_name)


def _quoted(found: Sequence[CaseView], quote: str) -> list[CaseView]:
    """Keep the matter whose number, or whose own words, stand in what is quoted."""
    close = "".join(quote.split())
    numbered = [case for case in found if "".join(case.number.split()) in close]
    return numbered or [case for case in found if _what(case) and plain(_what(case)) in plain(quote)]


def _what(case: CaseView) -> str:
    return case.said.get("what", "")


def _names(turn: Turn, case: CaseView, text: str) -> bool:
    manifest = turn.services.manifests.get(case.skill)
    if manifest is None:
        return False
    if not case.kind:
        spoken = [one.keywords for one in turn.services.words if one.name == case.skill]
        return any(word in text for words in spoken for word in words)
    said = manifest.words().get(case.kind, ()) if case.kind != OTHER else ()
    last = case.said.get("kind", "")[-1:] if case.kind != OTHER else ""
    return any(word in text for word in (*said, last) if word)
