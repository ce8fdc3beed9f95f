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
    named = [(_called(name), sheet.lines[name]) for name in order]
    lines = [texts().say("preview_line", name=called, value=value) for called, value in named if called]
    return "  \n".join([texts().say("preview", title=kind.title, copies=sheet.copies), *lines])


def _called(name: str) -> str:
    """What a line is called; one without a name is not worth a line on a card."""
    own = f"line_name_{name}"
    return words().lines.get(name) or (texts().say(own) if texts().has(own) else "")
