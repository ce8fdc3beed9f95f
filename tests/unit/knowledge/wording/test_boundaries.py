"""What is not ours to say is known for it, and ordinary questions around it are not."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

import evals
from knowledge.wording import boundaries
from knowledge.wording.boundaries import boundary
from township.texts import Texts

ASKED = YAML(typ="safe", pure=True).load((Path(evals.__path__[0]) / "datasets" / "answers.yaml").read_text("utf-8"))
REFUSED = [(name, text) for name, texts in ASKED["boundaries"].items() for text in texts]


@pytest.mark.parametrize(("name", "text"), [each for each in REFUSED if each[0] != "off_topic"])
def test_what_is_not_ours_is_known_by_its_name(name: str, text: str) -> None:
    assert boundary(text) == name


@pytest.mark.parametrize("text", ASKED["ordinary"])
def test_an_ordinary_question_is_not_turned_away(text: str) -> None:
    assert boundary(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "血压一百八吃几片药",
        "血糖高 要紧不",
        "降压药一天吃几回药",
        "俺娘血压高，晕得慌，吃啥",
        "胰岛素打几个单位的胰岛素",
    ],
)
def test_how_much_to_take_is_for_a_doctor(text: str) -> None:
    assert boundary(text) == "medical"


@pytest.mark.parametrize("text", ["血压高的慢病本咋办", "狂犬疫苗打几针多少钱", "麦子打几遍药", "给狗打一针要钱不"])
def test_papers_vaccines_and_fields_are_ordinary(text: str) -> None:
    assert boundary(text) == ""


def test_there_are_enough_of_both() -> None:
    assert len(REFUSED) >= 40
    assert len(ASKED["ordinary"]) >= 60


@pytest.mark.parametrize("name", sorted(ASKED["boundaries"]))
def test_each_boundary_says_where_to_turn_or_what_we_are_for(name: str) -> None:
    texts = Texts.load(Path(boundaries.__file__).parents[1] / "texts.yaml")
    said = texts.say(f"boundary_{name}")
    assert any(mark in said for mark in ("打", "镇上"))
