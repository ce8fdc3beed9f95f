"""How much is free of what a service lends, or how many times of an hour, asked by a step of a rehearsal."""

from datetime import datetime

from skills.scenarios import Step
from skills.sheets import say
from township.db import Database
from workflows import forms
from workflows.bookings import keeping, times
from workflows.clocks import calendars
from workflows.definition import Definition


def free(db: Database, town: str, village: str | None, definition: Definition, step: Step, now: datetime) -> int | None:
    """Count what is free when the step says; None where it names nothing that is counted, or no time."""
    thing = step.free or ""
    given = forms.read_all(definition.form, step.given, forms.Known(now.date(), now=now))
    if thing in definition.workflow.slots:
        return db.read_now(
            lambda tx: keeping.free_at(
                tx, town, village, definition, thing, now, given, calendars.calendar_of(tx, town)
            )
        )
    stock = definition.workflow.stock.get(thing)
    span = times.span_of(given.get(stock.during)) if stock else None
    if span is None:
        return None
    found = db.read_now(lambda tx: keeping.free_during(tx, town, village, definition, span, now, given))
    return next(one.free for one in found if one.thing == thing)


def not_free_of(definition: Definition, thing: str) -> str:
    """Say why nothing is counted, and what can be."""
    workflow, form = definition.workflow, definition.form
    stock = workflow.stock.get(thing)
    things = "、".join(form[one].name for one in (*workflow.stock, *workflow.slots))
    named = form[thing].name if thing in form else thing
    return say("not_free_of", thing=named, days=form[stock.during].name if stock else "", things=things)
