"""What is written rightly and can never be meant: bounds the wrong way round, a day above three, one word for two acts.

Pure. Each would only be found out by a villager, or by an error at midnight.
"""

import re
from collections.abc import Iterator, Mapping
from string import Formatter

from workflows.definition import Action, Definition
from workflows.flaws import Flaw, Path
from workflows.flow.approval import IfNobody

PREFIX = re.compile(r"[^\s/\\#?%&]{0,4}")


def nonsense(definition: Definition) -> Iterator[Flaw]:
    """Find everything of this sort."""
    at: Path = ("workflow",)
    workflow = definition.workflow
    yield from _fields(definition)
    yield from _texts(definition)
    if not PREFIX.fullmatch(workflow.prefix):
        yield Flaw((*at, "prefix"), "strange_prefix", {"name": workflow.prefix[:10]})
    starts = {branch.is_ for branch in workflow.start}
    for name, stage in workflow.stages.items():
        here: Path = (*at, "stages", name)
        if stage.if_nobody is IfNobody.REFUSE and name not in starts:
            yield Flaw((*here, "if_nobody"), "refused_too_late", {"name": stage.title})
        yield from _actions((*here, "actions"), stage.actions)
    yield from _actions((*at, "villager"), workflow.villager)


def _fields(definition: Definition) -> Iterator[Flaw]:
    for name, spec in definition.form.items():
        at: Path = ("form", name)
        if spec.least is not None and spec.most is not None and spec.least > spec.most:
            yield Flaw((*at, "least"), "least_above_most", {"name": spec.name, "least": spec.least, "most": spec.most})
        if spec.value is not None and name in {one.partition(".")[0] for one in spec.value.names()}:
            yield Flaw((*at, "value"), "worked_out_of_itself", {"name": spec.name})


def _texts(definition: Definition) -> Iterator[Flaw]:
    """Braces hold a name and nothing else: what is said is text already."""
    for name, text in definition.texts.items():
        if not text.strip():
            yield Flaw(("texts", name), "empty_text", {"name": name})
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            continue  # told as a broken text
        if any(how or turned for _, field, how, turned in parts if field is not None):
            yield Flaw(("texts", name), "broken_text")


def _actions(above: Path, actions: Mapping[str, Action]) -> Iterator[Flaw]:
    said: dict[str, str] = {}
    for name, action in actions.items():
        at: Path = (*above, name)
        for word in action.says:
            if said.setdefault(word, name) != name and action.when is None:
                other = actions[said[word]].title
                yield Flaw((*at, "says"), "said_twice", {"name": word, "other": other, "action": action.title})
