"""A paper in a few lines, as the card shows it to whoever decides: exactly what will be printed."""

from township.db import Tx
from workflows.seals import papers
from workflows.seals.paper.kinds import kind_of, words
from workflows.seals.wording import texts


def of_case(tx: Tx, case_id: str) -> str:
    """Show what the living paper of a case says; empty if it has none."""
    paper = papers.living(tx, case_id)
    if paper is None:
        return ""
    sheet = papers.sheet(tx, paper.id)
    kind = kind_of(sheet.kind)
    order = [name for name in (*kind.needs, *kind.may) if sheet.lines.get(name)]
    lines = [texts().say("preview_line", name=words().line(name), value=sheet.lines[name]) for name in order]
    return "  \n".join([texts().say("preview", title=kind.title, copies=sheet.copies), *lines])
