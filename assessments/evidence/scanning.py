"""One pass over all texts of a repository, for the probes that look into sources."""

import re
from dataclasses import dataclass, field

from assessments.evidence.files import ending
from assessments.evidence.reading.secrets import Hit, find_secrets
from assessments.evidence.snapshot import TEXT_LIMIT, Snapshot, sample

#: Files that hold made or foreign text.
_LEFT_OUT = re.compile(
    r"(^|/)([^/]*lock[^/]*\.(json|ya?ml|toml)|[^/]*\.lock|go\.sum|\.secrets\.baseline|[^/]*\.(svg|min\.js|min\.css|"
    r"map|csv|tsv|"
    r"ipynb|snap|po|pot|xliff?|geojson|wasm|png|jpe?g|gif|ico|pdf|zip|gz|jar|woff2?|ttf|eot|mp[34]|lockb|pack|bin|so|dylib|pyc|class|"
    r"dll|exe))$",
    re.IGNORECASE,
)
#: Texts for people, in which keys are mostly invented.
_PROSE = frozenset({"md", "rst", "adoc", "txt", "html", "mdx"})

#: What is looked for in sources: key -> (endings, expression).
_SIGNS = {
    "structured logging": (
        {"go", "py", "js", "ts", "java", "kt", "cs", "rb", "rs", "ex", "exs", "php", "mjs", "tsx"},
        re.compile(
            rb"\"log/slog\"|slog\.New\(|JsonFormatter|JSONFormatter|JSONRenderer\(|serialize=True|"
            rb"winston\.format\.json\(|"
            rb"LogstashEncoder|AddJsonConsole|JsonConsole|tracing_subscriber::fmt\(\)\s*\.json\(|LoggerJSON|"
            rb"ActiveSupport::TaggedLogging|"
            rb"StructuredArguments|CompactJsonFormatter"
        ),
    ),
    "feature flags": (
        {"go", "py", "js", "ts", "java", "kt", "cs", "rb", "rs", "php", "tsx", "jsx", "ex"},
        re.compile(
            rb"openfeature|launchdarkly|ldclient|unleash|flagsmith|flipper\.enabled|Flipper\.enabled|growthbook|"
            rb"IFeatureManager|"
            rb"waffle\.(flag|switch)_is_active|posthog\.(isFeatureEnabled|feature_enabled)|flipt|configcat|split\.io|"
            rb"GrowthBook"
        ),
    ),
}


@dataclass(frozen=True)
class Scan:
    """looked: files read. secrets: hits by path. signs: (path, line) by what was looked for, the first of each file."""

    looked: int = 0
    large: int = 0
    secrets: dict[str, list[Hit]] = field(default_factory=dict)
    signs: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


def scan(snapshot: Snapshot) -> Scan:
    return snapshot.once(_scan)


def _scan(snapshot: Snapshot) -> Scan:
    paths, large = [], 0
    for path in snapshot.own:
        if _LEFT_OUT.search(path):
            continue
        size = snapshot.entries[path].size
        if size is not None and size > TEXT_LIMIT:
            large += 1
        else:
            paths.append(path)
    looked = 0
    secrets: dict[str, list[Hit]] = {}
    signs: dict[str, list[tuple[str, int]]] = {key: [] for key in _SIGNS}
    for path, content in snapshot.pass_over(paths):
        looked += 1
        if hits := find_secrets(content):
            secrets[path] = hits
        if sample(path):
            continue
        for key, (endings, pattern) in _SIGNS.items():
            if ending(path) in endings and (found := pattern.search(content)):
                signs[key].append((path, content.count(b"\n", 0, found.start()) + 1))
    return Scan(looked, large, secrets, signs)


def is_sample(path: str) -> bool:
    """Whether a secret in that file is most likely invented."""
    name = path.rsplit("/", 1)[-1].lower()
    return (
        bool(re.search(r"(^|/)[\w.-]*(test|example|sample)[\w.-]*/", path, re.IGNORECASE))
        or sample(path)
        or ending(path) in _PROSE
        or bool(re.search(r"test|spec|mock|example|sample|fixture|dummy", name))
    )
