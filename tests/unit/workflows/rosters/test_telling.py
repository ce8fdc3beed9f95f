"""What a sheet's mistakes are told as: a few in full, of thousands some of each kind and how many more."""

import pytest

from township.errors import Mistake
from workflows.public.showings import title_of
from workflows.rosters import telling


def _wrong(code: str, row: int) -> Mistake:
    values = {"file": "户.csv", "row": row, "column": "户主", "other": 2, "village": "没有村", "why": "应缴"}
    return Mistake(code, **values)


def test_a_few_mistakes_are_all_told() -> None:
    told = telling.mistakes([_wrong("roster_village", row) for row in range(10)])
    assert len(told) == 10


def test_of_thousands_some_of_each_kind_are_told_and_how_many_there_are_besides() -> None:
    several = [_wrong("roster_village", row) for row in range(2990)]
    several += [_wrong("roster_no_key", row) for row in range(3000, 3005)] + [_wrong("roster_twice", 4000)]
    told = telling.mistakes(several)
    assert len(told) == 3 + 3 + 1 + 2
    assert "认不出村的，还有 2987 行。" in told
    assert "认人的列空着的，还有 2 行。" in told
    assert any("第 4000 行" in one for one in told)


@pytest.mark.parametrize("code", ["roster_no_key", "roster_twice", "roster_village", "roster_refused"])
def test_every_kind_of_mistake_can_be_counted(code: str) -> None:
    assert "还有 8 行" in telling.mistakes([_wrong(code, row) for row in range(11)])[-1]


@pytest.mark.parametrize(
    ("name", "stage", "title"),
    [
        ("小微工程公示", "公示", "小微工程公示"),
        ("助学补贴", "公示", "助学补贴公示"),
        ("临时救助", "公示", "临时救助公示"),
    ],
)
def test_what_is_shown_is_not_called_so_twice(name: str, stage: str, title: str) -> None:
    assert title_of(name, stage) == title
