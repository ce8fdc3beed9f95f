"""Approvals by another hand: a flow as nested lists, signers as small objects, everything changed in place.

It shares no code and no representation with the engine; a flow is a list of stages, or of lists of branches.
"""

import copy
from dataclasses import dataclass, field

Flow = list[str | list[list[str]]]


@dataclass(eq=False)
class Seat:
    """One who signs; `asker` is the seat that asked for this one."""

    person: str
    asker: "Seat | None" = None
    signed: bool = False


@dataclass(eq=False)
class Reference:
    """A case as the reference sees it; every verb returns whether it was allowed."""

    flow: Flow
    people: dict[str, list[str]]
    modes: dict[str, str]
    step: int = -1
    open: dict[str, list[list[Seat]]] = field(default_factory=dict)
    through: list[list[str]] = field(default_factory=list)
    jumps: dict[str, tuple[str, dict]] = field(default_factory=dict)  # type: ignore[type-arg]
    undo: tuple[str, dict] | None = None  # type: ignore[type-arg]

    def start(self) -> None:
        self.enter(0)

    def holders(self) -> set[tuple[str, str]]:
        return {(stage, seat.person) for stage in self.open for row in self.open[stage] if (seat := head(row))}

    def enter(self, step: int) -> None:
        self.step, self.open, self.through, self.jumps = step, {}, [], {}
        if step < len(self.flow):
            for branch in self.branches(step):
                self.sit(branch[0])

    def branches(self, step: int) -> list[list[str]]:
        here = self.flow[step]
        return here if isinstance(here, list) else [[here]]

    def sit(self, stage: str) -> None:
        seats = [Seat(person) for person in self.people[stage]]
        self.open[stage] = [seats] if self.modes[stage] == "in_order" else [[seat] for seat in seats]

    def row_of(self, stage: str, person: str) -> list[Seat] | None:
        rows = self.open.get(stage, [])
        return next((row for row in rows if (seat := head(row)) and seat.person == person), None)

    def kept(self) -> dict:  # type: ignore[type-arg]
        names = ("step", "open", "through", "jumps")
        return copy.deepcopy({name: getattr(self, name) for name in names})

    def sign(self, stage: str, person: str) -> bool:
        row = self.row_of(stage, person)
        if row is None:
            return False
        before = self.kept()
        seat = head(row)
        assert seat
        seat.signed = True
        self.forward_if_through(stage, row)
        self.undo = (person, before) if self.step < len(self.flow) else None
        return True

    def forward_if_through(self, stage: str, row: list[Seat]) -> None:
        done = [head(one) is None for one in self.open[stage]]
        if head(row) is None and (any(done) if self.modes[stage] == "any" else all(done)):
            self.forward(stage)

    def forward(self, stage: str) -> None:
        if stage in self.jumps:
            kind, kept = self.jumps.pop(stage)
            if kind == "all":
                self.__dict__.update(copy.deepcopy(kept))
                return
            del self.open[stage]
            self.open |= kept["open"]
            self.jumps |= kept["jumps"]
            return
        branch = next(one for one in self.branches(self.step) if stage in one)
        del self.open[stage]
        after = branch.index(stage) + 1
        if after < len(branch):
            self.sit(branch[after])
            return
        self.through.append(branch)
        if not self.open:
            self.enter(self.step + 1)

    def earlier(self, stage: str) -> list[str]:
        """Where a stage may send back to: all steps before it, and what lies before it in its own branch."""
        found = [one for step in range(self.step) for branch in self.branches(step) for one in branch]
        branch = next(one for one in self.branches(self.step) if stage in one)
        return found + branch[: branch.index(stage)]

    def back(self, stage: str, person: str, target: str, *, straight: bool) -> bool:
        if self.row_of(stage, person) is None or target not in self.earlier(stage):
            return False
        everything, self.undo = self.kept(), None
        step = next(n for n in range(len(self.flow)) for one in self.branches(n) if target in one)
        if step == self.step:
            kept = {"open": {stage: self.open.pop(stage)}, "jumps": {}}
            if stage in self.jumps:
                kept["jumps"] = {stage: self.jumps.pop(stage)}
            self.sit(target)
            self.jumps |= {target: ("one", kept)} if straight else {}
            return True
        self.step, self.open, self.jumps = step, {}, {target: ("all", everything)} if straight else {}
        self.through = [one for one in self.branches(step) if target not in one]
        self.sit(target)
        return True

    def ask(self, stage: str, person: str, other: str, *, before: bool) -> bool:
        row = self.row_of(stage, person)
        if row is None or other == person or self.is_busy(stage, other):
            return False
        seat = head(row)
        assert seat
        if other in askers(seat):
            return False
        at = row.index(seat)
        if not before:
            at += 1
            while at < len(row) and row[at].asker is seat:
                at += 1
        row.insert(at, Seat(other, seat))
        self.undo = None
        return True

    def drop(self, by: str, other: str) -> bool:
        for stage, rows in self.open.items():
            for row in rows:
                for seat in row:
                    if not seat.signed and seat.person == other and seat.asker and seat.asker.person == by:
                        row[:] = [one for one in row if one.signed or not comes_from(one, seat)]
                        self.forward_if_through(stage, row)
                        self.undo = None
                        return True
        return False

    def object(self, stage: str, person: str) -> bool:
        row = self.row_of(stage, person)
        seat = head(row) if row else None
        if row is None or seat is None or seat.asker is None:
            return False
        asker, at = seat.asker, row.index(seat)
        again = row[row.index(asker) : at] if asker.signed else []
        row[:] = [one for one in row if not comes_from(one, seat) or (one.signed and one not in again)]
        for one in again:
            one.signed = False
        self.undo = None
        return True

    def hand_on(self, stage: str, person: str, to: str) -> bool:
        row = self.row_of(stage, person)
        seat = head(row) if row else None
        if row is None or seat is None or to == person:
            return False
        whole = self.modes[stage] == "any" and seat.asker is None
        rows = [row] if whole else self.open[stage]
        if any(not one.signed and one.person == to for each in rows for one in each) or to in askers(seat):
            return False
        if not seat.asker and any(one.signed and not one.asker and one.person == to for each in rows for one in each):
            return False
        seat.person = to
        self.open[stage] = rows
        self.undo = None
        return True

    def take_back(self, person: str) -> bool:
        if self.undo is None or self.undo[0] != person:
            return False
        self.__dict__.update(copy.deepcopy(self.undo[1]))
        self.undo = None
        return True

    def asked(self) -> list[tuple[str, str]]:
        """Who waits for whom: everybody who was asked and has still to sign."""
        seats = [seat for rows in self.open.values() for row in rows for seat in row if not seat.signed]
        return sorted((seat.asker.person, seat.person) for seat in seats if seat.asker)

    def is_busy(self, stage: str, person: str) -> bool:
        return any(not one.signed and one.person == person for row in self.open[stage] for one in row)


def head(row: list[Seat]) -> Seat | None:
    return next((seat for seat in row if not seat.signed), None)


def comes_from(one: Seat | None, seat: Seat) -> bool:
    while one is not None and one is not seat:
        one = one.asker
    return one is seat


def askers(seat: Seat | None) -> set[str]:
    found = set()
    while seat is not None:
        found.add(seat.person)
        seat = seat.asker
    return found
