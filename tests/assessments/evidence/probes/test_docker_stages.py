from tests.assessments.evidence.trees import lines, outcome, probe

TWO = "FROM golang:1.23 AS build\nRUN go build -o /x\nFROM alpine:3\nCOPY --from=build /x /x\n"
ONE = "FROM golang:1.23\nRUN go build -o /x\n"


def test_a_stage_for_building_is_met():
    assert outcome("docker-stages", {"Dockerfile": TWO}) == "met"


def test_building_where_it_is_shipped_is_not_met():
    assert outcome("docker-stages", {"Dockerfile": ONE}) == "not met"
    assert outcome("docker-stages", {"Dockerfile": "FROM a:1\nRUN <<EOF\napt-get install -y gcc\nEOF\n"}) == "not met"


def test_some_is_partly():
    assert outcome("docker-stages", {"a/Dockerfile": TWO, "b/Dockerfile": ONE}) == "partly"


def test_nothing_built_is_not_applicable():
    assert outcome("docker-stages", {"Dockerfile": "FROM a:1\nRUN echo go build\nCOPY x /x\n"}) == "not applicable"
    assert outcome("docker-stages", {"tests/Dockerfile": ONE}) == "not applicable"


def test_the_place_is_what_an_earlier_stage_made():
    file = "FROM node AS web\nRUN npm run build\nFROM python\nCOPY --from=ghcr.io/uv /uv /bin/\nCOPY --from=web /a /a\n"
    assert lines(probe("docker-stages", {"Dockerfile": file})) == [5]
