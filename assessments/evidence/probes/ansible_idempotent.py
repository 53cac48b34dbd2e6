"""Can a playbook run twice without harm?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.infrastructure import ansible_tasks
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="ansible-idempotent",
    title="Tasks that run commands say what they change",
    family="infrastructure",
    capabilities=("automation-as-software", "flexible-infrastructure"),
    why="A task that always reports a change hides the real ones, and one that always runs may break what it made "
    "before.",
    how="Tasks of Ansible with shell, command or raw: `changed_when`, `creates` or `removes`.",
    outcomes={
        Outcome.MET: "Every such task says so.",
        Outcome.PARTLY: "Some do.",
        Outcome.NOT_MET: "None does.",
        Outcome.NOT_APPLICABLE: "No Ansible task runs a command.",
    },
    remedy="Use the module made for the purpose, or add `creates:` or `changed_when:`.",
    effort=Effort.HOURS,
    version=2,
)

_COMMANDS = (
    "shell",
    "command",
    "raw",
    "ansible.builtin.shell",
    "ansible.builtin.command",
    "ansible.builtin.raw",
    "win_shell",
    "ansible.windows.win_shell",
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for path, task in ansible_tasks(snapshot):
        module = next((name for name in _COMMANDS if name in task), None)
        if module is None:
            continue
        inner = [task.get(module), task.get("args")]
        guarded = any(isinstance(each, dict) and ("creates" in each or "removes" in each) for each in inner)
        guarded = (
            guarded
            or "changed_when" in task
            or (isinstance(task[module], str) and re.search(r"\b(creates|removes)=", task[module]))
        )
        said = f"{module}: {task.get('name') or 'without a name'}"
        (good if guarded else bad).append(Evidence(path, task.at(module), said))
    return share(good, bad, "tasks that run commands", "say what they change", "No Ansible task runs a command.")
