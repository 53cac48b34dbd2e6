"""The dry run, rules worth proposing, and globs."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.delivery import globs, judge
from assessments.delivery.production import dry_run, propose
from assessments.delivery.settings import ProductionRule
from tests.assessments.delivery.story import deploy, merge, story, tag


def proposed(*events) -> list[ProductionRule]:
    return propose(story(*events).facts)


def test_the_dry_run_is_newest_first_and_says_why():
    told = story(
        merge("A", 1),
        tag("v1", "A", 2),
        tag("nightly", "A", 5),
        deploy("d", "A", 3),
        deploy("e", "A", None, kind="tag", ref="v2"),
        rule=ProductionRule(kind="tag", include="v*"),
    )
    assert dry_run(told.facts, told.settings).select("deployment_id", "counts", "reason").rows() == [
        ("nightly", False, "nightly does not match v*."),
        ("d", False, "The rule counts tags; this is of kind github_deployment."),
        ("v1", True, "v1 matches v*."),
        ("e", False, "Its finish time is not known."),
    ]


def test_a_name_with_braces_is_only_a_name():
    told = story(
        *(deploy("d", None, 2, environment="prod-{}"), deploy("e", None, 3, environment="prod {x}")),
        leading_environment="PROD-{}",
    )
    assert dry_run(told.facts, told.settings)["reason"].to_list() == [
        "prod {x} is not the leading environment (PROD-{}).",
        "Environment prod-{} matches prod*, live.",
    ]


def test_the_order_of_preference():
    kinds = [
        rule.kind
        for rule in proposed(
            merge("A", 1),
            deploy("i", "A", 2, kind="import", environment=None),
            deploy("w", "A", 2, kind="workflow", name="Deploy"),
            tag("v1.0", "A", 2),
            deploy("r", "A", 2, kind="release", ref="v1.0"),
            deploy("d", "A", 2),
        )
    ]
    assert kinds == ["github_deployment", "release", "tag", "workflow", "import", "merge"]


def test_nothing_known_proposes_nothing():
    assert proposed() == []


def test_only_merges_propose_merges():
    assert proposed(merge("A", 1)) == [ProductionRule(kind="merge")]


def test_staging_alone_proposes_no_deployments():
    assert proposed(deploy("d", None, 2, environment="staging")) == []


def test_an_environment_with_production_inside_its_name():
    (rule,) = proposed(deploy("d", None, 2, environment="eu-production"))
    assert rule.environment == "*prod*, *live*"


def test_tags_are_proposed_by_their_prefix_without_early_versions():
    rule = proposed(*(tag(name, None, 2) for name in ("v1.0", "v1.1", "v2.0rc1", "v2.0-beta", "docs-old")))[0]
    assert (rule.include, rule.exclude) == ("v[0-9]*", "*[0-9]rc*, *beta*")


def test_where_the_releases_are_betas_betas_are_proposed():
    rule = proposed(*(tag(name, None, 2) for name in ("v0.1", "v0.2b0", "v0.3b0", "v0.4b0")))[0]
    assert (rule.include, rule.exclude) == ("v[0-9]*", "")


def test_each_prefix_of_a_monorepo_is_proposed_the_commonest_first():
    rules = proposed(*(tag(name, None, 2) for name in ("api/v1", "api/v2", "web/v1", "1.0", "1.1", "1.2")))
    assert [rule.include for rule in rules] == ["[0-9]*", "api/v[0-9]*", "web/v[0-9]*"]


def test_a_name_is_proposed_as_it_stands():
    told = story(deploy("w", None, 2, kind="workflow", name=" Deploy [eu], *all*"), tag("t", None, 2, ref=" 1.0"))
    rules = propose(told.facts)
    assert [rule.include for rule in rules] == ["?[0-9]*", "?Deploy ?eu]? ?all?"]
    for rule in rules:
        assert judge(told.facts, told.settings.model_copy(update={"rule": rule})).deployments["counts"].sum() == 1


def test_workflows_that_sound_like_deploying():
    rules = proposed(*(deploy(n, None, 2, kind="workflow", name=n) for n in ("Test", "Deploy to prod", "lint")))
    assert [rule.include for rule in rules] == ["Deploy to prod"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=4))
def test_whatever_is_proposed_counts_something(names):
    told = story(*(tag(name or "x", None, i + 1) for i, name in enumerate(names)), merge("A", 1))
    for rule in propose(told.facts):
        chosen = told.settings.model_copy(update={"rule": rule})
        assert judge(told.facts, chosen).deployments["counts"].any()


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("api/**", "api/a/b.py", True),
        ("api/**", "web/api/a.py", False),
        ("api", "api/a/b.py", True),
        ("api/", "lib/api/x.py", True),
        ("*.md", "docs/deep/a.md", True),
        ("docs/*.md", "docs/deep/a.md", False),
        ("docs/*.md", "docs/a.md", True),
        ("**/test_*.py", "a/b/test_x.py", True),
        ("**/test_*.py", "test_x.py", True),
        ("src/**/main.py", "src/main.py", True),
        ("src/**/main.py", "src/a/b/main.py", True),
        ("/README", "README", True),
        ("./api/x", "api/x", True),
        ("a?c", "abc", True),
        ("a?c/d", "a/c/d", False),
        ("a[0-9]/x", "a7/x", True),
        ("a[!0-9]/x", "a7/x", False),
        ("a.c/d", "abc/d", False),
        ("API/x", "api/x", False),
        ("a b/(x)", "a b/(x)", True),
    ],
)
def test_path_globs(glob, path, matches):
    assert pl.Series([path]).str.contains(globs.paths((glob,)))[0] is matches


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_glob_breaks_the_expression(glob, text):
    """Whatever people type compiles, and a text without special signs matches itself."""
    for expression in (globs.names(glob), globs.paths((glob,))):
        assert pl.Series([text]).str.contains(expression).dtype == pl.Boolean


@given(st.text("abz-!^][*?\\&~.|(){}+", max_size=12))
def test_no_set_breaks_the_expression(inside):
    assert pl.Series(["a"]).str.contains(globs.names(f"x[{inside}]*")).dtype == pl.Boolean


def test_only_digits_that_a_glob_means_begin_a_version():
    rule = proposed(tag("𝟎", None, 1), tag("v1", None, 2))[0]
    assert rule.include == "v[0-9]*"
