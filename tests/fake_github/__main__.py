"""`python -m tests.fake_github --seed 1 --port 8800`: a server of its own until it is stopped.

Prints one line of JSON when it is ready: root, url, graphql_url, token.
"""

import argparse
import json
import signal
import threading

from tests.fake_github.hub import GitHub


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_github", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the history")
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--repository", action="append", help="owner/name; may be given again", default=[])
    parser.add_argument("--now", help="where the clock begins, else the real time")
    for name, size in {"pulls": 40, "issues": 10, "deployments": 20, "runs": 30, "releases": 5}.items():
        parser.add_argument(f"--{name}", type=int, default=size, help=f"{name} of each repository ({size})")
    parser.add_argument("--days", type=int, default=180, help="that the history covers")
    parser.add_argument("--change-every", type=float, default=0, help="seconds between random changes; 0 for none")
    parser.add_argument("--enterprise", action="store_true", help="serve under /api/v3")
    parser.add_argument("--strict", action="store_true", help="check every body")
    given = parser.parse_args()
    hub = GitHub(now=given.now, port=given.port, enterprise=given.enterprise, strict=given.strict)
    sizes = {name: getattr(given, name) for name in ("pulls", "issues", "deployments", "runs", "releases", "days")}
    for place, name in enumerate(given.repository or ["acme/shop"]):
        hub.fill(name, seed=given.seed + place, **sizes)
    ended = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: ended.set())
    hub.start()
    said = {"root": hub.root, "url": hub.url, "graphql_url": hub.graphql_url, "token": hub.token()}
    print(json.dumps(said), flush=True)
    if given.change_every:
        with hub.changing(given.seed, given.change_every):
            ended.wait()
    ended.wait()
    hub.stop()


if __name__ == "__main__":
    main()
