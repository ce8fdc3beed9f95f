"""The two papers with which somebody leaves who was refused a proof: the own declaration, a letter to who asked.

Pure. Neither bears a seal. What is not known stays a line to be filled in by hand; nothing is made up.
"""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from workflows.seals import policy
from workflows.seals.policy import Kind
from workflows.seals.ports import Sheet
from workflows.seals.wishes import Wish

DECLARATION, LETTER = "self_declaration", "notice_letter"


class Applicant(Struct, frozen=True):
    """Who declares, and before which town; empty: to be filled in by hand."""

    name: str
    address: str
    town: str
    county: str
    phone: str
    """Of the office that answers the body's questions."""


def handouts(wish: Wish, of: Applicant, on: date) -> tuple[Sheet, ...]:
    """Write both papers for a wish; without a declaration in the policy, the letter alone."""
    row, rules = policy.load().row(wish.paper), policy.load()
    said = rules.words
    receiver = wish.receiver or said.anybody
    declared = {
        "name": of.name or said.blank,
        "id_masked": said.blank,
        "address": of.address,
        "item": wish.called,
        "receiver": receiver,
        "purpose": wish.purpose,
        "statement": row.declares.format(who=said.oneself, called_state=_state(row.state, wish.called, said.blank)),
    }
    told = {
        "receiver": receiver,
        "name": of.name,
        "item": wish.called,
        "item_number": str(row.item or ""),
        "go_to": row.go_to,
        "phone": of.phone,
        "office": said.office,
        "doc_no": rules.national.document if rules.kind(wish.paper) is Kind.REFUSED else rules.commitment.document,
    }
    letter = _sheet(LETTER, told, of, on)
    return (_sheet(DECLARATION, declared, of, on), letter) if row.declares else (letter,)


def _state(known: Mapping[str, str], called: str, blank: str) -> str:
    """Say what is declared, if the name of the paper says it."""
    return next((state for alias, state in known.items() if called.startswith(alias)), blank)


def _sheet(kind: str, lines: Mapping[str, str], of: Applicant, on: date) -> Sheet:
    """A sheet of the town, not of a village: it is the town that answers for the policy."""
    kept = {name: value for name, value in lines.items() if value} | ({"county": of.county} if of.county else {})
    return Sheet(kind, "", kept, "", of.town, on, None, "", 1, demo=False)
