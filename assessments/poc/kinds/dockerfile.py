"""Dockerfiles as the builder reads them: stages, and what the final one is."""

import re
from collections.abc import Mapping
from typing import Any

from assessments.evidence.finding import Evidence
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.dockerfiles import Dockerfile, Instruction, Stage, read_dockerfile
from assessments.poc.judging import Context, Judgement, Kind, failed, passed
from assessments.poc.model import Level
from assessments.poc.patterns import fits, spoken
from assessments.poc.schemas import GLOBS, PATTERNS, parameters, truth, whole

#: Stages of one file.
STAGES_LIMIT = 200

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")

SCHEMA = parameters(
    {
        "files": GLOBS,
        "stages": whole(1, "At least so many stages."),
        "non_root": truth("The final stage ends as a user who is neither root nor 0, stated in this file."),
        "final_by_digest": truth("The image that the final stage starts from is named by digest (`scratch` is fine)."),
        "all_by_digest": truth("So is every image."),
        "healthcheck": truth("The final stage has a health check."),
        "never_runs": PATTERNS | {"description": "Patterns that no RUN of the final stage fits."},
        "copies_first": PATTERNS
        | {
            "description": "Patterns of files, one of which some stage copies or mounts, and uses in a RUN, before it "
            "copies everything."
        },
    },
    ("files",),
    minProperties=2,
)


def judge(params: Mapping[str, Any], context: Context) -> Judgement:
    read = [file for _, file in context.read("dockerfile", context.find(params["files"]), _read) if file]
    if not read:
        return failed(f"There is no Dockerfile with a FROM at {' or '.join(params['files'])}.", missing=True)
    wrong = [place for file in read for place in _wrong(params, file)]
    if wrong:
        return failed(f"{wrong[0].path}: {wrong[0].what}.", wrong)
    places = [Evidence(file.path, file.last.line, f"the final stage, of {len(file.stages)}") for file in read]
    return passed("The image is built as it should be.", places, every=True)


def _read(path: str, text: str) -> Dockerfile | None:
    file = read_dockerfile(path, text)
    if file and len(file.stages) > STAGES_LIMIT:
        raise Malformed(f"it has more than {STAGES_LIMIT} stages")
    return file


def _wrong(params: Mapping[str, Any], file: Dockerfile) -> list[Evidence]:
    last = file.last
    chain = file.line_of_stages(last)
    found = []
    if len(file.stages) < params.get("stages", 1):
        has = "1 stage" if len(file.stages) == 1 else f"{len(file.stages)} stages"
        found.append((1, f"it has {has}, and {params['stages']} are needed"))
    if "non_root" in params:
        users = [each for stage in chain for each in stage.all("USER")]
        if not users:
            found.append((last.line, "no USER is set for the final stage, so it runs as root"))
        elif _is_root(users[-1].value):
            found.append((users[-1].line, f"the final stage ends as USER {users[-1].value}"))
    if "final_by_digest" in params and not _by_digest(chain[0]):
        found.append((chain[0].line, f"{chain[0].image or 'its image'} is not named by digest"))
    if "all_by_digest" in params:
        found += [(each.line, f"{each.image} is not named by digest") for each in file.images() if not _by_digest(each)]
    if "healthcheck" in params:
        checks = [each for stage in chain for each in stage.all("HEALTHCHECK")]
        if not checks or checks[-1].value.strip().upper() == "NONE":
            found.append((last.line, "the final stage has no HEALTHCHECK"))
    for pattern in params.get("never_runs", ()):
        runs = [(each.line, " ".join(each.script.split())) for each in last.all("RUN")]
        found += [(at, f"the final stage runs {spoken(pattern, run)}") for at, run in runs if fits(pattern, run)]
    if "copies_first" in params and not any(_copied(stage, params["copies_first"]) for stage in file.stages):
        found.append((last.line, "no stage fetches what a list names before it copies everything"))
    return [Evidence(file.path, line, what) for line, what in found]


def _is_root(value: str) -> bool:
    """What comes from an argument is not known to be somebody else."""
    user = value.split(":", 1)[0].strip().strip("\"'")
    return not user or user.casefold() == "root" or bool(re.fullmatch(r"0+", user)) or "$" in user


def _by_digest(stage: Stage) -> bool:
    return stage.image.lower() == "scratch" or (stage.known and bool(_DIGEST.search(stage.image)))


def _copied(stage: Stage, patterns: list[str]) -> bool:
    """Whether some RUN has the list, copied or mounted, and stands before everything is copied."""
    copied = False
    for each in stage.all("COPY", "ADD", "RUN"):
        if each.name == "RUN":
            if copied or any(_fits(patterns, source) for source in _mounted(each)):
                return True
        elif "from" not in each.flags:
            sources = (each.listed or each.value.split())[:-1]
            if any(source in (".", "./") for source in sources):
                return False
            copied = copied or any(_fits(patterns, source) for source in sources)
    return False


def _fits(patterns: list[str], source: str) -> bool:
    return fits(patterns, source.rstrip("/").rsplit("/", 1)[-1])


def _mounted(run: Instruction) -> list[str]:
    """What a RUN sees of the files beside the Dockerfile."""
    found = []
    for each in run.mounts:
        words = dict(word.partition("=")[::2] for word in each.split(","))
        if words.get("type", "bind") == "bind" and "from" not in words:
            found.append(words.get("source") or words.get("src") or "")
    return found


KIND = Kind("dockerfile", "What a Dockerfile builds: stages, user, images.", SCHEMA, Level.E1, judge)
