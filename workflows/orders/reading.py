"""Rows of another system's sheet as work orders, and what is wrong with the others, each with file and row. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from township.clock import SHANGHAI
from township.errors import Mistake
from workflows.orders.columns import Head, Meaning, names

LONGEST_NUMBER = 120
_MOMENT = re.compile(
    r"(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]*(上午|下午)?[ ]*(\d{1,2})[:时点](\d{1,2})?分?(?::\d{1,2}(?:\.\d+)?)?)?"
)
_CLOSE = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_COUNTED = re.compile(r"(4\d{4})(\.\d+)?")
"""A day as workbooks count it, of 2009 to 2036: what is left where a cell has lost its format."""
_COUNTED_FROM = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
"""A long number after Excel has opened and saved it: its last figures are lost."""
_PHONE = re.compile(r"(?:0\d{2,3}[-— ]?)?\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")


class Order(Struct, frozen=True):
    """One work order as another system gave it."""

    row: int
    """In its sheet, from 1."""
    number: str
    what: str
    """Title and story, the title only where the story does not begin with it."""
    kind: str = ""
    """The category there, in its words."""
    place: str = ""
    village: str = ""
    name: str = ""
    """Empty: wants to stay unnamed, or nobody was written down."""
    phone: str = ""
    at: datetime | None = None
    due: datetime | None = None
    is_urgent: bool = False
    is_over: bool = False
    """It is closed there already: nothing is left to be done."""
    cells: Mapping[str, str] | None = None
    """As they came, by column."""
    unread: Mapping[Meaning, tuple[str, str]] = {}
    """Moments that could not be read: column and words. The row is taken all the same."""


class Sheet(Struct, frozen=True):
    """What a sheet holds."""

    head: Head
    orders: tuple[Order, ...]
    mistakes: tuple[Mistake, ...]


def read(rows: Sequence[Sequence[str]], head: Head, file: str, villages: Collection[str] = ()) -> Sheet:
    """Read every row below the head; a column that is needed and missing is a Mistake, a bad row is listed."""
    if head.missing:
        raise Mistake(f"order_columns_{head.missing[0].value}", file=file)
    orders: list[Order] = []
    mistakes: list[Mistake] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows[head.row :], start=head.row + 1):
        if not any(cells):
            continue
        try:
            order = _order(number, dict(zip(head.columns, cells, strict=False)), head, file, villages)
            if order.number in seen:
                raise Mistake("order_twice", file=file, row=number, number=order.number, other=seen[order.number])
        except Mistake as mistake:
            mistakes.append(mistake)
            continue
        seen[order.number] = number
        orders.append(order)
    return Sheet(head, tuple(orders), tuple(mistakes))


def _order(row: int, cells: Mapping[str, str], head: Head, file: str, villages: Collection[str]) -> Order:
    said = {meaning: cells.get(name, "").strip() for name, meaning in head.meanings.items()}
    number = said.get(Meaning.NUMBER, "").lstrip("'")
    if not number or len(number) > LONGEST_NUMBER:
        raise Mistake("order_without_number", file=file, row=row)
    if _ROUNDED.fullmatch(number):
        raise Mistake("order_number_rounded", file=file, row=row, number=number)
    what = _story(said.get(Meaning.TITLE, ""), said.get(Meaning.WHAT, ""))
    if not what:
        raise Mistake("order_without_what", file=file, row=row, number=number)
    place = said.get(Meaning.PLACE, "")
    where = (said.get(Meaning.VILLAGE, ""), place, said.get(Meaning.UNIT, ""), what)
    return Order(
        row,
        number,
        what,
        said.get(Meaning.KIND, ""),
        place,
        next((name for text in where for name in villages if name in text), ""),
        _name(said.get(Meaning.NAME, "")),
        phone(said.get(Meaning.PHONE, "")),
        moment(said.get(Meaning.AT, "")),
        moment(said.get(Meaning.DUE, "")),
        said.get(Meaning.URGENCY, "") in names().urgent,
        said.get(Meaning.STATE, "") in names().over or bool(said.get(Meaning.CLOSED_AT)),
        cells,
        {one: (head.columns[head.place(one)], said[one][:20]) for one in (Meaning.AT, Meaning.DUE)
         if said.get(one) and moment(said[one]) is None},
    )  # fmt: skip


def moment(text: str) -> datetime | None:
    """Read a moment as offices write it, in local time; a day alone is its end. None: it is none."""
    said = unicodedata.normalize("NFKC", text).strip()
    if counted := _COUNTED.fullmatch(said):
        at = _COUNTED_FROM + timedelta(minutes=round(float(said) * 1440))
        return at if counted[2] else at.replace(hour=23, minute=59)
    if found := _MOMENT.fullmatch(said):
        year, month, day, half, hour, minute = found.groups()
    elif found := _CLOSE.fullmatch(said):
        (year, month, day), half, hour, minute = found.groups(), None, None, None
    else:
        return None
    clock = (int(hour) + _half(half, int(hour)), int(minute or 0)) if hour else (23, 59)
    try:
        return datetime(int(year), int(month), int(day), *clock, tzinfo=SHANGHAI)
    except ValueError:
        return None


def _half(half: str | None, hour: int) -> int:
    return 12 if half == "下午" and hour < 12 else 0


def phone(text: str) -> str:
    """Read the first telephone number of a cell, without its dashes."""
    found = _PHONE.search(unicodedata.normalize("NFKC", text))
    return re.sub(r"\D", "", found[0]) if found else ""


def _name(text: str) -> str:
    return "" if text in names().unnamed else text[:40]


def _story(title: str, what: str) -> str:
    return what if not title or what.startswith(title) else f"{title}。{what}".strip("。")


def columns_of(said: Sequence[str]) -> Iterator[tuple[str, Meaning]]:
    """Read what a clerk said of columns: `name=meaning` each; another meaning is a Mistake."""
    for one in said:
        column, _, meaning = one.rpartition("=")
        if not column or meaning not in set(Meaning):
            raise Mistake("column_meaning", said=one, meanings=" ".join(Meaning))
        yield column, Meaning(meaning)
