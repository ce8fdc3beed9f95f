"""Which documents a document says are over."""

from datetime import date

import pytest

from knowledge.validity.repeals import Ending, read


def named(text: str) -> list[tuple[str, str, tuple[int, ...], date | None]]:
    return [(one.title, one.doc_no, one.articles, one.on) for one in read(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("《高龄津贴办法》（示例政发〔2024〕5号）同时废止。", [("高龄津贴办法", "示例政发〔2024〕5号", (), None)]),
        ("本办法自2026年3月1日起施行，原《停车办法》同时废止。", [("停车办法", "", (), None)]),
        ("《甲办法》、《乙办法》同时废止。", [("甲办法", "", (), None), ("乙办法", "", (), None)]),
        ("依据《丙条例》，《甲办法》（示例政发[2020]7号）予以废止。", [("甲办法", "示例政发〔2020〕7号", (), None)]),
        ("《甲办法》自2026年12月31日起停止执行。", [("甲办法", "", (), date(2026, 12, 31))]),
        ("《甲办法》第五条、第七条同时废止。", [("甲办法", "", (5, 7), None)]),
        ("《甲办法》由本办法替代。", [("甲办法", "", (), None)]),
        (
            "一、下列文件予以废止：\n1.《甲办法》（示例政发〔2019〕3号）\n2.《乙通知》\n二、其他照旧。",
            [("甲办法", "示例政发〔2019〕3号", (), None), ("乙通知", "", (), None)],
        ),
        ("《甲办法》继续有效。", []),
        ("依据《甲办法》，制定本办法。", []),
        ("文件的修改和废止，由党政办提出。", []),
    ],
)
def test_what_is_over_is_named_in_the_same_breath(
    text: str, found: list[tuple[str, str, tuple[int, ...], date | None]]
) -> None:
    assert named(text) == found


def test_no_document_ends_itself() -> None:
    text = "《甲办法》（示例政发〔2026〕1号）同时废止。"
    assert read(text, own_number="示例政发〔2026〕1号", own_title="甲办法") == []
    assert read(text, own_number="示例政发〔2026〕2号", own_title="甲办法") == [
        Ending("甲办法", "示例政发〔2026〕1号", (), None, text)
    ]
