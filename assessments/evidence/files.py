"""Which files of a repository are code, tests, documentation, or belong to which ecosystem."""

import re
from dataclasses import dataclass

from assessments.evidence.rules import rule_tests
from assessments.evidence.snapshot import Snapshot, sample

#: Endings of source files, by language.
LANGUAGES = {
    "Python": ("py", "pyi"),
    "JavaScript": ("js", "mjs", "cjs", "jsx"),
    "TypeScript": ("ts", "tsx", "mts", "cts"),
    "Go": ("go",),
    "Java": ("java",),
    "Kotlin": ("kt", "kts"),
    "Scala": ("scala",),
    "Groovy": ("groovy",),
    "Ruby": ("rb",),
    "PHP": ("php",),
    "C#": ("cs",),
    "F#": ("fs",),
    "Rust": ("rs",),
    "C": ("c", "h"),
    "C++": ("cc", "cpp", "cxx", "hpp", "hh"),
    "Swift": ("swift",),
    "Objective-C": ("m", "mm"),
    "Dart": ("dart",),
    "Elixir": ("ex", "exs"),
    "Erlang": ("erl",),
    "Haskell": ("hs",),
    "Clojure": ("clj", "cljs", "cljc"),
    "Julia": ("jl",),
    "R": ("r",),
    "Perl": ("pl", "pm"),
    "Lua": ("lua",),
    "Shell": ("sh", "bash"),
    "PowerShell": ("ps1",),
    "Zig": ("zig",),
    "Nim": ("nim",),
    "OCaml": ("ml", "mli"),
    "Vue": ("vue",),
    "Svelte": ("svelte",),
    "Terraform": ("tf",),
    "Jsonnet": ("jsonnet", "libsonnet"),
}
_LANGUAGE_OF = {ending: language for language, endings in LANGUAGES.items() for ending in endings}
#: Languages that describe or glue rather than make a product.
_GLUE = frozenset({"Shell", "PowerShell", "Terraform", "Jsonnet"})

_TEST = re.compile(
    r"(^|/)(tests?|__tests__|specs?|e2e|integration[-_]tests?|test[-_]suite)/|"
    r"(^|/)(test_[^/]*\.py|[^/]*_test\.(py|go|rb|exs|dart|cc|cpp|c|php)|conftest\.py|tests\.py|"
    r"[^/]*[._-](test|spec|cy|e2e)\.(m?[jt]sx?|cjs|cts)|[^/]*(Test|Tests|IT|Spec|Specs|TestCase)\.(java|kt|scala|cs|"
    r"groovy|swift|php|m|fs)|"
    r"[^/]*_spec\.(rb|lua)|[^/]*_test\.exs|[^/]*\.(bats|feature|tftest\.hcl)|test-[^/]*\.(js|mjs|R)|test_[^/]*\.(jl|"
    r"c|cpp|cc|rb|lua|f90))$",
)
_GENERATED = re.compile(
    r"(\.min\.(js|css)|\.pb\.go|_pb2(_grpc)?\.py|\.(generated|gen)\.\w+|\.designer\.cs|\.g\.dart|"
    r"zz_generated\S*\.go)$",
    re.IGNORECASE,
)


def ending(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1].lower() if "." in name[1:] else ""


def language(path: str) -> str:
    """The language of a source file; empty when it is none."""
    spoken = _LANGUAGE_OF.get(ending(path), "")
    return "" if spoken and _GENERATED.search(path) else spoken


def is_test(path: str) -> bool:
    """Whether a source file is (part of) a test."""
    return bool(language(path) or path.endswith((".bats", ".feature", ".tftest.hcl"))) and bool(_TEST.search(path))


@dataclass(frozen=True)
class Sources:
    """Own source files without generated ones. product: neither tests nor examples."""

    product: tuple[str, ...]
    tests: tuple[str, ...]
    languages: dict[str, int]  # product files by language, the most used first


def sources(snapshot: Snapshot) -> Sources:
    return snapshot.once(_sources)


def _sources(snapshot: Snapshot) -> Sources:
    product, tests = [], []
    languages: dict[str, int] = {}
    for path in snapshot.own:
        spoken = language(path)
        if is_test(path):
            tests.append(path)
        elif spoken and not sample(path):
            product.append(path)
            languages[spoken] = languages.get(spoken, 0) + 1
    if "Jsonnet" in languages:
        tests += [path for path in rule_tests(snapshot) if path not in tests]
    ordered = dict(sorted(languages.items(), key=lambda item: -item[1]))
    return Sources(tuple(product), tuple(tests), ordered)


def has_code(snapshot: Snapshot) -> bool:
    """Whether there is a product in the repository, and not only text, settings or infrastructure."""
    return bool(sources(snapshot).languages.keys() - _GLUE) or bool(sources(snapshot).tests)
