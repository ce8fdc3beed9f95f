"""What does not fit together in a definition, across its keys: dangling names, dead ends, values without a source.

Pure. A flaw carries the path of its key; `skills/registry.py` turns it into file, line and a sentence.
"""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from msgspec import Struct, field

from township.directory import RESTRICTED, Role
from workflows.bookings.oddities import is_for_group, oddities, said
from workflows.definition import (
    CLOSED,
    JOINED,
    PARTICIPANTS,
    SAME,
    Action,
    Definition,
    FieldKind,
    FormField,
    LateDo,
    LateStep,
    Stage,
    TellWhat,
    Waits,
    Workflow,
)
from workflows.expressions import Expression, Fen
from workflows.flow import apart
from workflows.flow.apart import Apart
from workflows.flow.approval import ApprovalMode, IfNobody, IfOwn, Vote
from workflows.flow.permissions import FACTS
from workflows.flow.who import Part, Who
from workflows.house import house
from workflows.notation import Target

Path = tuple[str | int, ...]
SAID = frozenset({"number", "code", "skill", "stage", "by", "who", "actor", "affected"})
"""Values that every sentence may use, besides the fields."""
COUNTED = frozenset({FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DURATION})
"""Kinds that may be held against a number: with another a case would stop where it is tried."""


class Flaw(Struct, frozen=True):
    """One thing that does not fit."""

    path: Path
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    """Names of which one was perhaps meant."""


LEADS = frozenset({"unknown_stage", "no_default", "branches_lead_nowhere", "into_branch", "branch_in_branch"})
"""What is wrong with a way itself."""
FOLLOWS = frozenset({"unreachable_stage", "dead_end", "joined_outside"})
"""What may only follow from a way that is wrong elsewhere."""


def flaws(definition: Definition, *, is_whole: bool = True) -> list[Flaw]:
    """Find everything that would fail at midnight, and not what only follows from a wrong way.

    `is_whole`: nothing of the flow is missing because it could not be read.
    """
    found = _all_flaws(definition)
    is_sound = is_whole and not any(flaw.code in LEADS or flaw.path[-1:] == ("actions",) for flaw in found)
    return [flaw for flaw in found if is_sound or flaw.code not in FOLLOWS]


def _all_flaws(definition: Definition) -> list[Flaw]:
    finder = _Finder(definition)
    found = (finder.form(), finder.flow(), finder.stages(), finder.clocks(), finder.texts(), finder.restricted())
    booked = (Flaw(*one) for one in oddities(definition))
    return [flaw for flaws_of in (*found, branch_flaws(definition), booked) for flaw in flaws_of]


class _Finder:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.workflow = definition.workflow
        self.stage_names = frozenset(self.workflow.stages)
        self.fields = {**house().fields(), **definition.fields()}
        self.at: Path = ("workflow",)

    def form(self) -> Iterator[Flaw]:
        for name, spec in self.definition.form.items():
            yield from self._field(("form", name), spec)

    def _field(self, path: Path, spec: FormField) -> Iterator[Flaw]:
        if spec.kind is FieldKind.CHOICE and not spec.options:
            yield Flaw(path, "choice_without_options")
        if spec.kind is FieldKind.ROWS and not spec.rows:
            yield Flaw(path, "rows_without_columns")
        for name in sorted(spec.value.names()) if spec.value else ():
            if name.partition(".")[0] not in {*self.fields, "today"}:
                yield Flaw((*path, "value"), "unknown_fact", {"name": name}, frozenset(self.fields))
        if spec.ask:
            yield from self._text((*path, "ask"), spec.ask)
        if spec.when:
            yield from self._when((*path, "when"), spec.when)

    def flow(self) -> Iterator[Flaw]:
        workflow, at = self.workflow, self.at
        yield from self._start((*at, "start"), workflow.start)
        if workflow.reopen_to:
            yield from self._stage((*at, "reopen_to"), workflow.reopen_to)
        for moment, who in workflow.cc.items():
            yield from self._who((*at, "cc", moment.value), who)
        yield from self._branches((*at, "pace"), workflow.pace, frozenset({*house().paces, *workflow.paces}), "pace")
        yield from self._tells(at, workflow.tell)
        yield from self._paths()

    def _paths(self) -> Iterator[Flaw]:
        leads = {name: leads_to(self.workflow, name) for name in self.workflow.stages}
        entries = {branch.is_ for branch in self.workflow.start} | {self.workflow.reopen_to or ""} - {""}
        reached = closure(entries, leads)
        for name in self.workflow.stages:
            if name not in reached:
                yield Flaw((*self.at, "stages", name), "unreachable_stage", {"name": name})
            elif CLOSED not in closure({name}, leads):
                yield Flaw((*self.at, "stages", name), "dead_end", {"name": name})

    def stages(self) -> Iterator[Flaw]:
        for name, stage in self.workflow.stages.items():
            at: Path = (*self.at, "stages", name)
            yield from self._who((*at, "who"), stage.who)
            if stage.cc:
                yield from self._who((*at, "cc"), stage.cc)
            yield from self._tells(at, stage.tell)
            yield from self._ways(at, stage)
            for index, word in enumerate(stage.without):
                yield from self._apart((*at, "without", index), name, word)
            if self._leaves_nobody(stage):
                yield Flaw((*at, "without"), "leaves_nobody", {"name": name})
            if stage.until_field:
                until = self.fields.get(stage.until_field)
                if until is None or until.kind is not FieldKind.PERIOD:
                    yield from self._kind_of((*at, "until_field"), stage.until_field, FieldKind.DATE)
            if stage.when_told and stage.when_told not in stage.actions:
                yield Flaw((*at, "when_told"), "unknown_action", {"name": stage.when_told}, frozenset(stage.actions))
            yield from self._late((*at, "late"), stage.late, stage)
            yield from self._actions((*at, "actions"), stage.actions)
        yield from self._actions((*self.at, "villager"), self.workflow.villager)

    def _apart(self, at: Path, name: str, word: str) -> Iterator[Flaw]:
        """Whom a stage leaves out is known by then: by a part, by a field, or by a stage that may come before."""
        other = apart.stage_of(word)
        if not other:
            if word not in {*Apart, *self.fields}:
                known = {*Apart, *self.fields, *(f"{apart.OF_STAGE}{one}" for one in self.stage_names)}
                yield Flaw(at, "unknown_apart", {"name": word}, frozenset(known))
            elif word not in set(Apart):
                yield from self._kind_of(at, word, FieldKind.PERSON)
            return
        stage = self.workflow.stages.get(other)
        if stage is None:
            yield from self._stage(at, other)
        elif stage.branches or stage.waits is Waits.MACHINE:
            yield Flaw(at, "nobody_decides_there", {"name": other})
        elif not self._may_be_before(other, name):
            yield Flaw(at, "never_before", {"name": other})

    def _leaves_nobody(self, stage: Stage) -> bool:
        """Say whether a stage asks only who took the case, and leaves out whoever can have taken it."""
        if {choice.word for choice in stage.who.choices} != {Part.ASSIGNEE}:
            return False
        stages = self.workflow.stages.items()
        taken = {name: {one.assign for one in other.actions.values() if one.assign} for name, other in stages}
        takers = {name for name, assigned in taken.items() if assigned}
        gone = takers if Apart.DECIDERS in stage.without else set(map(apart.stage_of, stage.without))
        is_given = any(one.assign for one in self.workflow.villager.values())
        return bool(takers) and takers <= gone and set().union(*taken.values()) == {"me"} and not is_given

    def _may_be_before(self, other: str, name: str) -> bool:
        """Say whether a case may have been through a stage, or be in it beside, when it stands in another."""
        leads = {one: leads_to(self.workflow, one) for one in self.workflow.stages}
        theirs, ours = self.workflow.branch_of(other), self.workflow.branch_of(name)
        is_beside = theirs is not None and ours is not None and theirs[0] == ours[0] and theirs[1] != ours[1]
        return other != name and (is_beside or name in closure(leads[other], leads))

    def _ways(self, at: Path, stage: Stage) -> Iterator[Flaw]:
        """A stage either asks somebody, or begins several ways at once."""
        if not stage.branches:
            for key, value in (("who", stage.who.choices or stage.showing), ("actions", stage.actions)):
                if not value:
                    yield Flaw((*at, key), "missing", {"key": key})
            if stage.to:
                yield Flaw((*at, "to"), "to_without_branches")
            votes = any(action.vote is Vote.YES for action in stage.actions.values())
            if stage.mode is not ApprovalMode.ANY and stage.actions and not votes:
                yield Flaw((*at, "mode"), "nobody_votes", {"name": stage.title})
            passes = {"if_nobody": stage.if_nobody is IfNobody.PASS, "if_own": stage.if_own is IfOwn.PASS}
            for key in (key for key, is_set in passes.items() if is_set and not stage.yes()):
                yield Flaw((*at, key), "nothing_to_pass", {"key": key})
            return
        if stage.to:
            yield from self._branches((*at, "to"), stage.to, self.stage_names | {CLOSED}, "stage")
        else:
            yield Flaw((*at, "to"), "branches_lead_nowhere", {"name": stage.title})
        for index, way in enumerate(stage.branches):
            if way.when:
                yield from self._when((*at, "branches", index, "when"), way.when)

    def _actions(self, above: Path, actions: Mapping[str, Action]) -> Iterator[Flaw]:
        for name, action in actions.items():
            at: Path = (*above, name)
            yield from self._target((*at, "to"), action.to)
            yield from self._tells(at, action.tell)
            if action.when:
                yield from self._when((*at, "when"), action.when)
            if action.assign and action.assign != "me":
                yield from self._kind_of((*at, "assign"), action.assign, FieldKind.PERSON)
            if action.extend_by:
                yield from self._kind_of((*at, "extend_by"), action.extend_by, FieldKind.NUMBER)
            if action.cc:
                yield from self._kind_of((*at, "cc"), action.cc, FieldKind.PERSON)
            for field_name, spec in action.needs.items():
                yield from self._field((*at, "needs", field_name), spec)

    def clocks(self) -> Iterator[Flaw]:
        for name, promise in self.workflow.clocks.items():
            at: Path = (*self.at, "clocks", name)
            for index, stage in enumerate(promise.until):
                yield from self._stage((*at, "until", index), stage)
            if promise.within is None and promise.pace not in ("answer", "done"):
                yield Flaw(at, "no_length")
            yield from self._late((*at, "late"), promise.late, None)

    def texts(self) -> Iterator[Flaw]:
        every = SAID | set(self.fields)
        for name, text in self.definition.texts.items():
            known = (frozenset() if is_for_group(self.definition, name) else every) | said(self.definition, name)
            try:
                wanted = {value for _, value, _, _ in Formatter().parse(text) if value is not None}
            except ValueError:
                yield Flaw(("texts", name), "broken_text")
                continue
            for value in sorted(wanted - known):
                yield Flaw(("texts", name), "unknown_value", {"name": value}, frozenset(known))

    def restricted(self) -> Iterator[Flaw]:
        """A restricted matter wakes nobody but those named for it."""
        kind = self.workflow.restricted
        if kind is None:
            return
        named = {RESTRICTED[kind].value} if kind in RESTRICTED else set()
        if kind == PARTICIPANTS:
            named = set(self.definition.roles())  # whoever is given a task takes part, and nobody else sees it
        for name, stage in self.workflow.stages.items():
            at: Path = (*self.at, "stages", name)
            for role in sorted(stage.who.roles() - named):
                yield Flaw((*at, "who"), "restricted_watcher", {"name": role}, frozenset(named))
            if stage.late is None and (stage.within or stage.until_field):
                yield Flaw(at, "restricted_late")
        for name, promise in self.workflow.clocks.items():
            if promise.late is None:
                yield Flaw((*self.at, "clocks", name), "restricted_late")
        for path, step in self._steps():
            for role in sorted((step.who.roles() if step.who else set()) - named):
                yield Flaw((*path, "who"), "restricted_watcher", {"name": role}, frozenset(named))

    def _steps(self) -> Iterator[tuple[Path, LateStep]]:
        for group, owners in (("stages", self.workflow.stages), ("clocks", self.workflow.clocks)):
            for name, owner in owners.items():
                for index, step in enumerate(owner.late or ()):
                    yield (*self.at, group, name, "late", index), step

    def _late(self, at: Path, steps: tuple[LateStep, ...] | None, stage: Stage | None) -> Iterator[Flaw]:
        for index, step in enumerate(steps or ()):
            here: Path = (*at, index)
            if step.who:
                yield from self._who((*here, "who"), step.who)
            if step.text:
                yield from self._text((*here, "text"), step.text)
            needs = {LateDo.TELL: ("who", "text"), LateDo.ACT: ("action",)}.get(step.do, ())
            needs = ("who",) if step.do in (LateDo.ASK_LEADER, LateDo.DUTY_PHONES) else needs
            for name in needs:
                if getattr(step, name) is None:
                    yield Flaw(here, "incomplete_step", {"name": name})
            if step.action and (stage is None or step.action not in stage.actions):
                known = frozenset(stage.actions) if stage else frozenset[str]()
                yield Flaw((*here, "action"), "unknown_action", {"name": step.action}, known)

    def _tells(self, at: Path, tells: tuple[TellWhat, ...]) -> Iterator[Flaw]:
        for index, one in enumerate(tells):
            here: Path = (*at, "tell", index)
            yield from self._who((*here, "who"), one.who)
            yield from self._text((*here, "text"), one.text)
            if one.when:
                yield from self._when((*here, "when"), one.when)

    def _text(self, path: Path, name: str) -> Iterator[Flaw]:
        if name not in self.definition.texts:
            yield Flaw(path, "unknown_text", {"name": name}, frozenset(self.definition.texts))

    def _stage(self, path: Path, name: str) -> Iterator[Flaw]:
        if name not in self.stage_names:
            yield Flaw(path, "unknown_stage", {"name": name}, self.stage_names)

    def _start(self, path: Path, start: Target) -> Iterator[Flaw]:
        if len(start) == 1 and start[0].when is None:
            yield from self._stage(path, start[0].is_)
        else:
            yield from self._branches(path, start, self.stage_names, "stage")

    def _target(self, path: Path, target: Target) -> Iterator[Flaw]:
        yield from self._branches(path, target, self.stage_names | {CLOSED, SAME, JOINED}, "stage")

    def _branches(self, path: Path, branches: Target, known: frozenset[str], what: str) -> Iterator[Flaw]:
        for index, branch in enumerate(branches):
            here = (*path, index, "is")
            if branch.is_ not in known:
                yield Flaw(here, f"unknown_{what}", {"name": branch.is_}, known)
            if branch.when:
                yield from self._when((*path, index, "when"), branch.when)
        if not branches or branches[-1].when is not None:
            yield Flaw(path, "no_default")

    def _who(self, path: Path, who: Who) -> Iterator[Flaw]:
        roles = frozenset(role.value for role in Role)
        for choice in who.choices:
            if choice.named:
                yield from self._kind_of(path, choice.word, FieldKind.PERSON)
            elif choice.word not in roles and choice.word not in set(Part):
                yield Flaw(path, "unknown_role", {"name": choice.word}, roles | {part.value for part in Part})

    def _kind_of(self, path: Path, name: str, kind: FieldKind) -> Iterator[Flaw]:
        if name not in self.fields:
            yield Flaw(path, "unknown_field", {"name": name}, frozenset(self.fields))
        elif self.fields[name].kind is not kind:
            yield Flaw(path, f"not_a_{kind.value}_field", {"name": name})

    def _when(self, path: Path, when: Expression) -> Iterator[Flaw]:
        known = FACTS | set(self.fields)
        for name in sorted(when.names() - known):
            yield Flaw(path, "unknown_fact", {"name": name}, frozenset(known))
        for name, options in when.comparisons():
            spec = self.fields.get(name)
            if spec is not None and spec.kind is FieldKind.MONEY:
                bare = [one for one in options if isinstance(one, int | float) and not isinstance(one, Fen)]
                yield from (Flaw(path, "money_without_unit", {"name": spec.name, "amount": one}) for one in bare)
            if spec is not None and spec.kind not in COUNTED:
                counted = [one for one in options if type(one) in (int, float)]
                yield from (Flaw(path, "not_counted", {"name": spec.name, "amount": one}) for one in counted)
            if spec is None or spec.kind is not FieldKind.CHOICE:
                continue
            for option in options:
                if option not in spec.options:
                    yield Flaw(path, "unknown_option", {"name": option, "field": name}, frozenset(spec.options))


def branch_flaws(definition: Definition) -> Iterator[Flaw]:
    """Find branches that share a stage, that begin in one another, or that are entered or left in the middle."""
    workflow = definition.workflow
    at: Path = ("workflow", "stages")
    lies_in: dict[str, tuple[str, int]] = {}
    for fork, stage in workflow.stages.items():
        for index, way in enumerate(stage.branches):
            for name in way.stages:
                path: Path = (*at, fork, "branches", index, "stages")
                if name not in workflow.stages:
                    yield Flaw(path, "unknown_stage", {"name": name}, frozenset(workflow.stages))
                elif name in lies_in or workflow.stages[name].branches:
                    yield Flaw(path, "branch_in_branch", {"name": name})
                lies_in.setdefault(name, (fork, index))
    entries: list[tuple[Path, str, str]] = [((*at[:1], "start"), "", branch.is_) for branch in workflow.start]
    entries += [((*at[:1], "reopen_to"), "", workflow.reopen_to or "")]
    for name, stage in workflow.stages.items():
        entries += [((*at, name, "to"), name, branch.is_) for branch in stage.to]
        for action_name, action in stage.actions.items():
            entries += [((*at, name, "actions", action_name, "to"), name, branch.is_) for branch in action.to]
    for where, name, target in entries:
        mine = lies_in.get(name)
        if target == JOINED and mine is None:
            yield Flaw(where, "joined_outside")
        if target in lies_in and lies_in[target] != mine:
            yield Flaw(where, "into_branch", {"name": target})


def leads_to(workflow: Workflow, name: str) -> set[str]:
    """Name where a case may go on from a stage, but for where it stays."""
    stage = workflow.stages[name]
    targets = {branch.is_ for action in stage.actions.values() for branch in action.to}
    if JOINED in targets and (found := workflow.branch_of(name)):
        targets |= {branch.is_ for branch in workflow.stages[found[0]].to}
    targets |= {way.stages[0] for way in stage.branches} | {branch.is_ for branch in stage.to}
    closes = any(step.do is LateDo.CLOSE for step in stage.late or ())
    return (targets - {JOINED}) | ({CLOSED} if closes else set())


def closure(start: set[str], leads: Mapping[str, set[str]]) -> set[str]:
    """All stages that can be reached from some."""
    reached, waiting = set(start), list(start)
    while waiting:
        for following in leads.get(waiting.pop(), set()) - reached - {SAME}:
            reached.add(following)
            waiting.append(following)
    return reached
