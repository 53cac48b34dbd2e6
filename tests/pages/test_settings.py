"""The page of settings, and replacing the secret of a token."""

import os

import pytest

from data import people, tokens
from tests.pages.conftest import opened, said


@pytest.fixture(autouse=True)
def only_ours(bare_home, monkeypatch):
    for name in os.environ:
        if name.startswith("MILEPOST_") and name not in ("MILEPOST_HOME", "MILEPOST_JOBS"):
            monkeypatch.delenv(name)


def test_what_is_set_is_told_and_a_secret_is_not(home, monkeypatch, tmp_path):
    (tmp_path / "hook").write_text("the-secret-that-nobody-may-read")
    monkeypatch.setenv("MILEPOST_WEBHOOK_SECRET", f"file:{tmp_path}/hook")
    monkeypatch.setenv("MILEPOST_OIDC_SCOPE", "*all* of it")
    at = opened("admin/settings.py")
    text = said(at)
    assert not at.exception and "Everything that is set can be used." in text
    assert "its value is shown nowhere" in text and "the-secret-that" not in text
    assert "MILEPOST\\_OIDC\\_SCOPES is meant?" in text
    at.button(key="settings_try").click().run()
    assert "**The database** :green-badge[Works]" in said(at)


def test_what_is_wrong_stands_above_and_at_its_place(home, monkeypatch):
    monkeypatch.setenv("MILEPOST_API_RATE", "<b>many</b>")
    monkeypatch.setenv("MILEPOST_TOOLS", "zizmr")
    at = opened("admin/settings.py")
    assert not at.exception and "2 settings have to be mended." in at.error[0].value
    assert said(at).count("MILEPOST\\_API\\_RATE must be a number of requests a minute") == 2
    assert "knows zizmor and hadolint" in at.error[0].value and "<b>" not in said(at)


def test_a_token_gets_another_secret(home):
    who = people.local_person()
    old = tokens.create(who, people.home_organization(who), "Pipeline", ["read"])
    token = tokens.find(old)
    at = opened("admin/programs.py")
    at.button(key=f"token_replace_{token.id}").click().run()
    at.button(key=f"token_replace_{token.id}").click()  # a test draws the whole page anew, and so closes dialogs
    at.button(key="token_replace_go").click().run()
    (new,) = [each.value for each in at.code]
    assert not at.exception and tokens.find(new).id == token.id and tokens.find(old).is_old
    at = opened("admin/programs.py")
    assert "not used since it was replaced" in said(at)
    at.button(key=f"token_end_{token.id}").click().run()
    at.button(key=f"token_end_{token.id}").click()
    at.button(key="token_end_go").click().run()
    with pytest.raises(tokens.Invalid):
        tokens.find(old)
