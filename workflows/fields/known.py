"""What helps to read a value: the moment, and the names of the town's villages, people and households."""

from collections.abc import Mapping
from datetime import date, datetime, time

from msgspec import Struct, field

from township.clock import SHANGHAI


class Known(Struct, frozen=True):
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
