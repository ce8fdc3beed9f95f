"""Embedders: the fake, and the default one where it is built."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from knowledge.embeddings import HashEmbedder, OnnxEmbedder, SentenceTransformerEmbedder, choose
from township.errors import Mistake

BUILT = Path(__file__).parents[3] / "var" / "models" / "e5-small-zh"
needs_model = pytest.mark.skipif(
    not (BUILT / "embedder.json").is_file(), reason="the default embedder is not built: make setup"
)


def test_the_fake_gives_the_same_unit_vector_for_the_same_text() -> None:
    fake = HashEmbedder()
    one, other, same = fake.embed_passages(["路灯坏了", "医保缴费", "路灯坏了"])
    assert np.array_equal(one, same)
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert one @ fake.embed_query("路灯不亮坏了") > other @ fake.embed_query("路灯不亮坏了")


def test_a_setting_names_the_embedder(tmp_path: Path) -> None:
    assert choose("none", tmp_path) is None
    assert choose("hash", tmp_path) is not None


def test_a_missing_default_embedder_says_so(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="embedder_not_built"):
        choose("onnx", tmp_path)


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is not None, reason="the extra st is installed")
def test_a_model_without_its_extra_says_which_one() -> None:
    with pytest.raises(Mistake, match="extra_not_installed"):
        SentenceTransformerEmbedder("some/model")


@needs_model
def test_the_default_embedder_knows_what_is_near() -> None:
    embedder = OnnxEmbedder(BUILT)
    titles = ["老年人优待证办理指南", "农机购置补贴", "生活垃圾分类管理办法"]
    cosines = embedder.embed_passages(titles) @ embedder.embed_query("我妈的老年卡咋办")
    assert int(np.argmax(cosines)) == 0


@needs_model
def test_neighbours_in_a_batch_do_not_change_a_vector() -> None:
    embedder = OnnxEmbedder(BUILT)
    short, long = "路灯报修", "低保申请需要提交的材料包括身份证、户口簿和家庭收入情况。" * 40
    together = embedder.embed_passages([long, short])
    alone = embedder.embed_passages([short])
    assert together.shape == (2, embedder.dimensions)
    assert together[1] @ alone[0] > 0.98  # padding moves the scale of dynamic int8 a little
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-3)


@pytest.mark.st
@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason="pip install 'dinglin[st]'")
@needs_model
def test_sentence_transformers_loads_the_same_folder() -> None:
    texts = ["老年人优待证办理指南", "农机购置补贴"]
    theirs = SentenceTransformerEmbedder(str(BUILT)).embed_passages(texts)
    ours = OnnxEmbedder(BUILT).embed_passages(texts)
    assert np.all((theirs * ours).sum(axis=1) > 0.98)
