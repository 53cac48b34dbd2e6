"""A clone whose files have all kinds of findings, with names that are meant to do harm."""

import gzip
import json
from functools import lru_cache
from pathlib import Path

from tests.repos import RepoBuilder

FLOW = """on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: pytest
      - run: echo ${{ github.event.issue.title }}
"""
HOSTILE = "a b/[click](http--evil.example) @mona #1 <b>`x`|.sh"
FILES = {
    "shop.py": "def total(): ...\n",
    "test_shop.py": "def test_total(): ...\n",
    "requirements.txt": "requests\n",
    ".github/workflows/ci.yml": FLOW,
    "Dockerfile": "FROM python\nCOPY . .\nCMD python shop.py\n",
    "deploy/größe 100%.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
    "spec:\n  template:\n    spec:\n      containers:\n        - {name: app, image: 'shop:latest'}\n",
    "big.tf": "# " + "x" * 600_000,
}


def shop(folder: Path) -> RepoBuilder:
    repo = RepoBuilder(folder / "shop")
    repo.commit("Begin", "2026-01-05 09:00", files=FILES)
    repo.commit(
        "Limit",
        "2026-02-05 09:00",
        files={".github/workflows/ci.yml": FLOW.replace("steps:", "timeout-minutes: 5\n    steps:")},
    )
    return repo


@lru_cache
def sarif_schema() -> dict:
    """The published schema, with what its errata of 2023 ask for beyond it."""
    packed = (Path(__file__).parent / "sarif-schema-2.1.0.json.gz").read_bytes()
    schema = json.loads(gzip.decompress(packed))
    begins = [{"required": [name]} for name in ("startLine", "charOffset", "byteOffset")]
    schema["definitions"]["region"]["anyOf"] = begins
    return schema
