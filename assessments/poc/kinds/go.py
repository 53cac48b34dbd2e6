"""Go: imports, calls, values of named types and tests, names resolved through the imports of each file."""

from collections.abc import Iterable, Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.poc.judging import Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import fits
from assessments.poc.reading.go import Call, GoFile, built, read_go
from assessments.poc.schemas import GLOBS, KEYS, PATTERN, PATTERNS, parameters, several, shape, truth, whole

_CALL = {
    "name": PATTERN
    | {"description": "`import/path.Func` of a package, `.Method` of a value, or a plain name such as `panic`."},
    "text": PATTERN | {"description": "What the first text among its arguments fits."},
}
_EXCEPT = several({"enum": ["main package", "main function", "tests"]}, "Where it is fine all the same.")
SCHEMA = parameters(
    {
        "files": GLOBS,
        "imports": PATTERNS | {"description": "Import paths each of which some file imports and uses."},
        "literals": several(
            shape(
                {
                    "type": PATTERN | {"description": "`import/path.Type`."},
                    "fields": KEYS | {"description": "Fields that are set, and not to nil."},
                    "min": whole(1, "So many at least (1)."),
                },
                ("type",),
            ),
            "Values of a type that are written out, with a field that is set.",
        ),
        "calls": several(
            shape(_CALL | {"min": whole(1, "So many at least (1).")}, ("name",)),
            "Calls that are made in code that is no test.",
        ),
        "never": several(
            shape(
                _CALL | {"except": _EXCEPT, "discarded": truth("Only those whose result nobody looks at.")}, ("name",)
            ),
            "Calls that are not made.",
        ),
        "tests": whole(1, "So many test functions at least, each with a *testing.T and something in it."),
    },
    ("files",),
    minProperties=2,
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    paths = [path for path in context.find(params["files"]) if path.endswith(".go")]
    files = [file for _, file in context.read("go", paths, _read) if file is not None]
    if not files:
        return failed(f"There is no Go file at {' or '.join(params['files'])}.", missing=True)
    if wrong := _never(params.get("never", ()), files):
        return wrong
    product = [file for file in files if not file.is_test]
    seen: list[Evidence] = []
    for part in (_imports, _literals, _calls):
        found = part(params, product)
        if isinstance(found, Judgement):
            return found
        seen += found
    if "tests" in params:
        tests = [Evidence(file.path, line, name) for file in files for name, line in file.tests]
        if len(tests) < params["tests"]:
            return failed(
                f"There are {len(tests)} test functions, and {params['tests']} are needed.", tests, missing=True
            )
        seen += tests
    return passed("The code has what it should have.", seen, every="never" in params)


def _read(path: str, text: str) -> GoFile | None:
    return read_go(path, text) if built(path, text) else None


def _never(wanted: Iterable[Mapping[str, Any]], files: list[GoFile]) -> Judgement | None:
    for each in wanted:
        found = [
            Evidence(file.path, call.line, call.name)
            for file in files
            for call in file.calls
            if _is(each, call)
            and (call.discarded or "discarded" not in each)
            and not _fine(each.get("except", ()), file, call)
        ]
        if found:
            what = "and nobody looks at what it returns" if "discarded" in each else "which must not be"
            return failed(f"{found[0].path} calls {each['name']}, {what}.", found)
    return None


def _fine(places: Iterable[str], file: GoFile, call: Call) -> bool:
    here = {"main package": file.package == "main", "tests": file.is_test}
    here["main function"] = file.package == "main" and call.function == "main"
    return any(here[place] for place in places)


def _is(wanted: Mapping[str, Any], call: Call) -> bool:
    return fits(wanted["name"], call.name) and (
        "text" not in wanted or (call.text is not None and fits(wanted["text"], call.text))
    )


def _imports(params: Mapping[str, Any], files: list[GoFile]) -> list[Evidence] | Judgement:
    seen = []
    for wanted in params.get("imports", ()):
        here = [Evidence(f.path, line, path) for f in files for path, line in f.imports.items() if fits(wanted, path)]
        if not here:
            return failed(f"No file imports and uses {wanted}.", missing=True)
        seen += here
    return seen


def _literals(params: Mapping[str, Any], files: list[GoFile]) -> list[Evidence] | Judgement:
    seen = []
    for wanted in params.get("literals", ()):
        here = [
            Evidence(file.path, each.line, each.type)
            for file in files
            for each in file.literals
            if fits(wanted["type"], each.type) and set(wanted.get("fields", ())) <= each.fields
        ]
        if len(here) < wanted.get("min", 1):
            fields = f" with {', '.join(wanted['fields'])}" if "fields" in wanted else ""
            text = f"There are {len(here)} of {wanted['type']}{fields}, and {wanted.get('min', 1)} are needed."
            return failed(text, here, missing=True)
        seen += here
    return seen


def _calls(params: Mapping[str, Any], files: list[GoFile]) -> list[Evidence] | Judgement:
    seen = []
    for wanted in params.get("calls", ()):
        here = [Evidence(file.path, call.line, call.name) for file in files for call in file.calls if _is(wanted, call)]
        if len(here) < wanted.get("min", 1):
            text = f" with {wanted['text']}" if "text" in wanted else ""
            said = f"There are {len(here)} calls of {wanted['name']}{text}, and {wanted.get('min', 1)} are needed."
            return failed(said, here, missing=True)
        seen += here
    return seen


KIND = Kind("go", "What Go code imports, calls, builds and tests.", SCHEMA, Level.E1, judge)
