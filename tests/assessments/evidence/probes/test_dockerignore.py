from tests.assessments.evidence.trees import outcome

ALL = {"web/Dockerfile": "FROM a\nCOPY . .\n"}


def test_one_in_the_root_or_beside_it_is_met():
    assert outcome("dockerignore", ALL | {".dockerignore": ".git\n"}) == "met"
    assert outcome("dockerignore", ALL | {"web/.dockerignore": ".git\n"}) == "met"
    assert outcome("dockerignore", ALL | {"web/Dockerfile.dockerignore": "*\n"}) == "met"


def test_none_or_an_empty_one_is_not_met():
    assert outcome("dockerignore", ALL) == "not met"
    assert outcome("dockerignore", ALL | {".dockerignore": "# nothing\n"}) == "not met"


def test_some_is_partly():
    assert outcome("dockerignore", ALL | {"api/Dockerfile": "FROM a\nADD . /x\n", "api/.dockerignore": "x"}) == "partly"


def test_named_copies_are_not_applicable():
    assert outcome("dockerignore", {"Dockerfile": "FROM a\nCOPY src /src\nCOPY --from=b . .\n"}) == "not applicable"
    assert outcome("dockerignore", {"README.md": ""}) == "not applicable"
