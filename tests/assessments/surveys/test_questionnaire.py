"""A questionnaire keeps what was asked, and shuffles only where it may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.surveys.questionnaire import Questionnaire, digest
from content import catalog
from tests.assessments.surveys.asked import choice, plain, questionnaire


@pytest.mark.parametrize("name", sorted(catalog.surveys()))
def test_every_shipped_questionnaire_can_be_asked(name):
    asked = Questionnaire.of(catalog.surveys()[name])
    assert asked.minutes == pytest.approx(catalog.surveys()[name]["minutes"], abs=0.1)
    assert all(item.options or item.kind != "choice" for item in asked.items)


def test_a_wave_asks_some_of_the_blocks_in_their_own_order():
    asked = Questionnaire.of(catalog.surveys()["capabilities"], only=["deployment-process", "ci-cd"])
    assert [block.key for block in asked.blocks] == ["ci-cd", "deployment-process"]


@pytest.mark.parametrize(("only", "problem"), [(["unheard-of"], "no block unheard-of"), ([], "at least one block")])
def test_a_wave_without_a_known_block_is_refused(only, problem):
    with pytest.raises(ValueError, match=problem):
        Questionnaire.of(plain(), only)


@given(st.text(max_size=10))
def test_a_seed_shuffles_the_items_of_a_block_always_alike(seed):
    asked = Questionnaire.of(catalog.surveys()["pain-and-friction"])
    shuffled = asked.shuffled(seed)
    assert shuffled == asked.shuffled(seed)
    assert [block.key for block in shuffled.blocks] == [block.key for block in asked.blocks]
    for before, after in zip(asked.blocks, shuffled.blocks, strict=True):
        assert sorted(item.key for item in before.items) == sorted(item.key for item in after.items)


def test_other_seeds_give_other_orders():
    asked = questionnaire(*[choice(f"item-{number}") for number in range(6)])
    assert len({tuple(asked.shuffled(str(seed)).items) for seed in range(50)}) > 40


def test_a_changed_word_changes_the_digest():
    assert digest(plain()) == digest(plain()) != digest(plain(choice("other")))


def test_an_item_is_found_by_its_key():
    assert (questionnaire().item("speed").top, questionnaire().item("failed").top) == (4, 100)
    with pytest.raises(KeyError):
        questionnaire().item("unheard-of")
