"""What does not fit in a service that has a roster, comes round, shows something, or is passed on. Pure."""

from collections.abc import Iterator

from township.directory import Role
from workflows.definition import Action, Definition, FieldKind, FormField, LateDo, Stage, Waits
from workflows.flaws import Flaw, Path
from workflows.gist import of
from workflows.kinds import BACK, ByLink, Roster, Rounds, Showing

AT: Path = ("workflow",)
LOUD = frozenset({LateDo.ASK_LEADER, LateDo.DUTY_PHONES})
"""Late steps that would wake somebody for every row of a list."""
NAMES = frozenset({FieldKind.PHONE, FieldKind.ID_NUMBER})
KNOWN_HERE = frozenset({FieldKind.PERSON, FieldKind.HOUSEHOLD, FieldKind.ID_NUMBER})
"""What nobody outside is asked for: it would tell who lives where, or bring in what is not ours to ask."""
GIVEN = frozenset({"day", "missed_before"})
"""Fields that a round fills by itself: its day, and how often running the last rounds failed here."""


def kind_flaws(definition: Definition) -> Iterator[Flaw]:
    """Find everything of these kinds that would fail at midnight, or wake a hundred people."""
    workflow = definition.workflow
    if workflow.roster:
        yield from _roster(definition, workflow.roster)
    if workflow.rounds:
        yield from _rounds(definition, workflow.rounds)
    if workflow.roster or workflow.rounds:
        yield from _many(definition)
    for name, stage in workflow.stages.items():
        if stage.showing:
            yield from _showing(definition, (*AT, "stages", name), stage, stage.showing)
        if stage.by_link:
            yield from _by_link(definition, (*AT, "stages", name, "by_link"), stage, stage.by_link)


def _roster(definition: Definition, roster: Roster) -> Iterator[Flaw]:
    at, form = (*AT, "roster"), definition.form
    for name in roster.columns:
        if name not in form:
            yield Flaw((*at, "columns", name), "unknown_field", {"name": name}, frozenset(form))
    for index, name in enumerate(roster.shows):
        if name not in roster.columns:
            yield Flaw((*at, "shows", index), "unknown_field", {"name": name}, frozenset(roster.columns))
    for head, what in roster.back.items():
        known = BACK | set(of(definition).fields)
        if what not in known:
            yield Flaw((*at, "back", head), "unknown_back", {"name": what}, frozenset(known))
    begins = [branch.is_ for branch in definition.workflow.start]
    actions = {name for one in begins if one in definition.workflow.stages for name in definition.stage(one).actions}
    if roster.over and roster.over.action not in actions:
        yield Flaw((*at, "over", "action"), "unknown_action", {"name": roster.over.action}, frozenset(actions))
    yield from _unfilled(form, frozenset(roster.columns))


def _unfilled(form: dict[str, FormField], columns: frozenset[str]) -> Iterator[Flaw]:
    for name, spec in form.items():
        if not spec.optional and spec.value is None and name not in columns | GIVEN:
            yield Flaw(("form", name), "nobody_answers", {"name": spec.name})


def _rounds(definition: Definition, rounds: Rounds) -> Iterator[Flaw]:
    at = (*AT, "rounds")
    roles = frozenset(role.value for role in Role)
    if rounds.digest and rounds.digest not in roles:
        yield Flaw((*at, "digest"), "unknown_role", {"name": rounds.digest}, roles)
    if definition.workflow.roster is None:
        yield from _unfilled(definition.form, frozenset())
    for name in (branch.is_ for branch in definition.workflow.start):
        stage = definition.workflow.stages.get(name)
        ends = {LateDo.CLOSE, LateDo.ACT}
        if stage and not any(step.do in ends for step in stage.late or ()):
            yield Flaw((*AT, "stages", name), "round_never_ends", {"name": stage.title})


def _many(definition: Definition) -> Iterator[Flaw]:
    """Hundreds of cases begin at once: none of them may be a card, a message or a leader's task of its own."""
    workflow = definition.workflow
    if workflow.tell:
        yield Flaw((*AT, "tell"), "many_tells")
    for name, promise in workflow.clocks.items():
        if promise.late is None or any(step.do in LOUD for step in promise.late):
            yield Flaw((*AT, "clocks", name), "many_late", {"name": promise.title})
    for name in (branch.is_ for branch in workflow.start):
        stage = workflow.stages.get(name)
        if stage is None:
            continue
        at: Path = (*AT, "stages", name)
        if not stage.listed:
            yield Flaw(at, "not_listed", {"name": stage.title})
        if stage.tell or stage.cc:
            yield Flaw((*at, "tell"), "many_tells")
        has_clock = stage.within or stage.until_field
        if has_clock and (stage.late is None or any(step.do in LOUD for step in stage.late)):
            yield Flaw((*at, "late"), "many_late", {"name": stage.title})


def _showing(definition: Definition, at: Path, stage: Stage, showing: Showing) -> Iterator[Flaw]:
    fields, at = of(definition).fields, (*at, "showing")
    columns = {name for shown in showing.shows if shown in fields for name in fields[shown].rows}
    for key, names, known in (
        ("shows", showing.shows, set(fields)),
        ("mask", showing.mask, set(showing.shows) | columns),
    ):
        for index, name in enumerate(names):
            if name not in known:
                yield Flaw((*at, key, index), "unknown_field", {"name": name}, frozenset(known))
    for index, name in enumerate(showing.shows):
        specs = {name: fields[name], **fields[name].rows} if name in fields else {}
        for key, spec in specs.items():
            if (spec.sensitive or spec.kind in NAMES) and key not in showing.mask:
                yield Flaw((*at, "shows", index), "shown_bare", {"name": spec.name})
    for key in ("over", "upheld"):
        action = getattr(showing, key)
        if action not in stage.actions:
            yield Flaw((*at, key), "unknown_action", {"name": action}, frozenset(stage.actions))
    if stage.within is None and stage.until_field is None:
        yield Flaw(at, "showing_without_end")


def _by_link(definition: Definition, at: Path, stage: Stage, by_link: ByLink) -> Iterator[Flaw]:
    """Find what nobody may do, or read, who only holds an address."""
    fields = of(definition).fields
    if definition.workflow.restricted:
        yield Flaw(at, "link_restricted", {"name": stage.title})
    if stage.waits not in (Waits.OFFICE, Waits.OUTSIDE):
        yield Flaw(at, "link_nobody", {"name": stage.title})
    for index, name in enumerate(by_link.actions):
        action = stage.actions.get(name)
        if action is None:
            yield Flaw((*at, "actions", index), "unknown_action", {"name": name}, frozenset(stage.actions))
        elif _binds(action):
            yield Flaw((*at, "actions", index), "link_binds", {"name": action.title})
        else:
            asked = (spec.name for spec in action.needs.values() if spec.kind in KNOWN_HERE or spec.sensitive)
            yield from (Flaw((*at, "actions", index), "link_asks", {"name": one}) for one in asked)
    for index, name in enumerate(by_link.shows):
        spec = fields.get(name)
        if spec is None:
            yield Flaw((*at, "shows", index), "unknown_field", {"name": name}, frozenset(fields))
        elif spec.sensitive or spec.kind is FieldKind.ID_NUMBER:
            yield Flaw((*at, "shows", index), "link_secret", {"name": spec.name})


def _binds(action: Action) -> bool:
    """A seal, a vote, a choice of who goes on: what only somebody of the house may do."""
    return bool(action.do or action.vote or action.typed_only or action.assign or action.names or action.cc)
