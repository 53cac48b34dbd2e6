import re

import pytest

from assessments.evidence import of_texts
from assessments.evidence.dependencies import dependencies, depends_on


def found(files):
    return [(each.name, each.line) for each in dependencies(of_texts(files))]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "package.json",
            '{\n "dependencies": {\n  "pino": "1"\n },\n "devDependencies": {"Vitest": "1"}}',
            {"pino", "vitest"},
        ),
        ("requirements.txt", "# flask\nDjango==5\npsycopg[binary] >= 3 # x\n-r other.txt\n", {"django", "psycopg"}),
        (
            "pyproject.toml",
            '[project]\ndependencies = ["httpx>=1"]\n[dependency-groups]\ndev = ["ruff"]\n',
            {"httpx", "ruff"},
        ),
        ("go.mod", "module example.org/x\n\nrequire (\n\tgithub.com/rs/zerolog v1.0.0\n)\n", {"github.com/rs/zerolog"}),
        ("Cargo.toml", '[dependencies]\nserde = "1"\n[dev-dependencies]\ninsta = "1"\n', {"serde", "insta"}),
        ("Gemfile", "gem 'rails', '~> 8'\n# gem 'x'\n", {"rails"}),
        ("pom.xml", "<dependency><artifactId>micrometer-core</artifactId></dependency>", {"micrometer-core"}),
        ("build.gradle.kts", 'implementation("org.x:lib-a:1.0")', {"lib-a"}),
        ("a.csproj", '<PackageReference Include="Serilog" Version="1" />', {"serilog"}),
    ],
)
def test_direct_dependencies_by_name(path, text, expected):
    assert {name for name, _ in found({path: text})} == expected


def test_a_dependency_knows_its_line():
    assert found({"requirements.txt": "a==1\nb==2\n"}) == [("a", 1), ("b", 2)]


def test_a_name_fits_as_a_whole():
    snapshot = of_texts({"requirements.txt": "flask==1\nflask-login==1\n"})
    assert [each.name for each in depends_on(snapshot, re.compile("flask"))] == ["flask"]


def test_a_broken_manifest_is_named():
    snapshot = of_texts({"package.json": "{", "examples/package.json": "{"})
    with snapshot.asking() as unread:
        assert dependencies(snapshot) == ()
    assert unread == {"package.json": "line 1 is not JSON"}


def test_what_others_need_is_no_dependency_of_ones_own():
    files = {
        "go.mod": "module x\nrequire (\n\texample.org/a v1.0.0\n\texample.org/b v1.0.0 // indirect\n)\n",
        "requirements.in": "flask\n",
        "requirements.txt": "flask==3\nwerkzeug==3\n",
    }
    assert {each.name for each in dependencies(of_texts(files))} == {"example.org/a", "flask"}


def test_dependencies_stand_in_the_order_of_their_file():
    names = [f"part-{number * 37 % 101}" for number in range(30)]
    listed = ", ".join(f'"{name}": "1"' for name in names)
    assert [name for name, _ in found({"package.json": f'{{"dependencies": {{{listed}}}}}'})] == names
