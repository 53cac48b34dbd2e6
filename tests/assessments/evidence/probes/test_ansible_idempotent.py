from tests.assessments.evidence.trees import CODE, lines, outcome, probe

TASKS = "- hosts: all\n  tasks:\n    - name: Build\n      shell: make\n{more}"


def test_a_condition_is_met():
    for more in ("      changed_when: false\n", "      args: {creates: /x}\n"):
        assert outcome("ansible-idempotent", {"site.yml": TASKS.format(more=more)}) == "met"
    assert (
        outcome("ansible-idempotent", {"roles/a/tasks/main.yml": "- ansible.builtin.command: make creates=/x\n"})
        == "met"
    )


def test_none_is_not_met():
    finding = probe("ansible-idempotent", {"site.yml": TASKS.format(more="")})
    assert (str(finding.outcome), lines(finding)) == ("not met", [4])
    inside = "- block:\n    - command: make\n"
    assert outcome("ansible-idempotent", {"roles/a/tasks/main.yml": inside}) == "not met"


def test_some_is_partly():
    two = {"site.yml": TASKS.format(more=""), "roles/a/tasks/main.yml": "- command: x\n  changed_when: x\n"}
    assert outcome("ansible-idempotent", two) == "partly"


def test_no_command_is_not_applicable():
    assert (
        outcome("ansible-idempotent", {"site.yml": "- hosts: all\n  tasks:\n    - package: {name: x}\n"})
        == "not applicable"
    )
    assert outcome("ansible-idempotent", CODE) == "not applicable"
