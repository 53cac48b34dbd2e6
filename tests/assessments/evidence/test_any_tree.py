"""Whatever lies in a repository, no probe fails: each says something in its own words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.evidence import evaluate, of_texts

NAMES = [
    ".github/workflows/a.yml",
    ".github/actions/a/action.yml",
    ".github/CODEOWNERS",
    ".github/dependabot.yml",
    ".pre-commit-config.yaml",
    "Dockerfile",
    ".dockerignore",
    "compose.yaml",
    "deploy/a.yaml",
    "kustomization.yaml",
    "chart/Chart.yaml",
    "main.tf",
    "a.tftest.hcl",
    "policy.hcl",
    "playbook.yml",
    "roles/a/tasks/main.yml",
    "rules.yml",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "Cargo.toml",
    "Makefile",
    "Jenkinsfile",
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "deploy.sh",
    ".env",
    "src/a.py",
    "tests/test_a.py",
    "openapi.yaml",
    "grafana/dashboard.json",
]
LINES = [
    "on: [push, pull_request]",
    "on: {push: , schedule: [1]}",
    "jobs: {a: {steps: [{run: 'pytest || true'}, {uses: 'o/r@v1', with: {cache: true}}], strategy: {matrix: [1]}}}",
    "jobs: {a: {uses: 1, environment: [x], services: 3, permissions: write-all, concurrency: 1, env: []}}",
    "runs: {using: composite, steps: [1, {run: make}]}",
    "FROM a AS b\nRUN npm ci\nCOPY . .\nUSER root",
    "FROM ${X}\nENV A_TOKEN\nHEALTHCHECK NONE\nEXPOSE",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: []\nspec: {template: {spec: {containers: [1, {image: 3}]}}}",
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: 1",
    "apiVersion: argoproj.io/v1\nkind: Rollout\nspec: {strategy: {canary: {steps: [1]}}}",
    "apiVersion: v1\nkind: Secret\ndata: {a: '%%%', b: 1}",
    "images: [1, {name: 2}]",
    "- hosts: all\n  tasks: [1, {shell: 1}, {block: [{command: {}}]}]",
    "groups: [{rules: [{alert: A, expr: 1, annotations: []}, 1]}, 1]\n  - alert: x",
    "updates: [1, {package-ecosystem: [npm]}]",
    "services: {a: {build: ., healthcheck: 1}, b: 1}",
    'resource "aws_security_group" "a" {\n  ingress {\n    from_port = "x"\n  }\n}',
    'terraform {\n  required_providers {\n    a = 1\n  }\n}\nmodule "x" {\n}',
    'path "*" {\n  capabilities = []\n}\nrun "a" {\n}',
    '{"dependencies": [], "scripts": 1, "panels": []}',
    "[project]\ndependencies = [1]\n[tool.poetry.group]\na = 1",
    "test: test\n\t./deploy.sh\n\tmake test",
    "#!/bin/sh\nmake test; npm test; ./deploy.sh",
    "* @a\n/x nobody",
    "pipeline {\n",
    "&a [*a]",
    "\x00",
    "{{ .Values.x }}",
    "---",
    "",
]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(LINES), max_size=3).map("\n".join), max_size=8))
def test_no_probe_fails_on_any_tree(files):
    said = {each.probe.key: each.finding.because for each in evaluate(of_texts(files)).results}
    assert {key: because for key, because in said.items() if "failed" in because} == {}
