"""Slides: titles as headings, texts and tables, the number of the slide as the page."""

from knowledge.formats.slides import slide_lines
from tests.unit.knowledge.formats import making


def test_slides_give_their_titles_texts_and_numbers() -> None:
    data = making.slides([("医保缴费", ["每人420元。", "12月31日前缴。"]), ("去哪缴", ["三号窗口。"])])
    assert [(line.text, line.heading, line.page) for line in slide_lines(data, "a.pptx")] == [
        ("医保缴费", 1, 1),
        ("每人420元。", 0, 1),
        ("12月31日前缴。", 0, 1),
        ("去哪缴", 2, 2),
        ("三号窗口。", 0, 2),
    ]
