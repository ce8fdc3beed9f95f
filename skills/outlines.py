"""A service in plain words for whoever says yes to it: what it asks, who acts in which order by when, what it costs.

Short for a card, whole for a message. What is different from another version is said in `differences.py`.
"""

from collections.abc import Iterator, Sequence

from skills import checks, differences
from skills.places import Places
from skills.registry import Skill
from skills.sheets import say
from skills.workbook import phrases
from skills.workbook.contents import house_pairs, pairs_of
from skills.workbook.labels import labels
from skills.workbook.naming import Vocabulary
from workflows.definition import Stage, Waits
from workflows.flow.approval import ApprovalMode
from workflows.notation import Target

SHOWN = 8
"""Differences on a card."""
LONGEST = 120
"""Signs of a difference on a card."""
WARNED = 2
"""Warnings on a card."""
MOST = 3000
"""Signs of the whole: more is cut by what carries it."""


class Outline:
    """One service in words."""

    def __init__(self, skill: Skill, others: Sequence[Skill] = ()) -> None:
        self.skill = skill
        self._workflow = skill.definition.workflow
        self._places = Places(skill)
        fields = {name: spec.model_dump(mode="json") for name, spec in skill.definition.fields().items()}
        pairs = list(pairs_of(fields))
        self._vocabulary = Vocabulary.of([*pairs, *house_pairs({name for name, _ in pairs})])
        self._titles = {name: stage.title for name, stage in self._workflow.stages.items()}
        self.warnings = checks.warnings(skill, others)

    def asked(self) -> str:
        """Name what is asked, in one line."""
        names = [self.skill.manifest.form[name].name for name in checks.questions(self.skill)]
        listed = say("outline_between").join(names)
        return say("outline_asks", count=len(names), names=listed) if names else say("outline_asks_nothing")

    def order(self) -> str:
        """Name who acts in which order, and how long each has, in one line."""
        return say("outline_order", steps=say("outline_then").join(self._step(name) for name in self._in_order()))

    def questions(self) -> Iterator[str]:
        """Say every question as it is put, and when."""
        texts = self.skill.manifest.texts
        for n, name in enumerate(checks.questions(self.skill), 1):
            spec = self.skill.manifest.form[name]
            when = say("outline_when", when=self._places.said(spec.when.source)) if spec.when else ""
            mark = say("outline_sensitive") if spec.sensitive else ""
            yield say("outline_question", n=n, name=spec.name, ask=texts.get(spec.ask, ""), when=when, mark=mark)

    def stages(self) -> Iterator[str]:
        """Say every stage: who, how long, what may be done there and where it leads."""
        for n, name in enumerate(self._in_order(), 1):
            stage = self._workflow.stages[name]
            yield say("outline_stage", n=n, step=self._step(name))
            for action in stage.actions.values():
                yield say("outline_action", action=action.title, to=self._leads(action.to))
            if stage.without:
                apart = phrases.apart_said(list(stage.without), self._titles, self._vocabulary)
                yield say("outline_without", who=apart or say("outline_between").join(stage.without))

    def _leads(self, target: Target) -> str:
        ends = {**self._titles, **labels()["targets"]}
        if len(target) == 1:
            return str(ends[target[0].is_])
        said = ((self._places.said(one.when.source) if one.when else "", str(ends[one.is_])) for one in target)
        return say("outline_or").join(say("outline_if", when=when or labels()["otherwise"], to=to) for when, to in said)

    def promises(self) -> Iterator[str]:
        """Say what is promised to the villager."""
        for clock in self._workflow.clocks.values():
            length = phrases.length_said(str(clock.within)) if clock.within else say("outline_by_pace")
            yield say("outline_promise", title=clock.title, length=length)

    def promised(self) -> list[str]:
        """Say what is promised in one line; none where nothing is."""
        promises = say("outline_between").join(self.promises())
        return [say("outline_promised", promises=promises)] if promises else []

    def _in_order(self) -> list[str]:
        """The stages from the first on, as a case comes to them; what follows at once stands before what follows it."""
        found: dict[str, None] = {}
        waiting = [branch.is_ for branch in self._workflow.start]
        while waiting:
            name = waiting.pop(0)
            if name in self._workflow.stages and name not in found:
                found[name] = None
                stage = self._workflow.stages[name]
                following = [way.stages[0] for way in stage.branches] + [branch.is_ for branch in stage.to]
                following += [branch.is_ for action in stage.actions.values() for branch in action.to]
                waiting = [*following, *waiting]
        return [*found, *(name for name in self._workflow.stages if name not in found)]

    def _step(self, name: str) -> str:
        stage = self._workflow.stages[name]
        details = [one for one in (self._who(stage), self._how(stage), self._by_when(stage)) if one]
        return say("outline_step", title=stage.title, details=say("outline_comma").join(details))

    def _who(self, stage: Stage) -> str:
        if stage.branches:
            return say("outline_beside")
        if stage.waits is Waits.MACHINE:
            return say("outline_machine")
        return phrases.who_said(stage.who.source, self._vocabulary) if stage.who.choices else ""

    @staticmethod
    def _how(stage: Stage) -> str:
        return say(f"outline_{stage.mode.value}") if stage.mode is not ApprovalMode.ANY else ""

    def _by_when(self, stage: Stage) -> str:
        if stage.until_field:
            return say("outline_until", day=self._vocabulary.said.get(stage.until_field, stage.until_field))
        return phrases.length_said(str(stage.within)) if stage.within else ""


def short(before: Skill | None, after: Skill, others: Sequence[Skill] = ()) -> list[str]:
    """Say on a card what is approved: what changes, or what is new; then the order, and what to look out for."""
    outline, lines = Outline(after, others), changes(before, after) if before else [after.manifest.summary]
    shown = [line[:LONGEST] for line in lines[:SHOWN]]
    if more := len(lines) - len(shown):
        shown.append(say("difference_more", count=more))
    warned = new_warnings(before, outline, others)
    shown += [outline.asked(), outline.order(), *outline.promised()]
    shown += [say("outline_warning", what=one) for one in warned[:WARNED]]
    if more := len(warned) - WARNED:
        shown += [say("outline_more_warnings", count=more)] if more > 0 else []
    return [*shown, say("outline_look")]


def changes(before: Skill, after: Skill) -> list[str]:
    """Say in lines what is different."""
    lines = [one.in_words() for one in differences.between(before, after)]
    return [*lines, *([say("difference_rehearsals")] if differences.rehearsals_changed(before, after) else [])]


def new_warnings(before: Skill | None, outline: Outline, others: Sequence[Skill] = ()) -> list[str]:
    """Name what to look out for that was not so before."""
    known = set(checks.warnings(before, others)) if before else set()
    return [one for one in outline.warnings if one not in known]


def whole(before: Skill | None, after: Skill, others: Sequence[Skill] = ()) -> str:
    """Say all of it, under heads."""
    outline = Outline(after, others)
    parts = {
        "new": [after.manifest.summary] if before is None else changes(before, after) or [say("outline_same")],
        "questions": [*outline.questions()],
        "stages": [*outline.stages()],
        "promises": [*outline.promises()],
        "price": [checks.price(after).in_words(after.manifest.name)],
        "warnings": outline.warnings or [say("outline_no_warnings")],
    }
    heads = (say(f"outline_head_{name}") for name in parts)
    told = "\n".join("\n".join([head, *lines]) for head, lines in zip(heads, parts.values(), strict=True) if lines)
    return told if len(told) <= MOST else say("outline_cut", text=told[:MOST])
