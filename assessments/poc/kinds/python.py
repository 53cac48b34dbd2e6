"""Python: imports, classes, calls and what must not be, names resolved through the imports of each file."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import either, fits
from assessments.poc.reading.python import Call, Class, PythonFile, read_python
from assessments.poc.schemas import GLOBS, KEYS, PATTERN, PATTERNS, parameters, several, shape, truth, whole

_CALL = shape(
    {
        "name": PATTERN | {"description": "Dotted, such as `asyncio.gather`; `.method` of a value."},
        "text": PATTERN | {"description": "What one of its plain texts fits."},
        "keywords": {
            "description": "Keywords with their plain values, texts as patterns; null for any value but None.",
            "type": "object",
            "minProperties": 1,
        },
        "kept": truth("What it gives is used."),
        "in_try": truth("A handler stands around it."),
        "min": whole(1, "So many at least (1)."),
    },
    ("name",),
)
_FORBIDDEN = {
    "bare except": "a handler that names no exception",
    "swallowed exception": "a handler that does nothing",
    "shell": "a command that goes through a shell",
    "eval": "a text that is run as code",
}
_SHELLS = (
    "os.system|os.popen|subprocess.getoutput|subprocess.getstatusoutput|asyncio.create_subprocess_shell|commands.*"
)
_STARTS = "subprocess.*|asyncio.create_subprocess_exec|os.exec*|os.spawn*"
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|z|k)?sh")
SCHEMA = parameters(
    {
        "files": GLOBS,
        "imports": PATTERNS | {"description": "Names each of which some file imports and uses."},
        "classes": several(
            shape(
                {
                    "methods": KEYS | {"description": "Methods it has."},
                    "asynchronous": KEYS | {"description": "Methods it has that are async."},
                    "bases": PATTERN
                    | {"description": "What one of its bases fits, such as `typing.Protocol|abc.ABC`."},
                    "filled": truth("These methods hold more than `pass` or `...`."),
                },
                minProperties=1,
            ),
            "Classes that are there.",
        ),
        "calls": several(
            {"anyOf": [_CALL, shape({"any": {"type": "array", "minItems": 2, "items": _CALL}}, ("any",))]},
            "Calls that are made; lists of which one is enough stand in `any`.",
        ),
        "keys": several(KEYS, "Sets of names all of which stand in one mapping, or are keywords of one call."),
        "never": {
            "description": "What must not be.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": sorted(_FORBIDDEN)},
        },
        "tests": whole(1, "So many test functions at least that claim something."),
    },
    ("files",),
    minProperties=2,
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    files = [file for _, file in context.read("python", context.find(params["files"]), read_python)]
    if not files:
        return failed(f"There is no Python file at {either(params['files'])} that can be read.", missing=True)
    for what in params.get("never", ()):
        if found := [Evidence(file.path, line, _FORBIDDEN[what]) for file in files for line in _lines(what, file)]:
            return failed(f"{found[0].path} has {_FORBIDDEN[what]}.", found)
    seen: list[Evidence] = []
    for found in (_imports(params, files), _classes(params, files), _calls(params, files), _keys(params, files)):
        if isinstance(found, Judgement):
            return found
        seen += found
    if "tests" in params:
        tests = [Evidence(file.path, line, name) for file in files for name, line in file.tests]
        if len(tests) < params["tests"]:
            return failed(
                f"There are {len(tests)} tests that claim something, and {params['tests']} are needed.",
                tests,
                missing=True,
            )
        seen += tests
    return passed("The code has what it should have.", seen, every="never" in params)


def _lines(what: str, file: PythonFile) -> Iterable[int]:
    if what == "bare except":
        return file.bare
    if what == "swallowed exception":
        return file.swallowed
    if what == "eval":
        return [call.line for call in file.calls if call.name in ("eval", "exec", "builtins.eval", "builtins.exec")]
    return [call.line for call in file.calls if _shell(call)]


def _shell(call: Call) -> bool:
    """A function that takes one, or one that is started as a program with a text to run (`sh -c`)."""
    told = call.keywords.get("shell", False)
    if told and (told is not ... or call.name != "{}"):  # a mapping in which some shell is named starts none
        return True
    if fits(_SHELLS, call.name):
        return True
    started = fits(_STARTS, call.name) and call.words and _SHELL.fullmatch(call.words[0])
    return bool(started) and any(re.fullmatch(r"-[a-z]*c", word) for word in call.words[1:2])


def _imports(params: Mapping[str, Any], files: list[PythonFile]) -> list[Evidence] | Judgement:
    seen = []
    for wanted in params.get("imports", ()):
        here = [
            Evidence(f.path, line, name) for f in files for name, line in f.imports.items() if _module(wanted, name)
        ]
        if not here:
            return failed(f"No file imports and uses {wanted}.", missing=True)
        seen += here
    return seen


def _module(wanted: str, name: str) -> bool:
    """`prometheus_client` is also meant by what is imported from it."""
    parts = name.split(".")
    return any(fits(wanted, ".".join(parts[:size])) for size in range(1, len(parts) + 1))


def _classes(params: Mapping[str, Any], files: list[PythonFile]) -> list[Evidence] | Judgement:
    seen = []
    for wanted in params.get("classes", ()):
        here = [
            Evidence(f.path, each.line, f"class {each.name}") for f in files for each in f.classes if _has(wanted, each)
        ]
        if not here:
            return failed(f"There is no class with {_said(wanted)}.", missing=True)
        seen += here
    return seen


def _has(wanted: Mapping[str, Any], found: Class) -> bool:
    asynchronous, methods = (
        wanted.get("asynchronous", []),
        [*wanted.get("methods", []), *wanted.get("asynchronous", [])],
    )
    if not all(name in found.methods for name in methods) or not all(found.methods[name][0] for name in asynchronous):
        return False
    if "filled" in wanted and not all(found.methods[name][1] for name in methods):
        return False
    return "bases" not in wanted or any(fits(wanted["bases"], base) for base in found.bases)


def _said(wanted: Mapping[str, Any]) -> str:
    parts = [f"async {name}" for name in wanted.get("asynchronous", ())] + list(wanted.get("methods", ()))
    return ", ".join([*parts, *([f"a base {wanted['bases']}"] if "bases" in wanted else [])])


def _calls(params: Mapping[str, Any], files: list[PythonFile]) -> list[Evidence] | Judgement:
    seen = []
    for wanted in params.get("calls", ()):
        choices = wanted.get("any", [wanted])
        tried = [
            [Evidence(f.path, call.line, call.name) for f in files for call in f.calls if _is(each, call)]
            for each in choices
        ]
        here = next((got for each, got in zip(choices, tried, strict=True) if len(got) >= each.get("min", 1)), None)
        if here is None:
            names = " or ".join(dict.fromkeys(each["name"] for each in choices))
            few = max((len(got) for got in tried), default=0)
            return failed(f"There are {few} calls of {names} as asked for; more are needed.", missing=True)
        seen += here
    return seen


def _is(wanted: Mapping[str, Any], call: Call) -> bool:
    if not fits(wanted["name"], call.name):
        return False
    if "text" in wanted and not any(fits(wanted["text"], text) for text in call.texts):
        return False
    for name, value in wanted.get("keywords", {}).items():
        if name not in call.keywords or not _may_be(value, call.keywords[name]):
            return False
    return (call.kept or "kept" not in wanted) and (call.in_try or "in_try" not in wanted)


def _may_be(wanted: Any, given: Any) -> bool:
    if wanted is None:  # handing on None is the same as leaving it out
        return given is not None
    if isinstance(wanted, str) and isinstance(given, str):
        return fits(wanted, given)
    return isinstance(wanted, bool) is isinstance(given, bool) and wanted == given


def _keys(params: Mapping[str, Any], files: list[PythonFile]) -> list[Evidence] | Judgement:
    seen = []
    for wanted in params.get("keys", ()):
        here = [
            Evidence(f.path, line, ", ".join(wanted)) for f in files for line, names in f.keys if set(wanted) <= names
        ]
        if not here:
            return failed(f"Nothing names {', '.join(wanted)} together.", missing=True)
        seen += here
    return seen


KIND = Kind("python", "What Python code imports, defines and calls, and what it must not.", SCHEMA, Level.E1, judge)
