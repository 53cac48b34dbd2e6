"""Files of other tools become findings with their source named, whole or not at all, whatever is in them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from assessments.evidence import Outcome
from assessments.evidence.finding import PLACES
from data import people, store, teams
from data.access import Forbidden, NotFound
from data.evidence import strict
from data.people import Who
from data.practices import evaluations, imports, reading_sarif
from data.sources.files import FileError
from data.tables import AuditEvent, Finding, Service
from tests.data.arrange import Place
from tests.data.evidence import showing

SCORECARD = {
    "date": "2026-03-02T10:00:00Z",
    "repo": {"name": "github.com/acme/shop", "commit": "a" * 40},
    "scorecard": {"version": "v5.0.0", "commit": "b" * 40},
    "score": 6.8,
    "checks": [
        {"name": "License", "score": 10, "reason": "license file detected", "details": ["Info: found: LICENSE:0"]},
        {"name": "Code-Review", "score": 0, "reason": "30 of 30 changesets unreviewed", "details": None},
        {
            "name": "Pinned-Dependencies", "score": 4, "reason": "some are not pinned",
            "details": ["Info: 3 of 7 are pinned", "Warn: containerImage not pinned by hash: build/Dockerfile:3"],
            "documentation": {"short": "Pins the dependencies of the build.", "url": "https://example.org"},
        },
        {"name": "Fuzzing", "score": -1, "reason": "internal error"},
    ],
}  # fmt: skip


def sarif(*results: dict, **run) -> dict:
    driver = {"name": "Checker", "semanticVersion": "1.2.3", "rules": [{"id": "A1"}, {"id": "B2"}]}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}


def result(rule: str = "A1", level: str | None = None, uri: str = "src/a.py", line: int = 3, **more) -> dict:
    place = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}
    found = {"ruleId": rule, "message": {"text": "Mend this."}, "locations": [place], **more}
    return found if level is None else {**found, "level": level}


MODEL = """
Build and Deployment:
  Build:
    Defined build process:
      uuid: f6f7737f-25a9-4317-8de2-09bf59f29b5b
      teamsImplemented: {Default: false, Shop: true}
    Signing of code:
      uuid: 9f107927-61e9-4574-85ad-3f2b4bca8665
      teamsImplemented: {Default: true, Shop: false}
    Pinning of artifacts:
      teamsImplemented: {Default: false}
"""
PROGRESS = """
progress:
  a340f46b-6360-4cb8-847b-a0d3483d09d3:  # in virtual environments
    Shop: {Planned: 2025-01-01, Started: 2025-02-01}
  f6f7737f-25a9-4317-8de2-09bf59f29b5b:
    Shop: {Planned: 2025-03-01, Implemented: 2025-05-01}
  9f107927-61e9-4574-85ad-3f2b4bca8665:
    Shop: {Planned: 2025-03-01}
  3d1f4c3b-f713-46d9-933a-54a014a26c03:
    Shop: {Blessed: 2025-03-01}
"""


def read(kind: str, value, team: str | None = None) -> imports.Read:
    content = (
        value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value).encode()
    )
    return imports.read(kind, content, team)


def outcomes(found: imports.Read) -> dict[str, str]:
    return {each.probe.key: str(each.finding.outcome) for each in found.evaluation.results}


# Scorecard


def test_scores_become_outcomes_and_no_overall_score_is_taken():
    found = read("scorecard", SCORECARD)
    assert outcomes(found) == {
        "Code-Review": "not met",
        "Fuzzing": "unknown",
        "License": "met",
        "Pinned-Dependencies": "partly",
    }
    assert found.content.as_of == int(datetime(2026, 3, 2, 10, tzinfo=UTC).timestamp() * 1_000_000)
    assert (found.content.commit, found.content.tool) == ("a" * 40, "OpenSSF Scorecard v5.0.0")
    assert "6.8" not in repr(found)


def test_a_check_names_the_file_it_warns_about():
    finding = read("scorecard", SCORECARD).evaluation.of("Pinned-Dependencies")
    assert [(place.path, place.line) for place in finding.evidence] == [("build/Dockerfile", 3)]
    assert finding.because == "Pinned-Dependencies: 4 of 10, some are not pinned"


def test_version_four_writes_a_day_and_is_read_alike():
    older = {**SCORECARD, "date": "2023-05-22", "scorecard": {"version": "v4.10.5"}}
    found = read("scorecard", older)
    assert (len(found.evaluation.results), found.content.tool) == (4, "OpenSSF Scorecard v4.10.5")
    assert found.content.as_of == int(datetime(2023, 5, 22, tzinfo=UTC).timestamp() * 1_000_000)


def test_a_check_that_cannot_be_used_is_counted():
    broken = {**SCORECARD, "checks": [*SCORECARD["checks"], {"name": "X", "score": 11}, {"score": 3}, 7]}
    assert "Left out: checks without a name or a score from -1 to 10 (3)." in read("scorecard", broken).sentences


# SARIF


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"level": "error"}, "not met"),
        ({"level": "warning"}, "not met"),
        ({}, "not met"),
        ({"level": "note"}, "partly"),
        ({"kind": "pass"}, "met"),
        ({"kind": "review"}, "unknown"),
        ({"kind": "notApplicable"}, "not applicable"),
    ],
)
def test_levels_and_kinds_become_outcomes(more, outcome):
    assert outcomes(read("sarif", sarif(result(**more)))) == {"A1": outcome}


def test_a_rule_has_the_worst_outcome_and_only_its_places():
    found = read(
        "sarif", sarif(result(level="note", line=1), result(level="error", line=2), result(kind="pass", line=3))
    )
    finding = found.evaluation.of("A1")
    assert (finding.outcome, [place.line for place in finding.evidence], finding.total) == (Outcome.NOT_MET, [2], 1)


def test_the_level_of_the_rule_counts_where_a_result_has_none():
    log = sarif({**result(), "ruleId": None, "ruleIndex": 1})
    log["runs"][0]["tool"]["driver"]["rules"][1]["defaultConfiguration"] = {"level": "note"}
    assert outcomes(read("sarif", log)) == {"B2": "partly"}


def test_what_is_suppressed_gone_or_only_informs_is_left_out_and_counted():
    log = sarif(
        result("S1", suppressions=[{"kind": "inSource"}]),
        result("S2", suppressions=[{"kind": "external", "status": "rejected"}]),
        result("G1", baselineState="absent"),
        result("I1", level="none"),
        result("I2", kind="informational"),
    )
    found = read("sarif", log)
    assert outcomes(found) == {"S2": "not met"}
    assert found.sentences[1:] == (
        "Left out: suppressed results (1).",
        "Left out: results that are gone since the baseline (1).",
        "Left out: results that only inform (2).",
    )


def test_a_rule_that_found_nothing_says_nothing():
    assert outcomes(read("sarif", sarif())) == {}


def test_runs_of_several_tools_keep_their_rules_apart():
    log = sarif(result())
    log["runs"].append({"tool": {"driver": {"name": "Other"}}, "results": [result(level="note")]})
    found = read("sarif", log)
    assert outcomes(found) == {"Checker: A1": "not met", "Other: A1": "partly"}
    assert found.content.tool == "Checker 1.2.3, Other"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("src/gr%C3%B6%C3%9Fe%20a.py", "src/größe a.py"),
        ("./a.py", "a.py"),
        ("file:///home/me/a.py", None),
        ("../../etc/passwd", None),
        ("/etc/passwd", None),
        ("https://evil.example/a.py", None),
        ("http://[", None),
    ],
)
def test_only_places_inside_the_repository_are_named(uri, path):
    assert [place.path for place in read("sarif", sarif(result(uri=uri))).evaluation.of("A1").evidence] == [path]


def test_files_are_found_by_their_number_too():
    located = {"physicalLocation": {"artifactLocation": {"index": 1}}}
    log = sarif({**result(), "locations": [located]}, artifacts=[{}, {"location": {"uri": "b.py"}}])
    assert [place.path for place in read("sarif", log).evaluation.of("A1").evidence] == ["b.py"]


def test_a_run_that_failed_is_told():
    found = read("sarif", sarif(invocations=[{"executionSuccessful": False, "endTimeUtc": "2026-03-02T10:00:00Z"}]))
    assert found.content.notes == ("The tool says that its run failed: what it did not find is not known.",)
    assert found.content.as_of is not None


def test_our_own_sarif_is_read_again_as_it_was_written(tmp_path):
    from data.evidence.sarif import as_sarif
    from data.evidence.shown import show

    shown = show(showing.shop(tmp_path).path)
    found = read("sarif", as_sarif(shown))
    assert outcomes(found).keys() == {each.probe.key for each in shown.open}
    assert found.evaluation.of("ci-script-injection").evidence[0].path == ".github/workflows/ci.yml"


# DSOMM


def test_a_model_tells_of_the_team_that_is_chosen():
    with pytest.raises(imports.TeamsNamed) as several:
        read("dsomm", MODEL)
    assert several.value.teams == ["Default", "Shop"]
    found = read("dsomm", MODEL, "Shop")
    assert outcomes(found) == {
        "f6f7737f-25a9-4317-8de2-09bf59f29b5b": "met",
        "9f107927-61e9-4574-85ad-3f2b4bca8665": "not met",
    }
    assert found.evaluation.of("f6f7737f-25a9-4317-8de2-09bf59f29b5b").because == (
        "Defined build process (Build): implemented"
    )
    assert found.sentences[2:] == ("Left out: activities about which it says nothing for this team (1).",)


def test_progress_tells_the_furthest_stage_and_leaves_out_stages_of_other_names():
    found = read("dsomm", PROGRESS)
    assert sorted(outcomes(found).values()) == ["met", "not met", "partly"]
    assert any("stages of other names" in each for each in found.sentences)


def test_an_older_model_speaks_of_one_team():
    older = (
        "Culture:\n  Design:\n    Threat modelling: {isImplemented: true}\n    Abuse stories: {isImplemented: false}\n"
    )
    assert outcomes(read("dsomm", older)) == {
        "Culture/Design/Abuse stories": "not met",
        "Culture/Design/Threat modelling": "met",
    }


# What cannot be used

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("scorecard", b"", "is empty"),
        ("scorecard", b"{", "line 1 is not JSON"),
        ("scorecard", b"[]", "it is no report of Scorecard"),
        ("scorecard", b'{"scorecard": {}, "findings": [1]}', "make it with --format json"),
        ("scorecard", json.dumps(SCORECARD).replace("6.8", "NaN").encode(), "NaN is no number of JSON"),
        ("scorecard", json.dumps(SCORECARD).replace("6.8", "1e999").encode(), "a number is too large"),
        ("scorecard", json.dumps(SCORECARD).replace("6.8", "9" * 5000).encode(), "more than 300 digits"),
        ("scorecard", b'{"scorecard": {}, "scorecard": {}, "checks": [1]}', "'scorecard' stands twice"),
        ("scorecard", json.dumps(SCORECARD).encode("utf-16"), "it is UTF-16; save it as UTF-8"),
        ("scorecard", b'{"a": "\xff"}', "it is not UTF-8 text"),
        ("scorecard", b"\0" * 100, "it is not text"),
        ("sarif", b"[" * 100_000, "nested too deep"),
        ("sarif", b'{"a":' * 80 + b"1" + b"}" * 80, "nested deeper than 60 levels"),
        ("sarif", b'"' + b"x" * (21 * 1024 * 1024), "larger than 20 MB"),
        ("sarif", b'{"version": "2.0.0", "runs": [{}]}', "it is SARIF 2.0.0; export it as 2.1.0"),
        ("sarif", b'{"version": "2.1.0", "runs": []}', "it holds no run of a tool"),
        ("dsomm", BOMB, "it stands for more than 200,000 values"),
        ("dsomm", "{a: " * 70 + "1" + "}" * 70, "nested deeper than 60 levels"),
        ("dsomm", "a: 1\na: 2\n", "line 2 names 'a' a second time"),
        ("dsomm", "a: [", "is not YAML"),
        ("dsomm", "a: !!python/object/apply:os.system [ls]\n", "it is no file of DSOMM"),
        ("dsomm", "- a\n", "it is no file of DSOMM"),
        ("dsomm", "progress: {}\n", "no activity in it says whether it is implemented"),
        ("dsomm", "x" * (5 * 1024 * 1024), "larger than 4 MB"),
        ("other", b"{}", "Choose what the file holds"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_sentence(kind, content, said):
    with pytest.raises(FileError) as refused:
        read(kind, content)
    assert said in str(refused.value) and str(refused.value).count("\n") == 0


def test_a_file_of_empty_lists_is_refused_before_it_takes_the_memory(monkeypatch):
    monkeypatch.setattr(strict, "VALUES", 1_000)
    monkeypatch.setattr(strict.json, "loads", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(FileError, match="holds more than 1,000 values"):
        imports.read("sarif", b"[" + b"[]," * 1_000 + b"{}]")


def test_of_what_is_said_over_and_over_only_what_is_kept_is_put_together(monkeypatch):
    put_together = []
    monkeypatch.setattr(reading_sarif, "_message", lambda *_: put_together.append(1) or f"said {len(put_together)}")
    found = read("sarif", sarif(*[result() for _ in range(5 * PLACES)])).evaluation.of("A1")
    assert (len(put_together), len(found.evidence), found.total) == (PLACES, PLACES, 5 * PLACES)


WORDS = """version runs results tool driver rules name ruleId ruleIndex rule index level kind message text id arguments
    locations physicalLocation artifactLocation uri region startLine suppressions status checks score reason details
    scorecard repo commit date artifacts location invocations extensions"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS.split()), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=50)
@given(JSON, JSON)
@example({"tool": 1}, [1])
@example({"results": [{"ruleId": "a", "locations": [[]], "message": []}]}, {})
def test_any_json_is_read_or_refused(run, check):
    for kind, value in (
        ("sarif", {"version": "2.1.0", "runs": [run, {"results": [run, check]}]}),
        (
            "scorecard",
            {"scorecard": run, "repo": check, "date": "2", "checks": [run, check, {"name": "a", "score": run}]},
        ),
        ("sarif", run),
        ("scorecard", check),
    ):
        try:
            found = read(kind, value)
        except FileError:
            continue
        assert all(each.probe.key and "\n" not in each.finding.because for each in found.evaluation.results)


@given(st.binary(max_size=300) | st.text(alphabet="abP:{}[]&*!-\n \"'|>01", max_size=120).map(str.encode))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_read_or_refused(content):
    for kind in imports.KINDS:
        try:
            imports.read(kind, content)
        except FileError as error:
            assert str(error)


# Keeping


def rows(table=Finding) -> int:
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_findings_are_kept_with_their_source_and_replaced_whole(both, who):
    place = Place(who)
    imports.save(who, read("sarif", sarif(result("A1"), result("B2"))), service_id=place.service_id)
    imports.save(who, read("scorecard", SCORECARD), service_id=place.service_id)
    imports.save(who, read("sarif", sarif(result("B2", level="note"))), service_id=place.service_id)
    imports.save(who, read("dsomm", PROGRESS), team_id=place.team_id)
    of_service = {each.origin: each for each in imports.kept(who, service_id=place.service_id)}
    assert {origin: each.tool for origin, each in of_service.items()} == {
        "sarif": "Checker 1.2.3",
        "scorecard": "OpenSSF Scorecard v5.0.0",
    }
    assert {key: str(each.outcome) for key, each in of_service["sarif"].findings.items()} == {"B2": "partly"}
    assert [each.origin for each in imports.kept(who, team_id=place.team_id)] == ["dsomm"]
    assert imports.remove(who, "sarif", service_id=place.service_id)
    assert not imports.remove(who, "sarif", service_id=place.service_id)
    with store.reading() as session:
        traced = select(AuditEvent.action).where(AuditEvent.action.like("%findings"))
        assert sorted(session.execute(traced).scalars()) == ["import_findings"] * 4 + ["remove_findings"]


def test_hostile_names_are_kept_whole_or_shortened(both, who):
    place = Place(who)
    long = ["x" * 5000 + "a", "x" * 5000 + "b", "nul\0", "\ud800", "🚀" * 300]
    found = read("sarif", sarif(*(result(name, uri=f"a/{name[-40:]}") for name in long)))
    imports.save(who, found, service_id=place.service_id)
    assert rows() == len(found.evaluation.results)


def test_they_never_count_for_what_probes_found(both, who):
    place = Place(who)
    imports.save(who, read("sarif", sarif(result("codeowners", kind="pass"))), service_id=place.service_id)
    with store.reading() as session:
        assert evaluations.of_repositories(session, [place.repository_id]) == {}


def test_only_who_may_add_to_every_team_of_a_repository_may_keep_them(home, who):
    place = Place(who)
    other = teams.create_team(who, place.organization_id, "Other")
    second = teams.create_service(who, other, "Second")
    with store.writing() as session:
        session.get(Service, second).repository_id = place.repository_id
    lead = Who(7, "lead", team_roles=frozenset({(place.organization_id, place.team_id, "team_lead")}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "of_this_moment", lambda who: who)
        for one in (lead, Who(9, "nobody")):
            with pytest.raises(Forbidden):
                imports.save(one, read("sarif", sarif(result())), service_id=place.service_id)
            with pytest.raises(Forbidden):
                imports.save(one, read("dsomm", PROGRESS), team_id=other)
        with pytest.raises(Forbidden):
            imports.kept(Who(9, "nobody"), service_id=place.service_id)
    assert rows() == 0


def test_a_kind_belongs_to_a_service_or_to_a_team(home, who):
    place = Place(who)
    with pytest.raises(ValueError, match="belong to a service"):
        imports.save(who, read("dsomm", PROGRESS), service_id=place.service_id)
    with pytest.raises(NotFound):
        imports.save(who, read("sarif", sarif(result())), service_id=999)
