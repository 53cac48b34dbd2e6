"""python tools/compile.py catalogue.yml shop/catalogue.json: checks the catalogue and writes it as the start reads it.

A mistake in it ends the build, and not the start in production."""

import json
import sys
from pathlib import Path

from ruamel.yaml import YAML


def main(source: str, target: str) -> int:
    articles = YAML(typ="safe", pure=True).load(Path(source))
    numbers = [each.get("number") for each in articles]
    if not all(numbers) or len(set(numbers)) < len(numbers):
        print(f"{source}: each article needs a number of its own", file=sys.stderr)
        return 1
    Path(target).write_text(json.dumps(articles), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
