"""The three kinds of trouble.

TownshipError
├── Mistake    the person can put it right: ask again, name the field
├── Refused    not now, or not you: a closed case, a missing right
└── (anything else that is raised is a bug: apologise, hand over, log, alert)

An error carries a stable `code`; the sentence that people read is the text of that name in a `texts.yaml`.
"""


class TownshipError(Exception):
    """An expected failure with a stable code and the values that its sentence needs."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({details})"


class Mistake(TownshipError):
    """What came in cannot be used as it is, and the person who sent it can mend it."""


class Refused(TownshipError):
    """What was asked is understood but not allowed: not now, or not for this person."""
