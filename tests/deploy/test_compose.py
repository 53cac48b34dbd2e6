"""compose.yaml: right by the schema of compose files, and what makes it one deployment of Milepost."""

import gzip
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

import milepost
from data import settings_table

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = [name for name, each in SERVICES.items() if each["image"] == "${IMAGE:-milepost:local}"]


def in_example(optional: bool = False) -> dict[str, str]:
    """The settings of the example; optional: those that stand in comments."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = (re.fullmatch(r"(# )?([A-Z_]+)=(.*)", line) for line in lines)
    return {each[2]: each[3] for each in named if each and bool(each[1]) is optional}


def test_the_schema_of_compose_files_is_met():
    packed = (Path(__file__).parent / "compose-spec.json.gz").read_bytes()
    jsonschema.Draft202012Validator(json.loads(gzip.decompress(packed))).validate(COMPOSE)


def test_what_must_be_set_is_in_the_example_and_nothing_else():
    assert set(re.findall(r"\$\{(\w+):\?", TEXT)) == set(in_example())
    assert set(re.findall(r"\$\{(\w+):-", TEXT)) - {"IMAGE"} == {"APP_REPLICAS"} <= set(in_example(optional=True))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\$\{(\w+):\?", TEXT))))
def test_what_is_missing_is_named(name):
    assert f"${{{name}:?Set {name} in .env}}" in TEXT


def test_every_setting_is_one_that_milepost_knows():
    named = {*SERVICES["app"]["environment"], *in_example(), *in_example(optional=True)}
    assert {name for name in named if name.startswith("MILEPOST_") and name not in settings_table.ALL} == set()


@pytest.mark.parametrize("name", OURS)
def test_commands_are_commands(name):
    assert milepost.parser().parse_args(SERVICES[name]["command"]).run


def test_one_image_serves_portal_door_worker_and_migration():
    assert sorted(OURS) == ["app", "migrate", "server", "worker"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(OURS)))
def test_images_of_others_are_pinned_by_digest(name):
    assert re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", SERVICES[name]["image"])


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_is_looked_after(name):
    one = SERVICES[name]
    assert one["security_opt"] == ["no-new-privileges:true"]
    if name == "migrate":
        assert one["restart"] == "no"
    else:
        assert one["restart"] == "unless-stopped"
    # The image has a check of its own for the portal; a worker ends when it cannot go on.
    assert "healthcheck" in one or name == "app"


@pytest.mark.parametrize("name", OURS)
def test_ours_may_change_nothing_but_its_data(name):
    one = SERVICES[name]
    assert one["read_only"] and one["cap_drop"] == ["ALL"] and "user" not in one  # that of the image: 10001
    assert one["volumes"] == ["milepost:/data"]


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["proxy"]
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert SERVICES["proxy"]["networks"] == ["front"]
    assert all(SERVICES[name]["networks"] == ["back"] for name in ("database", "queue"))


def test_nothing_of_ours_starts_before_the_store_has_its_form():
    done = {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert all(SERVICES[name]["depends_on"]["migrate"] == done for name in ("app", "server", "worker"))


def test_everything_that_is_mounted_is_declared_or_there():
    named = set()
    for each in SERVICES.values():
        for mount in each.get("volumes", ()):
            source = mount.partition(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file()
            else:
                named.add(source)
    assert named == set(COMPOSE["volumes"])


def test_no_secret_stands_in_the_files():
    assert {name: value for name, value in in_example().items() if re.search("SECRET|PASSWORD", name) and value} == {}


def test_the_file_with_the_secrets_is_not_kept_by_git():
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
