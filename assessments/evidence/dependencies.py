"""What a project depends on, from its manifests, and which ecosystems it uses."""

import posixpath
import re
from dataclasses import dataclass

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.documents import load_json, load_toml, table
from assessments.evidence.snapshot import Snapshot

#: Manifests of one kind that are read.
MANIFESTS = 300


@dataclass(frozen=True)
class Dependency:
    """name: in lower case, as the manifest writes it."""

    name: str
    path: str
    line: int | None


@dataclass(frozen=True)
class Ecosystem:
    """manifests and locks: globs of names. updates: how Dependabot calls it. locked: whether applications are expected
    to have a lock file. always: lock files may stand further up in a workspace."""

    name: str
    manifests: tuple[str, ...]
    locks: tuple[str, ...]
    updates: tuple[str, ...]
    locked: bool = True


ECOSYSTEMS = (
    Ecosystem(
        "npm",
        ("**/package.json",),
        (
            "package-lock.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
            "bun.lockb",
            "npm-shrinkwrap.json",
            "deno.lock",
        ),
        ("npm", "bun"),
    ),
    Ecosystem(
        "Python",
        ("**/pyproject.toml", "**/requirements*.{txt,in}", "**/requirements/*.{txt,in}", "**/Pipfile", "**/setup.py"),
        ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "conda-lock.yml", "pixi.lock"),
        ("pip", "uv"),
    ),
    Ecosystem("Go", ("**/go.mod",), ("go.sum",), ("gomod",)),
    Ecosystem("Rust", ("**/Cargo.toml",), ("Cargo.lock",), ("cargo",)),
    Ecosystem("Ruby", ("**/Gemfile",), ("Gemfile.lock",), ("bundler",)),
    Ecosystem("PHP", ("**/composer.json",), ("composer.lock",), ("composer",)),
    Ecosystem("Maven", ("**/pom.xml",), (), ("maven",), locked=False),
    Ecosystem(
        "Gradle",
        ("**/build.gradle", "**/build.gradle.kts", "**/libs.versions.toml"),
        ("gradle.lockfile", "verification-metadata.xml"),
        ("gradle",),
        locked=False,
    ),
    Ecosystem(".NET", ("**/*.{csproj,fsproj}",), ("packages.lock.json",), ("nuget",), locked=False),
    Ecosystem("Elixir", ("**/mix.exs",), ("mix.lock",), ("mix",)),
    Ecosystem("Dart", ("**/pubspec.yaml",), ("pubspec.lock",), ("pub",)),
    Ecosystem("Terraform", ("**/*.tf",), (".terraform.lock.hcl",), ("terraform", "opentofu"), locked=False),
    Ecosystem("Docker", ("**/Dockerfile", "**/Dockerfile.*", "**/*.Dockerfile"), (), ("docker",), locked=False),
    Ecosystem("GitHub Actions", (".github/workflows/*.{yml,yaml}",), (), ("github-actions",), locked=False),
)


def used(snapshot: Snapshot) -> dict[Ecosystem, tuple[str, ...]]:
    """Manifests by ecosystem, without those of tests and examples."""
    found = {each: snapshot.active(*each.manifests) for each in ECOSYSTEMS}
    return {each: paths for each, paths in found.items() if paths}


def dependencies(snapshot: Snapshot) -> tuple[Dependency, ...]:
    """Direct dependencies of all manifests, those for development too."""
    return snapshot.once(_dependencies)


def depends_on(snapshot: Snapshot, names: re.Pattern) -> list[Dependency]:
    """Dependencies whose whole name fits."""
    return [each for each in dependencies(snapshot) if names.fullmatch(each.name)]


def _dependencies(snapshot: Snapshot) -> tuple[Dependency, ...]:
    found: list[Dependency] = []
    for globs, read in _READERS.items():
        for path, text in snapshot.texts(snapshot.active(*globs)[:MANIFESTS]):
            if path.endswith(".txt") and f"{path[:-4]}.in" in snapshot.entries:
                continue  # made from the other, with what that needs in turn
            try:
                found += [Dependency(name.lower(), path, line) for name, line in read(text)]
            except Malformed as error:
                snapshot.refuse(path, str(error))
    return tuple(found)


def _of_json(*keys: str):
    def read(text: str) -> list[tuple[str, int | None]]:
        plain = load_json(text)
        lines = {name: None for key in keys for name in table(plain, key)}
        for number, line in enumerate(text.splitlines(), 1):
            said = re.match(r'\s*"([^"]{1,200})"\s*:', line)
            if said and said[1] in lines and lines[said[1]] is None:
                lines[said[1]] = number
        return list(lines.items())

    return read


def _of_lines(pattern: str):
    compiled = re.compile(pattern)

    def read(text: str) -> list[tuple[str, int | None]]:
        numbered = enumerate(text.splitlines(), 1)
        return [(found[1], number) for number, line in numbered for found in compiled.finditer(line[:1000])]

    return read


_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")


def _of_pyproject(text: str) -> list[tuple[str, int | None]]:
    plain = load_toml(text)
    listed: list = []
    project = table(plain, "project")
    groups = [project.get("dependencies"), *table(project, "optional-dependencies").values()]
    groups += [*table(plain, "dependency-groups").values(), table(plain, "tool", "uv").get("dev-dependencies")]
    for group in groups:
        listed += [each for each in group if isinstance(each, str)] if isinstance(group, list) else []
    poetry = table(plain, "tool", "poetry")
    listed += [*table(poetry, "dependencies"), *table(poetry, "dev-dependencies")]
    for group in table(poetry, "group").values():
        listed += list(table(group, "dependencies"))
    names = {found[1] for each in listed if (found := _REQUIREMENT.match(each))}
    lines = text.splitlines()
    return [
        (name, next((number for number, line in enumerate(lines, 1) if name in line), None)) for name in sorted(names)
    ]


def _of_cargo(text: str) -> list[tuple[str, int | None]]:
    plain = load_toml(text)
    parts = ("dependencies", "dev-dependencies", "build-dependencies")
    names = {name for part in parts for name in table(plain, part)} | set(table(plain, "workspace", "dependencies"))
    lines = text.splitlines()
    return [
        (name, next((number for number, line in enumerate(lines, 1) if name in line), None)) for name in sorted(names)
    ]


_READERS = {
    ("**/package.json",): _of_json("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"),
    ("**/composer.json",): _of_json("require", "require-dev"),
    ("**/pyproject.toml",): _of_pyproject,
    ("**/requirements*.{txt,in}", "**/requirements/*.{txt,in}"): _of_lines(
        r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[|[=<>~!;@]|$)"
    ),
    ("**/setup.{py,cfg}", "**/Pipfile"): _of_lines(
        r"^\s*[\"']?([A-Za-z0-9][\w.-]*)[\"']?\s*(?:\[[\w,]*\])?\s*[=<>~!]=?[^,]*,?$"
    ),
    ("**/go.mod",): _of_lines(r"^\s*(?:require\s+)?([a-z0-9.-]+\.[a-z]+/[^\s]+)\s+v[0-9](?!.*//\s*indirect)"),
    ("**/Cargo.toml",): _of_cargo,
    ("**/Gemfile", "**/*.gemspec"): _of_lines(r"^\s*(?:gem|\w+\.add_\w*dependency)[\s(]+[\"']([\w.-]+)[\"']"),
    ("**/pom.xml",): _of_lines(r"<artifactId>\s*([\w.-]+)\s*</artifactId>"),
    ("**/*.gradle", "**/*.gradle.kts", "**/libs.versions.toml"): _of_lines(r"[\"'][\w.-]+:([\w.-]+)(?::[^\"']*)?[\"']"),
    ("**/*.{csproj,fsproj,props}",): _of_lines(r"<PackageReference\s+[^>]*Include=\"([\w.-]+)\""),
    ("**/mix.exs",): _of_lines(r"\{:(\w+),"),
    ("**/pubspec.yaml",): _of_lines(r"^  ([a-z][a-z0-9_]*):"),
}


def lock_of(snapshot: Snapshot, ecosystem: Ecosystem, manifest: str) -> str | None:
    """The lock file of a manifest: beside it, or further up in a workspace."""
    folder = posixpath.dirname(manifest)
    while True:
        for name in ecosystem.locks:
            path = f"{folder}/{name}" if folder else name
            if path in snapshot.entries:
                return path
        if not folder:
            return None
        folder = posixpath.dirname(folder)
