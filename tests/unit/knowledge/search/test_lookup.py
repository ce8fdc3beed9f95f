"""How citations are read out of questions; finding them is tested over real rows."""

import pytest

from knowledge.search.lookup import Named, named


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("《民法典》第一千零四十三条的内容是什么？", Named(1043, title="民法典", before="《民法典》")),
        ("《劳动法》和《劳动合同法》第39条", Named(39, title="劳动合同法", before="《劳动法》和《劳动合同法》")),
        ("民法典第1043条第2款怎么说", Named(1043, before="民法典", paragraph=2)),
        ("刑法第一百三十三条之一第二款", Named(133, before="刑法", inserted=1, paragraph=2)),
        ("刑法264条判几年", Named(264, before="刑法")),
        ("第九条说的啥，《高龄津贴办法》里的", Named(9, title="高龄津贴办法")),
        ("示例政发〔2025〕11号第五条", Named(5, doc_no="示例政发〔2025〕11号")),
        ("刑法第２６４条", Named(264, before="刑法")),
    ],
)
def test_a_citation_is_read(question: str, cited: Named) -> None:
    assert named(question) == cited


@pytest.mark.parametrize("question", ["第三条是什么", "路灯坏了", "我家有三条狗", "《民法典》讲什么"])
def test_what_names_no_article_of_a_document_is_searched(question: str) -> None:
    assert named(question) is None
