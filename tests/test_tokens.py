"""The look at everything that was written would find a token, wherever it stood."""

import logging

import pytest
from sqlalchemy import delete

from data import store
from data.sources.github import errors
from data.tables import Team
from tests import tokens
from tests.fake_github.access import new_token


@pytest.fixture
def token():
    return new_token("fine_grained", "mona").value


@pytest.fixture(autouse=True)
def forget():
    """What these tests leave on purpose is not to be found at their ends."""
    yield
    tokens.known.clear()


def test_tokens_are_known_by_themselves(token, who):
    from data import people
    from data import tokens as ours

    assert token in tokens.known
    assert ours.create(who, people.home_organization(who), "CI", ["read"]) in tokens.known


def test_in_a_store(home, who, token):
    from data import people

    with store.writing() as session:
        session.add(Team(organization_id=people.home_organization(who), name=f"Of {token}", created_at=1))
    store.dispose()
    with pytest.raises(tokens.Leaked, match=r"milepost\.db"):
        tokens.look_through(home)


def test_in_a_postgresql(on_postgresql, who, token):
    from data import people

    with store.writing() as session:
        session.add(Team(organization_id=people.home_organization(who), name=f"Of {token}", created_at=1))
    with pytest.raises(tokens.Leaked):
        tokens.look_through_database()
    with store.writing() as session:
        session.execute(delete(Team))


def test_in_a_file_but_not_in_one_that_keeps_it(tmp_path, token):
    (tmp_path / "token").write_text(token + "\n")
    tokens.look_through(tmp_path)
    (tmp_path / "log").write_text(f"asked with {token}")
    with pytest.raises(tokens.Leaked):
        tokens.look_through(tmp_path)


def test_in_a_log(token):
    ears = tokens._Ears()
    ears.handle(logging.makeLogRecord({"name": "milepost", "msg": "asked with %s", "args": (token,)}))
    ears.handle(logging.makeLogRecord({"name": "milepost", "msg": "asked"}))
    assert ears.leaks == ["a token stands in clear in the log of milepost"]


def test_in_an_error(token):
    with pytest.raises(tokens.Leaked, match="an error BadToken"):
        raise errors.BadToken(f"GitHub does not know {token}.")


def test_in_a_page(token):
    from streamlit.testing.v1 import AppTest

    with pytest.raises(tokens.Leaked, match="a page"):
        AppTest.from_string(f"import streamlit as st\nst.write('Connected with {token}')").run()
