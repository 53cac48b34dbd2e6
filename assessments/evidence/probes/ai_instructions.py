"""Do tools that write code know the rules of this repository?"""

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
)
from assessments.evidence.infrastructure import has_work
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ai-instructions",
    title="AI tools find the conventions of the repository",
    family="documentation",
    capabilities=("ai-accessible-internal-data", "clear-and-communicated-ai-stance", "ai-change-verification"),
    why="A tool that knows how to build, test and write here makes changes that are less work to review.",
    how="Files that such tools read: AGENTS.md, CLAUDE.md, GEMINI.md, .github/copilot-instructions.md, "
    ".cursor/rules, .windsurfrules, .junie and the like, with at least 100 letters.",
    outcomes={
        Outcome.MET: "There is one.",
        Outcome.PARTLY: "There is one that says hardly anything.",
        Outcome.NOT_MET: "There is none.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Write AGENTS.md: how to build and test, what the rooms of the code are for, and what must not be changed.",
    effort=Effort.HOURS,
    version=2,
)

_FILES = (
    "**/{AGENTS,CLAUDE,GEMINI,CONVENTIONS.aider,WARP}.md",
    ".github/copilot-instructions.md",
    ".github/instructions/*.md",
    ".cursorrules",
    ".cursor/rules/*",
    ".windsurfrules",
    ".windsurf/rules/*",
    ".junie/guidelines.md",
    ".clinerules",
    ".clinerules/*",
    ".aider.conf.yml",
    ".continue/rules/*",
    ".kiro/steering/*.md",
    ".goosehints",
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    full, thin = [], []
    for path, text in snapshot.texts(snapshot.find(*_FILES)[:20]):
        (full if len("".join(text.split())) >= 100 else thin).append(Evidence(path, None, "instructions"))
    if full:
        return met("AI tools find instructions.", full)
    if thin:
        return partly("There are instructions that say hardly anything.", thin)
    return not_met("There are no instructions for AI tools.")
