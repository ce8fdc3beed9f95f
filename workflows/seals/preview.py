"""A paper in a few lines, as the card shows it to whoever decides: exactly what will be printed.

Before there is one, who asks for it and where the register says they live: that is what is to be checked.
"""

from township import directory
from township.db import Tx
from workflows.casebook import CaseView
from workflows.seals import drafting, papers
from workflows.seals.paper.kinds import kind_of, kinds, words
from workflows.seals.wording import texts

REVOKES = "paper_revocation"
"""The service by which two persons revoke a paper."""


def of_case(tx: Tx, case_id: str) -> str:
    """Show what the living paper of a case says; empty if it has none."""
    paper = papers.living(tx, case_id)
    if paper is None:
        return ""
    sheet = papers.sheet(tx, paper.id)
    kind = kind_of(sheet.kind)
    order = [name for name in (*kind.needs, *kind.may) if sheet.lines.get(name)]
    named = [(_called(name), sheet.lines[name]) for name in order]
    lines = [texts().say("preview_line", name=called, value=value) for called, value in named if called]
    return "  \n".join([texts().say("preview", title=kind.title, copies=sheet.copies), *lines])


def to_check(tx: Tx, case: CaseView) -> str:
    """Show the name and the address that will stand on the paper of a case; empty where it becomes no such paper."""
    kind = next((one for one in kinds() if one.sealed and one.name == case.skill), None)
    person = directory.person(tx, case.cast.affected) if kind and case.cast.affected else None
    if kind is None or person is None:
        return ""
    said = {name: case.said[name] for name in (*kind.needs, *kind.may) if case.said.get(name)}
    known = {"name": person.name, "address": drafting.address_of(tx, person)}
    lines = [
        texts().say("preview_line", name=texts().say(f"check_{name}"), value=value or texts().say("check_unknown"))
        for name, value in known.items()
    ]
    other = {name: said[name] for name in ("address", "site", "area") if name in said and said[name] != known.get(name)}
    asked = [texts().say("preview_line", name=texts().say(f"check_asked_{one}"), value=other[one]) for one in other]
    return "  \n".join([*lines, *asked])


def to_revoke(tx: Tx, case: CaseView) -> str:
    """Show which paper is to be revoked, whose it is, and why; empty where a case revokes none."""
    if case.skill != REVOKES:
        return ""
    paper = papers.by_code(tx, case.said.get("code", ""))
    why = texts().say("revoke_why", why=case.said.get("reason", ""))
    if paper is None or paper.town_id != case.town_id:
        return "  \n".join([texts().say("revoke_none", code=case.said.get("code", "")), why])
    sheet = papers.sheet(tx, paper.id)
    told = {"title": kind_of(sheet.kind).title, "number": sheet.number, "name": sheet.lines.get("name", "")}
    return "  \n".join([texts().say("revoke_paper", **told, date=sheet.date.isoformat()), why])


def _called(name: str) -> str:
    """What a line is called; one without a name is not worth a line on a card."""
    own = f"line_name_{name}"
    return words().lines.get(name) or (texts().say(own) if texts().has(own) else "")
