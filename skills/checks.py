"""What a skill costs and where it will hurt: one function for each aspect, and the price tag.

Mistakes that stop a skill from running are found when it is loaded; here are warnings for its author.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from string import Formatter

from skills import scenarios
from skills.blanks import blanks
from skills.likeness import ENOUGH, likeness
from skills.manifest import Manifest, Risk
from skills.registry import Skill
from skills.scenarios import Kind
from skills.sheets import say, say_in_book
from skills.workbook.labels import label
from workflows.definition import CLOSED, SAME, Action, Stage, Waits
from workflows.expressions import Expression
from workflows.flow.approval import ApprovalMode
from workflows.flow.who import Part
from workflows.house import house, texts

MOST_QUESTIONS = 5
MOST_APPROVALS = 2
NEVER = "false"
APPROVES = frozenset({"paper.approve", "broadcast.approve"})
"""Actions of the capabilities by which somebody says yes to what binds others."""
WANTED_SCENARIOS = (Kind.HAPPY, Kind.OVERDUE)


@dataclass(frozen=True, slots=True)
class Price:
    """What one ordinary case costs everybody."""

    questions: int
    pushes: int
    """Messages and taps that reach us, and replies on their webhook (pool B)."""
    calls: int
    """Cards and messages that we send (pool A)."""
    approvals: int
    cadres: int
    sensitive: int
    days: str

    def in_words(self, name: str) -> str:
        """The price tag in one line."""
        return say(
            "price", name=name, questions=self.questions, pushes=self.pushes, calls=self.calls,
            approvals=self.approvals, cadres=self.cadres, sensitive=self.sensitive, days=self.days,
        )  # fmt: skip


def price(skill: Skill) -> Price:
    """Follow the shortest way from the report to the end and count."""
    stages, path = skill.definition.workflow.stages, _shortest(skill)
    pushes, calls = 2, 0
    for name, action in path:
        stage = stages[name]
        is_villagers, is_machine = stage.waits is Waits.VILLAGER, stage.waits is Waits.MACHINE
        pushes += 2 if is_villagers else 0 if is_machine else 1
        calls += 0 if is_villagers or is_machine or stage.listed else 1
        calls += _made_ready(skill, name)
        target = action.to[-1].is_
        calls += len(action.tell) * (not is_villagers)
        calls += len(stages[target].tell) if target in stages else 0
    return Price(
        len(questions(skill)),
        pushes,
        calls,
        sum(1 for name, _ in path if _is_approval(stages[name])),
        len({stages[name].who.source for name, _ in path if stages[name].waits not in NOT_CADRES}),
        sum(1 for spec in skill.definition.fields().values() if spec.sensitive),
        _days(skill),
    )


NOT_CADRES = (Waits.VILLAGER, Waits.MACHINE)


def _made_ready(skill: Skill, stage: str) -> int:
    """Notices to somebody in a line before the turn comes."""
    queue, actions = skill.definition.workflow.queue, skill.definition.workflow.stages[stage].actions
    return len(actions[queue.soon].tell) if queue and queue.soon in actions else 0


def questions(skill: Skill) -> list[str]:
    """List the fields that are asked for; what may be left out is taken where it is said, and never asked."""
    return [name for name, spec in skill.manifest.form.items() if spec.ask and not spec.optional]


def warnings(skill: Skill, others: Sequence[Skill] = (), *, in_book: bool = True) -> list[str]:
    """Run all aspects; `in_book`: said to whoever sees a workbook, or the words of it, and no folder."""
    found = [warning for aspect in ASPECTS for warning in aspect(skill)]
    tell = say_in_book if in_book else say
    return [tell(one.code, **one.values) for one in (*found, *_near_examples(skill, others))]


@dataclass(frozen=True, slots=True)
class Warned:
    """What will hurt: the sentence that says so, and what stands in it."""

    code: str
    values: dict[str, object]


def _warned(code: str, **values: object) -> Warned:
    return Warned(code, values)


def _many_questions(skill: Skill) -> Iterable[Warned]:
    asked = len(questions(skill))
    if asked > MOST_QUESTIONS:
        yield _warned("warn_many_questions", n=asked)


def _unused_fields(skill: Skill) -> Iterable[Warned]:
    used = _used_names(skill)
    for name, spec in skill.manifest.form.items():
        if spec.ask and name not in used and not spec.why and name not in SHOWN:
            yield _warned("warn_unused_field", name=spec.name)


def _asked_by_nobody(skill: Skill) -> Iterable[Warned]:
    """What has to be known and nobody asks: whoever does not say it unasked has nothing begun.

    A list, a calendar and a capability bring along what they begin with.
    """
    workflow = skill.definition.workflow
    is_brought = any(one.do for stage in workflow.stages.values() for one in stage.actions.values())
    if workflow.roster or workflow.rounds or is_brought:
        return
    for name, spec in skill.manifest.form.items():
        if not (spec.ask or spec.optional or spec.value or name == "what"):
            yield _warned("warn_asked_by_nobody", name=spec.name)


SHOWN = frozenset({"what", "kind", "place", "photos"})
"""Fields that every card and list shows."""


def _used_names(skill: Skill) -> set[str]:
    workflow = skill.definition.workflow
    sentences = skill.definition.texts.values()
    used = {name for text in sentences for _, name, _, _ in Formatter().parse(text) if name}
    used |= {name for condition in _conditions(skill) for name in condition.names()}
    used |= {*workflow.stock, *workflow.slots, *(one.during for one in workflow.stock.values())}
    used |= {one.of for one in workflow.supplies() if one.of}
    for stage in workflow.stages.values():
        used |= {*stage.without, *([stage.until_field] if stage.until_field else [])}
        used |= {choice.word for choice in stage.who.choices if choice.named}
        used |= {name for faces in (stage.showing, stage.by_link) if faces for name in faces.shows}
    return used


def _conditions(skill: Skill) -> Iterable[Expression]:
    """All that is reckoned with values: what is asked at all, what is worked out, where a case goes, who is told."""
    workflow, form = skill.definition.workflow, skill.definition.form
    stages = workflow.stages.values()
    actions = [*workflow.villager.values(), *(one for stage in stages for one in stage.actions.values())]
    fields = [*form.values(), *(spec for action in actions for spec in action.needs.values())]
    told = [*workflow.tell, *(one for stage in stages for one in stage.tell)]
    told += [one for action in actions for one in action.tell]
    found = [spec.value for spec in fields] + [spec.when for spec in fields]
    found += [action.when for action in actions] + [tell.when for tell in told]
    found += [way.when for stage in stages for way in stage.branches]
    targets = [workflow.start, *(stage.to for stage in stages), *(action.to for action in actions)]
    found += [way.when for target in targets for way in target]
    found += [way.when for way in workflow.pace]
    return [one for one in found if one is not None]


def _many_approvals(skill: Skill) -> Iterable[Warned]:
    approvals = price(skill).approvals
    if approvals > MOST_APPROVALS and skill.manifest.risk is not Risk.C:
        yield _warned("warn_many_approvals", n=approvals)


def _paper(skill: Skill) -> Iterable[Warned]:
    if not skill.manifest.paper:
        yield _warned("warn_no_paper")


def _sensitive(skill: Skill) -> Iterable[Warned]:
    restricted = skill.definition.workflow.restricted
    for spec in skill.manifest.form.values():
        if spec.sensitive and not skill.manifest.consent and not restricted:
            yield _warned("warn_sensitive", name=spec.name)


def _deadlines(skill: Skill) -> Iterable[Warned]:
    workflow = skill.definition.workflow
    if workflow.clocks:
        return
    for stage in workflow.stages.values():
        if stage.within is None and stage.until_field is None and stage.waits is not Waits.MACHINE:
            yield _warned("warn_no_deadline", name=stage.title)


def _unused_texts(skill: Skill) -> Iterable[Warned]:
    manifest, workflow = skill.manifest, skill.definition.workflow
    stages = workflow.stages.values()
    actions = [*workflow.villager.values(), *(one for stage in stages for one in stage.actions.values())]
    told = [*workflow.tell, *(one for stage in stages for one in stage.tell)]
    told += [one for action in actions for one in action.tell]
    late = [step for stage in stages for step in stage.late or ()]
    late += [step for promise in workflow.clocks.values() for step in promise.late or ()]
    used = {one.text for one in told} | {step.text for step in late} | {spec.ask for spec in manifest.form.values()}
    used |= {workflow.queue.paused, workflow.queue.resumed} if workflow.queue else set()
    refusals = {"nobody_may_see"} if any(stage.if_nobody == "refuse" for stage in stages) else set()
    for name in sorted(set(manifest.texts) - used - refusals - {manifest.consent}):
        yield _warned("unused_text", name=manifest.called.get(name, name))


def _scenarios(skill: Skill) -> Iterable[Warned]:
    kinds = {one.scenario.kind for one in scenarios.of(skill.id, skill.files) if one.scenario}
    if not kinds:
        yield _warned("warn_no_scenarios")
        return
    wanted = (Kind.GRIEVANCE, Kind.OVERDUE) if skill.manifest.grievance else WANTED_SCENARIOS
    for kind in wanted:
        if kind not in kinds:
            yield _warned("warn_missing_scenario", kind=label("scenario_kinds", kind.value))


def _near_examples(skill: Skill, others: Sequence[Skill]) -> Iterable[Warned]:
    """An example that is more like those of another service than like its own: people would land there."""
    for example in skill.manifest.examples:
        own = max((likeness(example, one) for one in _ways(skill.manifest) if one != example), default=0.0)
        if any(word in example for words in skill.manifest.words().values() for word in words):
            continue
        theirs = [(likeness(example, one), one, other) for other in others for one in _ways(other.manifest)]
        near, said, whose = max((one for one in theirs if one[2].id != skill.id), default=(0.0, "", skill), key=_first)
        if near >= ENOUGH and near > own:
            yield _warned("warn_near", example=example, other=said, skill=whose.manifest.name)


def _first(one: tuple[float, str, Skill]) -> float:
    return one[0]


def _ways(manifest: Manifest) -> tuple[str, ...]:
    return (*manifest.examples, manifest.name)


def _booked(skill: Skill) -> Iterable[Warned]:
    """Things without a unit cannot be heard in a sentence; what waits for an answer is kept from others so long."""
    workflow, form = skill.definition.workflow, skill.manifest.form
    for name in workflow.stock:
        if not form[name].unit:
            yield _warned("warn_no_unit", name=form[name].name)
        if form[name].ask and form[name].optional:
            yield _warned("warn_never_asked", name=form[name].name)
    for stage in workflow.stages.values() if workflow.books else ():
        if stage.waits is Waits.VILLAGER:
            yield _warned("warn_kept_waiting", name=stage.title)
    for stage in workflow.stages.values() if workflow.stock else ():
        if stage.waits is Waits.OFFICE and not stage.until_field and not stage.within:
            yield _warned("warn_never_back", name=stage.title)


def _one_option(skill: Skill) -> Iterable[Warned]:
    for spec in skill.manifest.form.values():
        if spec.ask and len(spec.options) == 1:
            yield _warned("warn_one_option", name=spec.name, option=next(iter(spec.options.values())).name)


def _owner(skill: Skill) -> Iterable[Warned]:
    if not skill.manifest.owner.strip():
        yield _warned("warn_no_owner")


def _blank(skill: Skill) -> Iterable[Warned]:
    fields, called = skill.definition.fields(), skill.manifest.called
    for one in blanks(skill.definition):
        said = called.get(one.text, one.text)
        yield _warned("warn_blank", text=said, name=fields[one.field].name, action=one.said_by or say("at_beginning"))


def _one_office(skill: Skill) -> Iterable[Warned]:
    """A later office of `who:` is asked only where the earlier one has nobody, however many have to agree."""
    for stage in skill.definition.workflow.stages.values():
        if stage.mode is not ApprovalMode.ANY and len(stage.who.choices) > 1:
            yield _warned("warn_one_office", name=stage.title)


def _nobody_acts(skill: Skill) -> Iterable[Warned]:
    """A stage with a deadline in which nobody can do anything, or only somebody who was never named."""
    workflow = skill.definition.workflow
    actions = [one for stage in workflow.stages.values() for one in stage.actions.values()]
    is_assigned = any(one.assign for one in [*actions, *workflow.villager.values()])
    for stage in workflow.stages.values():
        has_deadline = stage.within or stage.until_field or workflow.clocks
        if not has_deadline or stage.waits is Waits.MACHINE or stage.branches:
            continue
        is_empty = all(_is_never(action) for action in stage.actions.values())
        words = {choice.word for choice in stage.who.choices}
        if is_empty or (words == {Part.ASSIGNEE} and not is_assigned):
            yield _warned("warn_nobody_acts", name=stage.title)


ASPECTS: tuple[Callable[[Skill], Iterable[Warned]], ...] = (
    _many_questions, _unused_fields, _asked_by_nobody, _many_approvals, _owner, _paper, _sensitive, _deadlines,
    _nobody_acts, _one_office, _blank, _unused_texts, _booked, _one_option, _scenarios,
)  # fmt: skip


def _is_approval(stage: Stage) -> bool:
    """Tell whether somebody of an office says yes here: by vote, by what it binds, or in the words of its author."""
    if stage.waits in NOT_CADRES:
        return False
    said = (*say("words_of_yes").split(), *say("words_of_no").split())
    return any(one.vote or APPROVES & set(one.do) or one.title.startswith(said) for one in stage.actions.values())


def _is_never(action: Action) -> bool:
    """Not done by anybody: only the clock takes it."""
    return action.when is not None and action.when.source == NEVER


def _days(skill: Skill) -> str:
    workflow = skill.definition.workflow
    paces = {**house().paces, **workflow.paces}
    lengths = [
        promise.within or getattr(paces[workflow.pace[-1].is_], promise.pace or "done")
        for promise in workflow.clocks.values()
    ]
    if not lengths:
        return say("no_days")
    return texts().say(f"length_{lengths[-1].unit.replace(' ', '_')}", amount=lengths[-1].amount)


def _shortest(skill: Skill) -> list[tuple[str, Action]]:
    """The actions of the shortest way to the end on which the villager got what was asked for."""
    stages = skill.definition.workflow.stages
    first = skill.definition.workflow.start[-1].is_
    waiting: list[tuple[str, list[tuple[str, Action]]]] = [(first, [])]
    seen = {first}
    while waiting:
        name, path = waiting.pop(0)
        if ways := stages[name].branches:
            path = [*path, *((one, next(iter(stages[one].actions.values()))) for way in ways for one in way.stages)]
            waiting.append((stages[name].to[-1].is_, path))
            continue
        for action in stages[name].actions.values():
            if _is_never(action) or action.result not in (None, "done"):
                continue
            target = action.to[-1].is_
            if target == CLOSED:
                return [*path, (name, action)]
            if target != SAME and target not in seen:
                seen.add(target)
                waiting.append((target, [*path, (name, action)]))
    return []
