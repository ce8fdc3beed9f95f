"""Steps of a scenario in which many cases begin at once: a sheet brought, a list worked off, something shown to all.

The same functions carry chat, console and command line; the player asks here and compares.
"""

from datetime import datetime
from functools import partial

from skills import registry
from township import tables
from township.db import Database, Tx
from township.errors import Mistake, Refused
from township.scope import Scope
from workflows import cases, definitions
from workflows.cases import Opening, Outcome
from workflows.handovers import answering, giving
from workflows.handovers.answering import Shut, Taken
from workflows.public import endings, showings
from workflows.public.showings import Shown
from workflows.rosters import bringing, entering, filling, marking, rows, telling, working
from workflows.rosters.bringing import Bringer, Brought
from workflows.rosters.entering import Speaker
from workflows.rounds import opening
from workflows.state import Via

FILE = "list.csv"
WRONG = "link_needs"
"""Why an answer on the page of an address is not taken yet."""


class Crowd:
    """The rows, rounds and showings of one service in one town."""

    def __init__(self, db: Database, town_id: str, skill: str) -> None:
        self.db, self.town_id, self.skill = db, town_id, skill

    def next_due(self, tx: Tx, after: datetime) -> datetime | None:
        """When something next happens by itself."""
        ahead = (opening.next_due(tx), endings.next_due(tx, after))
        return min((one for one in ahead if one is not None), default=None)

    def sweep(self, now: datetime) -> None:
        """Let what is due happen; what was published only now is planned."""
        while self.db.write_now(partial(opening.sweep, now=now)):
            continue
        self.db.write_now(partial(opening.plan, now=now))
        self.db.write_now(partial(endings.sweep, now=now))

    def bring(self, text: str, who: Scope, village: str, now: datetime) -> str:
        """Bring a sheet that is written as text, a row a line."""
        table = tables.read(text.encode(), FILE)
        town_id, skill = self.town_id, self.skill
        read = partial(
            bringing.read_sheet, town_id=town_id, skill=skill, rows=table, file=FILE, village=village
        )  # fmt: skip
        sheet = self.db.read_now(read)
        bringer, done = Bringer(town_id, skill, who.person_id, FILE), Brought(mistakes=sheet.mistakes)
        for some in bringing.slices(sheet, bringer, now=now):
            done += self.db.write_now(some)
        done = self.db.write_now(partial(bringing.finish, sheet=sheet, bringer=bringer, done=done, now=now))
        name = self.db.read_now(partial(bringing.roster_of, town_id=town_id, skill=skill)).name
        return "\n".join([telling.brought(name, done), *telling.mistakes(done.mistakes)])

    def listed(self, person_id: str) -> str:
        """What somebody's list says; empty where there is none."""

        def read(tx: Tx) -> str:
            mine = [one for one in working.lists(tx, self.town_id, person_id) if one.skill == self.skill]
            lines = working.lines(tx, self.town_id, person_id, self.skill)
            return telling.shown(mine[0], lines) if mine else ""

        return self.db.read_now(read)

    def mark(self, person_id: str, text: str, key: str, now: datetime) -> str:
        """Say something of rows by their numbers; the reply."""

        def write(tx: Tx) -> str:
            _, definition = definitions.current(tx, self.town_id, self.skill)
            marks = marking.read(text, working.words_for(tx, self.town_id, person_id, definition))
            if not marks:
                raise Mistake("not_marks", text=text)
            speaker = Speaker(self.town_id, person_id, self.skill, key, Via.TYPED, now)
            found = entering.mark(tx, speaker, marks)
            left = sum(one.open for one in working.lists(tx, self.town_id, person_id) if one.skill == self.skill)
            of_villages = working.is_of_villages(definition)
            return telling.marked(definition.name, found, left, of_villages=of_villages)

        return self.db.write_now(write)

    def row(self, cell: str) -> str:
        """The case of the row in which a cell stands."""
        return self.db.read_now(partial(rows.case_of, town_id=self.town_id, skill=self.skill, cell=cell))

    def sheet(self, scope: Scope, cell: str, now: datetime) -> str:
        """The row in which a cell stands, as it goes back, with its columns."""
        filled = self.db.write_now(lambda tx: filling.fill(tx, scope, self.skill, now=now))
        found = next((row for row in filled.rows if cell in row), ())
        return " ".join(f"{name}={value}" for name, value in zip(filled.columns, found, strict=False))

    def shown(self, village_id: str | None) -> list[Shown]:
        """What everybody may read of a village now."""
        return self.db.read_now(lambda tx: showings.listed(tx, self.town_id, village_id=village_id))

    def pass_on(self, person_id: str, case_id: str, doer: str, now: datetime) -> tuple[str, str]:
        """Pass on what somebody holds of a case: which address it is, and all that is read there."""

        def write(tx: Tx) -> tuple[str, str]:
            work = giving.of_case(tx, self.town_id, person_id, case_id)
            if work is None:
                raise Refused("not_yours")
            given = giving.give(tx, self.town_id, person_id, work, doer, now=now)
            sheet = answering.look(tx, given.id, now=now)
            if isinstance(sheet, Shut):
                raise Refused("not_now")
            told = [sheet.stage, sheet.village, *(f"{name}：{value}" for name, value in sheet.lines)]
            return given.id, "\n".join([*told, *(action.title for action in sheet.actions.values())])

        return self.db.write_now(write)

    def by_link(self, address: str, action: str, given: dict[str, object], now: datetime) -> Taken | tuple[str, str]:
        """Answer with an address; where it is not taken, the code of why not and what the page says."""

        def write(tx: Tx) -> Taken | tuple[str, str]:
            found = answering.answer(tx, address, action, given, now=now)
            if isinstance(found, Taken):
                return found
            return (found.why, "") if isinstance(found, Shut) else (WRONG, found.problem)

        return self.db.write_now(write)

    def object_to(self, case_id: str, person_id: str, text: str, key: str, now: datetime) -> Outcome:
        """Object to what a case shows; where no service for objections is in force, that of the house is."""
        found = next((one for one in self.shown(None) if one.case_id == case_id), None)
        if found is None:
            raise Refused("nothing_shown")

        def write(tx: Tx) -> Outcome:
            skill = endings.objection_service(tx, found)
            if not any(one.skill == skill for one in definitions.published(tx, self.town_id)):
                house = registry.load(registry.HERE / skill).skill
                if house is not None:
                    registry.install(tx, self.town_id, house, by=None, now=now)
            fields = endings.fields_of(tx, found, text)
            said = Opening(self.town_id, skill, key, fields, now, spoke=person_id, village_id=found.village_id)
            return endings.object_to(tx, found, said, now=now)

        return self.db.write_now(write)

    def objection(
        self, case_id: str, action: str, person_id: str, given: dict[str, object], key: str, now: datetime
    ) -> Outcome:  # fmt: skip
        """Decide the newest objection to what a case shows."""

        def write(tx: Tx) -> Outcome:
            newest = endings.objections_to(tx, case_id)[-1]
            return cases.act(tx, cases.Act(self.town_id, newest, action, key, person_id, given), now=now)

        return self.db.write_now(write)
