import pytest

from tests.assessments.evidence.trees import CODE, outcome, probe


@pytest.mark.parametrize("line", [".env", "*.env", ".env*", "**/.env"])
def test_an_ignored_env_is_met(line):
    assert outcome("key-files", CODE | {".gitignore": f"*.pyc\n{line}\n"}) == "met"


def test_nothing_said_of_env_is_partly():
    settings = CODE | {".env.example": "PORT=80\n"}
    assert outcome("key-files", settings | {".gitignore": "*.pyc\n# .env\n"}) == "partly"
    reader = CODE | {"requirements.txt": "python-dotenv==1\n"}
    assert outcome("key-files", reader | {"Dockerfile": "FROM a"}) == "partly"
    assert outcome("key-files", reader) == "met"


def test_a_key_file_or_settings_with_secrets_are_not_met():
    assert outcome("key-files", {"deploy/id_rsa": "x"}) == "not met"
    finding = probe("key-files", {".env": "PORT=80\nDB_PASSWORD=k8Jm2pQx\n"})
    assert (str(finding.outcome), finding.evidence[0].line) == ("not met", 2)
    assert "k8Jm2pQx" not in repr(finding)


def test_examples_and_settings_without_secrets_are_fine():
    files = {
        ".gitignore": ".env\n",
        ".env.example": "DB_PASSWORD=k8Jm2pQx\n",
        "web/.env": "PORT=80\nAPI_KEY=changeme\n",
    }
    assert outcome("key-files", files) == "met"


def test_a_project_without_such_settings_needs_no_gitignore():
    assert outcome("key-files", CODE) == "met"
    assert outcome("key-files", CODE | {".gitignore": "*.pyc\n"}) == "met"
