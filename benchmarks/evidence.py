"""How long and how much memory the probes take on a large tree: `python -m benchmarks.evidence [PATH ...]`.

Without a path a repository of 10,000 files is made: sources, tests, documents, workflows, Dockerfiles, manifests,
Terraform, rules. Each is judged in a process of its own. Ends with exit code 1 when a limit is broken.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.clone import measure
from tests.repos import RepoBuilder

SECONDS, MEGABYTES, FILES = 5.0, 300.0, 10_000

WORKFLOW = """name: Part {n}
on: {{push: {{branches: [main]}}, pull_request: }}
permissions: {{contents: read}}
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {{python-version: '3.12', cache: pip}}
      - run: |
          pip install -r requirements.txt
          python -m pytest tests/part{n}
"""
DOCKERFILE = """FROM python:3.12-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
FROM python:3.12-slim
COPY --from=build /app /app
USER 1000
CMD ["python", "-m", "part{n}"]
"""
MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: part{n}}}
spec:
  replicas: 3
  selector: {{matchLabels: {{app: part{n}}}}}
  template:
    metadata: {{labels: {{app: part{n}}}}}
    spec:
      containers:
        - name: app
          image: registry.example.org/part{n}:1.{n}.0
          resources: {{requests: {{cpu: 100m, memory: 64Mi}}, limits: {{memory: 128Mi}}}}
          readinessProbe: {{httpGet: {{path: /healthz, port: 8080}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: part{n}}}
spec: {{selector: {{app: part{n}}}, ports: [{{port: 80}}]}}
"""
TERRAFORM = """terraform {{
  required_version = "~> 1.9"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }}
  }}
}}

resource "aws_s3_bucket" "part{n}" {{
  bucket = "part-{n}-${{var.environment}}"
  tags   = {{ owner = "team" }}
}}
"""
RULES = """groups:
  - name: part{n}
    rules:
      - alert: Part{n}Slow
        expr: histogram_quantile(0.99, rate(latency_bucket{{part="{n}"}}[5m])) > 0.5
        for: 10m
        annotations: {{runbook_url: "https://example.org/runbooks/{n}"}}
"""
SOURCE = '''"""Part {n} of the product."""

import logging

logger = logging.getLogger(__name__)


class Part{n}:
    def __init__(self, name: str, limit: int = {n}):
        self.name, self.limit = name, limit

    def total(self, amounts: list[int]) -> int:
        """The sum of what is below the limit."""
        logger.info("adding", extra={{"part": self.name}})
        return sum(amount for amount in amounts if amount < self.limit)
'''


def files() -> dict[str, str]:
    """What a large repository of many parts holds."""
    tree = {"README.md": "# Product\n\nHow to run it.\n" * 20, "requirements.txt": "requests==2.32.0\n"}
    for n in range(60):
        tree[f".github/workflows/part{n}.yml"] = WORKFLOW.format(n=n)
        tree[f"parts/part{n}/Dockerfile"] = DOCKERFILE.format(n=n)
        tree[f"monitoring/part{n}.rules.yml"] = RULES.format(n=n)
    for n in range(400):
        tree[f"deploy/part{n}.yaml"] = MANIFEST.format(n=n)
        tree[f"infra/part{n}/main.tf"] = TERRAFORM.format(n=n)
        tree[f"docs/part{n}.md"] = f"# Part {n}\n\n" + "What it does and why.\n" * 30
    number = 0
    while len(tree) < FILES:
        number += 1
        folder = f"parts/part{number % 97}"
        tree[f"{folder}/module{number}.py"] = SOURCE.format(n=number) * (1 + number % 9)
        if not number % 3:
            tree[f"{folder}/tests/test_module{number}.py"] = f"def test_{number}():\n    assert {number}\n"
    return tree


def bench(path: Path) -> bool:
    """Prints the figures of one clone; whether all limits hold."""
    code = (
        "import sys; from data.evidence.run import evidence; e = evidence(sys.argv[1]); "
        "print(f'  {len(e.results)} probes, {len(e.unread)} files unread')"
    )
    seconds, megabytes, exit_code = measure([sys.executable, "-c", code, str(path)], shown=True)
    kept = seconds < SECONDS and megabytes < MEGABYTES and exit_code == 0
    print(f"{path}: {seconds:.1f} s (limit {SECONDS:.0f}), {megabytes:.0f} MB (limit {MEGABYTES:.0f})")
    return kept


def main(paths: list[str]) -> int:
    if paths:
        return 0 if all([bench(Path(path).resolve()) for path in paths]) else 1
    with tempfile.TemporaryDirectory() as folder:
        repo = RepoBuilder(Path(folder) / "large", bare=True)
        repo.commit("Begin", "2025-01-01 09:00", files=files())
        for day in range(1, 29):
            repo.commit("Change", f"2026-01-{day:02} 09:00")
        return 0 if bench(repo.path) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
