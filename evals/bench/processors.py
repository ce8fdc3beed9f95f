"""What the processors of the machine did meanwhile: a slow answer of a machine that others share is not always ours."""

from dataclasses import dataclass
from pathlib import Path

STAT = Path("/proc/stat")
IDLE, WAITING, STOLEN = 3, 4, 7
"""Places of the first line of /proc/stat (proc(5)); what runs as a guest is counted as user time already."""
COUNTED = 8


@dataclass(frozen=True, slots=True)
class Ticks:
    """Since the machine was started, of all processors together."""

    whole: int
    idle: int
    stolen: int
    """A processor was wanted here, and the host gave it to another machine."""

    def since(self, before: "Ticks") -> dict[str, float]:
        """Say which shares of the time passed since were busy here, and stolen."""
        whole, stolen = self.whole - before.whole, self.stolen - before.stolen
        busy = whole - (self.idle - before.idle) - stolen
        return {"busy": round(busy / max(whole, 1), 3), "stolen": round(stolen / max(whole, 1), 3)}


def ticks() -> Ticks:
    """Read how far the processors are; nothing but zeros where the system does not tell."""
    if not STAT.is_file():
        return Ticks(0, 0, 0)
    return parsed(STAT.read_text("ascii"))


def parsed(text: str) -> Ticks:
    """Read the first line of /proc/stat."""
    found = [int(each) for each in text.splitlines()[0].split()[1 : COUNTED + 1]]
    return Ticks(sum(found), found[IDLE] + found[WAITING], found[STOLEN] if len(found) > STOLEN else 0)
