"""A service said as the sheets of a workbook; what no column holds stands in the last one, as it is stored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from skills.folders import content_of
from skills.manifest import Manifest
from skills.scenarios import Scenario
from skills.workbook import approvals, booked, crowds, phrases, rehearsals
from skills.workbook.contents import ASK, SINGLE, house_pairs, pairs_of
from skills.workbook.flow import COPIES, told_late, usual_clocks
from skills.workbook.labels import columns, item, label, labels, words
from skills.workbook.naming import Vocabulary, made, titled
from skills.workbook.rehearsals import Terms
from skills.workbook.tables import Row, Table
from workflows.definition import Promise
from workflows.house import house

Cells = dict[str, str]
HINTED = ("id", *SINGLE[:3], "audience", "risk", "paper", "example", "consent", "answer", "done", "pace", "start")
ALWAYS = (*HINTED, "reopen_to", "prefix", "number", "same_person", *COPIES)


def tables_of(skill: str, manifest: Manifest, scenarios: Mapping[str, Sequence[Scenario]]) -> list[Table]:
    """Say a service as tables, in the order of the sheets."""
    return _Writer(skill, manifest).tables(scenarios)


def terms_of(workflow: Mapping[str, Any], fields: Mapping[str, Any], vocabulary: Vocabulary) -> Terms:
    """Gather the names by which rehearsals speak of a service."""
    stages = {one["title"]: key for key, one in workflow["stages"].items()}
    stages |= {key: key for key in workflow["stages"]} | {str(word): key for key, word in labels()["targets"].items()}
    found: dict[str, str] = {}
    for actions in (house().villager, house().office, house().closed, house().leader, house().duty):
        found |= {one.title: key for key, one in actions.items()}
    own = [*(one.get("actions", {}) for one in workflow["stages"].values()), workflow.get("villager", {})]
    for each in own:
        found |= {one["title"]: key for key, one in each.items()}
    names = {key: key for key in found.values()} | {key: key for each in own for key in each}
    choices = dict(rehearsals.choices_of(list(fields.items())))
    needs = {
        name: {key: spec["name"] for key, spec in one.get("needs", {}).items()}
        for each in own
        for name, one in each.items()
    }
    return Terms(stages, {**names, **found}, vocabulary, choices, needs)


def fields_of(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """List the fields of a form and of all actions."""
    yield from content.get("form", {}).items()
    workflow = content.get("workflow", {})
    each = [workflow.get("villager", {}), *(one.get("actions", {}) for one in workflow.get("stages", {}).values())]
    for actions in each:
        for action in actions.values():
            yield from action.get("needs", {}).items()


class _Writer:
    def __init__(self, skill: str, manifest: Manifest) -> None:
        self.skill = skill
        self.content = content_of(manifest)
        self.workflow = self.content["workflow"]
        self.promises = manifest.workflow.clocks
        pairs = [pair for key, spec in fields_of(self.content) for pair in pairs_of({key: spec})]
        self.vocabulary = Vocabulary.of([*pairs, *house_pairs({name for name, _ in pairs})])
        titles = {key: one["title"] for key, one in self.workflow["stages"].items()}
        ends = {str(key): str(word) for key, word in labels()["targets"].items()}
        plain = {key: title for key, title in titles.items() if list(titles.values()).count(title) == 1}
        self.titles = {**plain, **ends}
        self.called = self.content.pop("called", {})
        is_many = "roster" in self.workflow or "rounds" in self.workflow
        self.books = manifest.workflow.books
        self.is_unpromised = is_many or (self.books and not self.promises)
        self.names = {str(spec["name"]): key for key, spec in self.content.get("form", {}).items()}

    def tables(self, scenarios: Mapping[str, Sequence[Scenario]]) -> list[Table]:
        terms = terms_of(self.workflow, dict(fields_of(self.content)), self.vocabulary)
        supplies = booked.said(self.workflow, self.vocabulary, self._text_name, _titles(self.workflow))
        crowd = crowds.said(self.workflow, self.vocabulary, _titles(self.workflow))
        approved = approvals.said(self.workflow, self.vocabulary, self.titles)
        form, flow, texts = self._form(), self._flow(), self._texts()
        made_of = {"form": form, "flow": flow, "texts": texts, "booked": supplies, "crowd": crowd}
        made_of |= {"approvals": approved, "sayings": self._sayings()}
        found = [Table("basics", _rows(self._basics()))]
        found += [Table(key, _rows(rows)) for key, rows in made_of.items() if rows or key != "sayings"]
        return [*found[:4], rehearsals.said(scenarios, terms), *found[4:]]

    def _basics(self) -> Iterator[Cells]:
        content, workflow = self.content, self.workflow
        values: dict[str, list[str]] = {key: [content.pop(key, "")] for key in SINGLE}
        values |= {"id": [self.skill] if made(str(values["name"][0])) != self.skill else [""]}
        values["audience"] = ["、".join(label("audience", one) for one in content.pop("for", []))]
        values["risk"] = [label("risk", content.pop("risk", "A"))]
        values["example"] = content.pop("examples", []) or [""]
        values["consent"] = [self._text_name(content.pop("consent", "") or "")]
        values |= self._of_flow()
        for key in ("form", "texts", "sayings", "workflow"):
            content.pop(key, None)
        workflow.pop("stages"), workflow.pop("tell", None), workflow.pop("villager", None)
        rest = {"more": phrases.more_said(content), "workflow": phrases.more_said(workflow)}
        for key in ALWAYS:
            for value in values.get(key, [""]):
                yield {"item": item(key), "value": value, "hint": str(labels()["basics"][key]["hint"])}
        for key, text in rest.items():
            if text:
                yield {"item": item(key), "value": text, "hint": str(labels()["basics"][key]["hint"])}

    def _of_flow(self) -> dict[str, list[str]]:
        workflow = self.workflow
        values = {
            "prefix": [workflow.pop("prefix", "")],
            "number": [label("number", workflow.pop("number", "village"))],
        }
        first = next(iter(workflow["stages"]))
        for key in ("start", "reopen_to"):
            branches = workflow.pop(key, "")
            said = phrases.target_said(branches, self.titles, self.vocabulary) if branches else ""
            values[key] = ["" if key == "start" and branches == first else said]
        pace = workflow.get("pace", "livelihood")
        if isinstance(pace, str) and pace in labels()["pace"]:
            values["pace"] = [label("pace", pace)]
            workflow.pop("pace", None)
        values["same_person"] = [label("same_person", workflow.pop("same_person", ""))]
        copies = workflow.pop("cc", {})
        for key in COPIES:
            source = copies.get(key.removeprefix("cc_"), "")
            values[key] = [phrases.who_said(source, self.vocabulary) if source else ""]
        values |= self._clocks()
        return values

    def _clocks(self) -> dict[str, list[str]]:
        """Say the promises of every service as two lengths; others are kept as they are."""
        usual = {} if self.is_unpromised else usual_clocks(self.workflow["stages"])
        lengths = {}
        for key, clock in usual.items():
            mine = self.promises.get(key)
            length = str(mine.within) if mine and mine.within else ""
            wanted = {name: value for name, value in clock.items() if name != "pace"} | {"within": length}
            if mine is None or Promise.model_validate(wanted if length else clock) != mine:
                self.workflow.setdefault("clocks", {})
                return {}
            lengths[key] = [phrases.length_said(length)]
        if set(self.promises) != set(usual):
            return {}
        if self.books and usual and not any(lengths[key][0] for key in usual):
            return {}  # what books promises only what has its length written
        self.workflow.pop("clocks", None)
        return lengths

    def _form(self) -> list[Cells]:
        rows = []
        for key, spec in self.content.get("form", {}).items():
            rest = dict(spec)
            row = {"name": rest.pop("name"), "kind": label("kinds", rest.pop("kind"))}
            row["id"] = key if made(row["name"]) != key else ""
            ask = rest.pop("ask", "")
            row["ask"] = self._ask(ask, key) if ask else ""
            if said := phrases.options_said(rest.get("options", {})) if rest.get("options") else "":
                row["options"] = said
                rest.pop("options")
            if said := phrases.needs_said(rest.get("rows", {})):
                row["options"] = said
                rest.pop("rows")
            row["value"] = self.vocabulary.sum_said(rest.pop("value")) if rest.get("value") else ""
            for column in ("optional", "sensitive"):
                row[column] = labels()["answers"]["true"] if rest.pop(column, False) else ""
            for column in ("least", "most", "why"):
                row[column] = str(rest.pop(column, ""))
            if phrases.listed("、".join(rest.get("unit", []))) == rest.get("unit", []):
                row["unit"] = "、".join(rest.pop("unit", []))
            row["when"] = self.vocabulary.condition_said(rest.pop("when")) if rest.get("when") else ""
            row["more"] = phrases.more_said(rest)
            rows.append(row)
        return rows

    def _ask(self, text: str, key: str) -> str:
        asked = [spec.get("ask") for spec in self.content["form"].values()]
        if text == f"{ASK}{key}" and asked.count(text) == 1 and text not in self.called:
            return self.vocabulary.sentence_said(self.content["texts"].pop(text))
        return f"{labels()['see']}：{self._text_name(text)}"

    def _text_name(self, name: str) -> str:
        return str(self.called.get(name, name))

    def _texts(self) -> list[Cells]:
        rows = []
        for key, text in self.content.get("texts", {}).items():
            word = self._text_name(key)
            said = {"name": word, "text": self.vocabulary.sentence_said(text)}
            rows.append({**said, "id": key if made(word) != key else ""})
        return rows

    def _sayings(self) -> list[Cells]:
        said = self.content.get("sayings", {})
        lines = [(kind, line) for kind, text in said.items() for line in text.splitlines() if line.strip()]
        return [{"kind": self.vocabulary.said.get(kind, kind), "saying": line} for kind, line in lines]

    def _flow(self) -> list[Cells]:
        rows = self._tells(self.workflow.get("tell", []), {"stage": str(labels()["begins"])})
        for key, stage in self.workflow["stages"].items():
            rows += self._stage(key, dict(stage))
        rows += self._actions(self.workflow.get("villager", {}), {"stage": str(labels()["anytime"])})
        return rows

    def _stage(self, key: str, rest: dict[str, Any]) -> list[Cells]:
        title, who = rest.pop("title"), rest.pop("who", "")
        head = {"stage": title, "who": phrases.who_said(who, self.vocabulary) if who else ""}
        head["stage_id"] = key if made(title) != key else ""
        head["within"] = phrases.length_said(str(rest.pop("within", "")))
        if not head["within"] and rest.get("until_field") in self.vocabulary.said:
            head["within"] = self.vocabulary.said[rest.pop("until_field")]
        head["waits"] = label("waits", rest.pop("waits")) if "waits" in rest else ""
        head["listed"] = str(labels()["answers"]["true"]) if rest.pop("listed", False) else ""
        if said := phrases.apart_said(list(rest.get("without", ())), self.titles, self.vocabulary):
            head["without"] = said
            rest.pop("without")
        actions, tells = rest.pop("actions", {}), rest.pop("tell", [])
        head["late"] = self._late(rest)
        if not self._is_plain(tells):
            rest["tell"], tells = tells, []
        head["stage_more"] = phrases.more_said(rest)
        told = self._tells(tells, head)
        return [*told, *self._actions(actions, {} if told else head)] or [head]

    def _late(self, rest: dict[str, Any]) -> str:
        steps, said = rest.get("late"), labels()["late"]
        if steps == [{"at": "100%", "do": "close", "result": "unanswered"}]:
            rest.pop("late")
            return str(said["closes"])
        if steps and steps == told_late(steps[0].get("text")):
            rest.pop("late")
            return f"{said['tells']}：{self._text_name(steps[0]['text'])}"
        if steps and len(steps) == 1 and set(steps[0]) == {"at", "do", "action"} and steps[0]["at"] == "100%":
            action = steps[0]["action"]
            if title := _titles(self.workflow).get(action):
                rest.pop("late")
                return f"{said['acts']}：{title}"
        return ""

    def _actions(self, actions: Mapping[str, Any], head: Cells) -> list[Cells]:
        rows: list[Cells] = []
        for key, action in actions.items():
            rest = dict(action)
            row = {**(head if not rows else {}), "action": rest.pop("title")}
            row["id"] = key if made(row["action"]) != key else ""
            tells = rest.pop("tell", [])
            if not self._is_plain(tells):
                rest["tell"], tells = tells, []
            for column, say in self._columns().items():
                if column in rest and (said := say(rest[column])):
                    row[column] = said
                    rest.pop(column)
            row["anyone"] = str(labels()["answers"]["true"]) if rest.pop("anyone", False) else ""
            row["more"] = phrases.more_said(rest)
            rows += self._tells(tells, row) if tells else [row]
        return rows

    def _columns(self) -> dict[str, Callable[[Any], str]]:
        """How each column says what an action holds; empty where it cannot."""
        return {
            "to": lambda to: phrases.target_said(to, self.titles, self.vocabulary),
            "needs": lambda needs: phrases.needs_said(needs, self.names),
            "when": self.vocabulary.condition_said,
            "says": lambda said: "、".join(said) if phrases.listed("、".join(said)) == said else "",
            "assign": lambda who: str(labels()["assign"].get(who) or self.vocabulary.said.get(who, who)),
            "result": lambda result: label("results", result),
            "limit": str,
        }

    @staticmethod
    def _is_plain(tells: list[Mapping[str, Any]]) -> bool:
        return all(set(one) <= {"who", "text", "when"} for one in tells)

    def _tells(self, tells: list[Mapping[str, Any]], head: Cells) -> list[Cells]:
        """One row for each that is told something; the first stands beside what it follows from."""
        rows: list[Cells] = []
        for one in tells:
            row = {**({} if rows else head), "text": self._text_name(one["text"])}
            row["tell"] = phrases.who_said(one.get("who", "villager"), self.vocabulary)
            row["tell_when"] = self.vocabulary.condition_said(one["when"]) if one.get("when") else ""
            rows.append(row)
        return rows


def _titles(workflow: Mapping[str, Any]) -> dict[str, str]:
    """The actions of all stages by their titles, as far as a title is read back as the same action."""
    every = [workflow.get("villager", {}), *(stage.get("actions", {}) for stage in workflow["stages"].values())]
    found = titled((key, str(one["title"])) for each in every for key, one in each.items())
    return {key: title for title, key in found.items()}


def _rows(cells: Any) -> tuple[Row, ...]:
    return tuple(Row(n, {key: text for key, text in one.items() if text}) for n, one in enumerate(cells, 2))


def lists() -> dict[tuple[str, str], list[str]]:
    """What may be chosen in which column."""
    yes = [labels()["answers"]["true"]]
    stages = f"='{labels()['sheets']['flow']}'!$A$2:$A$200"
    texts = f"='{labels()['sheets']['texts']}'!$A$2:$A$200"
    assert columns("texts")["name"]
    return {
        ("form", "kind"): list(dict.fromkeys(words("kinds"))),
        ("form", "optional"): yes,
        ("form", "sensitive"): yes,
        ("flow", "who"): list(words("who")),
        ("flow", "waits"): list(words("waits")),
        ("flow", "without"): list(words("without")),
        ("flow", "late"): [labels()["late"]["closes"]],
        ("flow", "assign"): list(words("assign")),
        ("flow", "to"): [stages],
        ("flow", "tell"): list(words("who")),
        ("flow", "text"): [texts],
        ("flow", "result"): list(words("results")),
        ("booked", "kind"): list(words("booked_kinds")),
        ("booked", "town"): yes,
        ("booked", "paused"): [texts],
        ("booked", "resumed"): [texts],
        ("crowd", "stage"): [stages],
        ("approvals", "stage"): [stages],
        **{("approvals", column): list(words(group)) for column, group in approvals.CHOSEN.items()},
        ("approvals", "cc"): list(words("who")),
        ("approvals", "to"): [stages],
        ("flow", "listed"): yes,
        ("flow", "anyone"): yes,
        ("scenarios", "kind"): list(words("scenario_kinds")),
        ("scenarios", "verb"): rehearsals.kinds_of_steps(),
    }
