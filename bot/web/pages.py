"""Templates and sentences of one web face: filled, with moments and dates in words."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from township.clock import SHANGHAI
from township.texts import Texts

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "; ".join(
        ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def attached(name: str) -> dict[str, str]:
    """Name a file that the browser is to save; names are Chinese."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


class Pages:
    """One folder of templates and the texts beside it; errors are also looked up in the texts of `others`."""

    def __init__(self, folder: Path, texts: Texts, *others: Texts) -> None:
        self._texts = texts
        self._others = others
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"moment": self.moment, "day": self.day}
        self._templates.globals["say"] = texts.say

    def show(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Fill a template; the answer is never cached and never framed."""
        return HTMLResponse(self._templates.get_template(template).render(**values), status, HEADERS)

    def teach(self, **functions: Callable[..., object]) -> None:
        """Let templates call these functions by name."""
        self._templates.globals.update(functions)

    def say(self, name: str, **values: object) -> str:
        """Say one of the sentences of this face."""
        return self._texts.say(name, **values)

    def sentence(self, code: str, values: dict[str, object], *, otherwise: str = "trouble") -> str:
        """Say an error in words; one without words of its own gets a general sentence."""
        for texts in (self._texts, *self._others):
            if texts.has(code) and texts.needs(code) <= values.keys():
                return texts.say(code, **values)
        return self._texts.say(otherwise)

    def moment(self, at: datetime) -> str:
        """Write a moment as people read it."""
        there = at.astimezone(SHANGHAI)
        return self._texts.say("moment", month=there.month, day=there.day, hour=there.hour, minute=there.minute)

    def day(self, on: date) -> str:
        """Write a date as people read it."""
        return self._texts.say("day", year=on.year, month=on.month, day=on.day)
