"""What helps to read a value: the moment, and the names of the town's villages, people and households."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from township.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Known:
    """What helps to read a value."""

    today: date
    villages: Mapping[str, str] = field(default_factory=dict)
    """Village ids by name."""
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Person ids by name; several mean that one must ask which."""
    households: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Household ids by the names that people call them."""
    now: datetime | None = None
    """The moment, where hours are read; without it the day begins."""

    @property
    def moment(self) -> datetime:
        """When the value is read."""
        return self.now or datetime.combine(self.today, time(), SHANGHAI)
