"""The register as a sheet: what villagers wrote stays words in it."""

from pathlib import Path

from openpyxl import load_workbook

from workflows.seals import export


def test_what_looks_like_a_formula_stays_words(tmp_path: Path) -> None:
    line = dict.fromkeys(export.headings(), "") | {"no": "1", "purpose": '=HYPERLINK("http://elsewhere.example")'}
    export.write(tmp_path / "register.xlsx", {"柳树村村委会章": [line], "桃园村村委会章": []})
    book = load_workbook(tmp_path / "register.xlsx")
    assert book.sheetnames == ["柳树村村委会章", "桃园村村委会章"]
    page = book["柳树村村委会章"]
    assert [cell.value for cell in page[1]] == list(export.headings().values())
    written = next(cell for cell in page[2] if cell.value and "HYPERLINK" in str(cell.value))
    assert written.data_type == "s"
