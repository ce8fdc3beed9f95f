"""Changes of what people are told, in words: of the rows of a sheet before and after, and of a rule that was told."""

from collections.abc import Mapping, Sequence

from bot.wording import sentence, texts
from knowledge import factsheet
from knowledge.factdrafts import Draft
from knowledge.facts import Change, Fact
from knowledge.validity.outdated import Outdated
from township.directory import Person
from township.errors import Mistake
from workflows.cases import Opening

SHEET = "fact_sheet"
"""The service by which a second person puts a colleague's sheet of facts in force."""
SHOWN = 6
"""Changes on a card, and mistakes in a reply; the page at the console has them all."""
BETWEEN = "；"
ENDS = "。；"


def reviewing(draft: Draft, person: Person, villages: Mapping[str, str], key: str) -> Opening:
    """Make the case in which a second person looks at a sheet; `villages` gives names by id."""
    shown = [of_row(change, villages) for change in draft.changes[:SHOWN]]
    if more := len(draft.changes) - len(shown):
        shown.append(texts().say("sheet_more", count=more))
    fields = {"what": of_sheet(draft), "preview": "\n".join(shown), "sheet": draft.id, "by": person.name}
    return Opening(person.town_id, SHEET, key, fields, draft.brought_at, spoke=person.id)


def of_sheet(draft: Draft) -> str:
    """Count what a sheet changes."""
    new = sum(change.before is None for change in draft.changes)
    ended = sum(change.after is None for change in draft.changes)
    counts = {"new": new, "changed": len(draft.changes) - new - ended, "ended": ended, "same": draft.unchanged}
    told = [texts().say(f"sheet_count_{name}", count=count) for name, count in counts.items() if count]
    return texts().say("sheet_what", name=draft.file_name, counts=texts().say("sheet_between").join(told))


def of_row(change: Change, villages: Mapping[str, str]) -> str:
    """Say one change of a sheet in a line, before and after."""
    before, after = change.before, change.after
    if before is None or after is None:
        known = before or after
        name = "sheet_new" if before is None else "sheet_ended"
        return texts().say(name, question=known.questions[0], answer=known.answer) if known else ""
    old, new, empty = cells(before, villages), cells(after, villages), texts().say("sheet_empty")
    ways, *others = old
    fields = [
        texts().say(
            "sheet_field", name=name, before=old[name].rstrip(ENDS) or empty, after=new[name].rstrip(ENDS) or empty
        )
        for name in others
        if old[name] != new[name]
    ]
    for name, one, other in (("sheet_ways_new", after, before), ("sheet_ways_gone", before, after)):
        if more := [way for way in one.questions if way not in other.questions]:
            fields.append(texts().say(name, name=ways, ways=texts().say("sheet_between").join(more)))
    return texts().say("sheet_changed", question=before.questions[0], changes=BETWEEN.join(fields))


def cells(fact: Fact, villages: Mapping[str, str]) -> dict[str, str]:
    """Give a fact as its sheet prints it, by column."""
    return dict(zip(factsheet.columns().values(), factsheet.as_row(fact, villages), strict=True))


def wrong_rows(mistakes: Sequence[Mistake], most: int = SHOWN) -> str:
    """Name the rows that were left out; empty when none were."""
    if not mistakes:
        return ""
    lines = [sentence(mistake) for mistake in mistakes[:most]]
    if more := len(mistakes) - len(lines):
        lines.append(texts().say("sheet_wrong_more", count=more))
    return texts().say("sheet_wrong", count=len(mistakes), lines="\n".join(lines))


def of_rule(one: Outdated) -> str:
    """Say in one line how a rule differs from what was told."""
    since = texts().say("recall_since", day=one.since.isoformat()) if one.since else ""
    kind = "changed" if one.before and one.after else "ended" if one.before else "added"
    return texts().say(f"recall_{kind}", name=one.name, before=one.before, after=one.after, since=since)


def told_again(subjects: Sequence[Outdated], *, in_group: bool = False) -> str:
    """Say to somebody, or in a group, what is different from what was told."""
    name = "recall_message_group" if in_group else "recall_message"
    return texts().say(name, lines="\n".join(of_rule(one) for one in subjects))
