"""Who is away, since when and until when, and who stands in, from one sentence."""

from datetime import date

import pytest

from bot.dialogue.hearing.signs import plain
from bot.dialogue.meaning import absence
from bot.dialogue.meaning.commands import Absent

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("李海休假到周五", Absent("李海", "", MONDAY, FRIDAY)),
        ("我出差到周五让老刘替我", Absent("", "老刘", MONDAY, FRIDAY)),
        ("我去县里开会到周五 让老刘替我", Absent("", "老刘", MONDAY, FRIDAY)),
        ("网格员李海明天起休假到27号", Absent("网格员李海", "", date(2026, 11, 24), FRIDAY)),
        ("我请假三天，刘梅替我", Absent("", "刘梅", MONDAY, date(2026, 11, 25))),
        ("小周住院到12月3日 由老刘代班", Absent("小周", "老刘", MONDAY, date(2026, 12, 3))),
        ("我住院了 到月底 让刘梅代", Absent("", "刘梅", MONDAY, date(2026, 11, 30))),
        ("我从明天开始休假到下周二，让刘主任顶一下", Absent("", "刘主任", date(2026, 11, 24), date(2026, 12, 1))),
    ],
)
def test_a_sentence_says_who_until_when_and_by_whom(said: str, expected: Absent) -> None:
    assert absence.read(plain(said), MONDAY) == expected


@pytest.mark.parametrize(
    "said", ["路灯坏了到周五", "我到周五才有空", "我明天去县里培训", "李海休假到2028年1月1日", "垃圾车到周五没来"]
)
def test_what_is_no_absence_is_none(said: str) -> None:
    assert absence.read(plain(said), MONDAY) is None
