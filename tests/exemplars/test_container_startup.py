"""Containers that start fast: the service of the example repositories starts, waits, drains and is measured here.

No image is built and no cluster asked. The Dockerfiles are read by hadolint, the manifests held against the schemas of
Kubernetes 1.37 from the package kubernetes-validate; where it is missing, that test is skipped.
"""

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ruamel.yaml import YAML

from tests.exemplars import copied, exemplar, linted, outcome_of, run
from tests.need import need

TRACK = "container-startup"
SLIM, ROLLOUT, PROVE = "slim-image", "probes-and-rollout", "prove-it"
POCS = [SLIM, ROLLOUT, PROVE]


def read(path) -> list:
    return list(YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def ask(port: int, path: str) -> tuple[int, dict | list | None]:
    """Code and body; (0, None) when nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, None


def until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


class Neighbour:
    """Another service: answers `body` once `open` is set, and counts who waits for it."""

    def __init__(self, body: dict) -> None:
        self.body, self.open, self.inside = body, threading.Event(), 0
        neighbour = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                neighbour.inside += 1
                neighbour.open.wait(20)
                text = json.dumps(neighbour.body).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.open.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def neighbours():
    both = Neighbour({"A-100": 29.0}), Neighbour({"A-100": 7})
    yield both
    for each in both:
        each.close()


def built(tmp_path, poc: str = PROVE):
    """A copy in which the work of the build was done."""
    folder = copied(tmp_path, TRACK, poc)
    run([sys.executable, "tools/compile.py", "catalogue.yml", "shop/catalogue.json"], folder)
    return folder


@contextmanager
def shop(folder, **environment: str):
    """The running service: its process and its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "shop"], cwd=folder, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PORT": str(port), "DRAIN_SECONDS": "0.3"} | environment,
    )  # fmt: skip
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


# -- the service -------------------------------------------------------------------------------------------------------


def test_it_is_alive_at_once_and_ready_when_its_neighbours_have_answered(tmp_path, neighbours):
    offers, stock = neighbours
    with shop(built(tmp_path), OFFERS_URL=offers.url, STOCK_URL=stock.url) as (_, port):
        until(lambda: ask(port, "/livez")[0] == 200)
        until(lambda: offers.inside and stock.inside)  # both are asked though neither has answered
        until(lambda: "catalogue" not in ask(port, "/readyz")[1]["waiting"])
        assert ask(port, "/readyz") == (503, {"waiting": ["offers", "stock", "index"], "stopping": False})
        assert ask(port, "/articles")[0] == 503
        offers.open.set()
        stock.open.set()
        until(lambda: ask(port, "/readyz")[0] == 200)
        assert ask(port, "/articles")[1][0] == {"number": "A-100", "name": "Kettle", "price": 29.0, "stock": 7}


def test_with_one_worker_the_steps_run_in_sequence_as_before(tmp_path, neighbours):
    offers, stock = neighbours
    with shop(built(tmp_path), OFFERS_URL=offers.url, STOCK_URL=stock.url, START_WORKERS="1") as (_, port):
        until(lambda: offers.inside)
        until(lambda: ask(port, "/readyz")[0] == 503)
        assert not stock.inside
        offers.open.set()
        until(lambda: stock.inside)


def test_a_neighbour_that_is_away_is_asked_again_and_nothing_ends(tmp_path):
    port_of_stock = free_port()
    with shop(built(tmp_path), STOCK_URL=f"http://127.0.0.1:{port_of_stock}/") as (process, port):
        assert json.loads(next(line for line in process.stderr if "waits_for" in line))["waits_for"] == "STOCK_URL"
        until(lambda: ask(port, "/livez")[0] == 200)
        assert ask(port, "/readyz")[0] == 503


def test_a_start_without_its_data_ends_with_a_sentence(tmp_path):
    folder = copied(tmp_path, TRACK, PROVE)
    with shop(folder) as (process, _):
        assert process.wait(20) == 1
        assert "catalogue.json" in process.stderr.read()


def test_a_mistake_in_the_data_ends_the_build(tmp_path):
    folder = copied(tmp_path, TRACK, PROVE)
    (folder / "catalogue.yml").write_text("- {number: A-1, name: Cup}\n- {number: A-1, name: Pot}\n", encoding="utf-8")
    said = run([sys.executable, "tools/compile.py", "catalogue.yml", "shop/catalogue.json"], folder, code=1).stderr
    assert said == "catalogue.yml: each article needs a number of its own\n"
    assert not (folder / "shop" / "catalogue.json").exists()


def test_told_to_stop_it_goes_on_answering_and_says_that_it_is_not_ready(tmp_path):
    with shop(built(tmp_path), DRAIN_SECONDS="600") as (process, port):
        until(lambda: ask(port, "/readyz")[0] == 200)
        process.send_signal(signal.SIGTERM)
        until(lambda: ask(port, "/readyz")[0] == 503)
        assert ask(port, "/readyz")[1]["stopping"]
        assert ask(port, "/articles")[0] == 200


def test_when_the_wait_is_over_it_ends_well(tmp_path):
    with shop(built(tmp_path), DRAIN_SECONDS="0") as (process, port):
        until(lambda: ask(port, "/readyz")[0] == 200)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_told_to_stop_while_a_neighbour_is_away_it_ends(tmp_path):
    """The threads of the start go on asking for as long as the process lives, so they must be told as well."""
    with shop(built(tmp_path), STOCK_URL=f"http://127.0.0.1:{free_port()}/", DRAIN_SECONDS="0") as (process, port):
        until(lambda: ask(port, "/readyz")[0] == 503)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_what_is_under_way_when_the_wait_is_over_is_answered(tmp_path):
    folder = built(tmp_path)
    articles = [{"number": str(n), "name": "x" * 1000, "price": 1.0} for n in range(10_000)]  # more than is buffered
    (folder / "shop" / "catalogue.json").write_text(json.dumps(articles), encoding="utf-8")
    with shop(folder, DRAIN_SECONDS="0") as (process, port):
        until(lambda: ask(port, "/readyz")[0] == 200)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/articles", timeout=20) as answer:
            process.send_signal(signal.SIGTERM)
            until(lambda: ask(port, "/livez")[0] == 0)
            time.sleep(0.5)
            assert len(json.load(answer)) == len(articles)
        assert process.wait(20) == 0


def test_its_own_tests_pass(tmp_path):
    run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], copied(tmp_path, TRACK, PROVE))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name, future.result()", "name, 0.0"),
        ("{each.name: each.needs for each in named.values()}", "{each.name: () for each in named.values()}"),
        ("ThreadPoolExecutor(workers,", "ThreadPoolExecutor(1,"),
    ],
    ids=["failures are not looked at", "no order", "one after another"],
)
def test_its_tests_find_what_breaks_the_start(tmp_path, before, after):
    folder = copied(tmp_path, TRACK, PROVE)
    path = folder / "shop" / "startup.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")
    tests = folder / "tests" / "test_startup.py"
    tests.write_text(tests.read_text(encoding="utf-8").replace("timeout=10", "timeout=0.5"), encoding="utf-8")
    run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests"], folder, code=1)


# -- the stopwatch -----------------------------------------------------------------------------------------------------


def measure(folder, *words: str, code: int = 0, port: int | None = None, runs: str = "2"):
    port = port or free_port()
    url = f"http://127.0.0.1:{port}/readyz"
    return run(
        [sys.executable, "ci/startup.py", "--runs", runs, "--url", url, "--limit", "15", "--", *words],
        folder, code=code, PORT=str(port), DRAIN_SECONDS="0",
    )  # fmt: skip


def test_the_stopwatch_measures_real_starts(tmp_path):
    folder = built(tmp_path)
    measure(folder, sys.executable, "-m", "shop")
    found = json.loads((folder / "startup.json").read_text(encoding="utf-8"))
    assert found["n"] == 2
    assert 0 < found["p50_s"] <= found["p95_s"] <= found["max_s"]


def test_it_waits_for_ready_and_not_for_the_port(tmp_path, neighbours):
    """The neighbour answers only after the port was open, so a stopwatch that looks at the port would be quicker."""
    offers, _ = neighbours
    folder = built(tmp_path)
    held = 0.5

    def later():
        until(lambda: offers.inside)
        time.sleep(held)
        offers.open.set()

    threading.Thread(target=later, daemon=True).start()
    port = free_port()
    run(
        [sys.executable, "ci/startup.py", "--runs", "1", "--url", f"http://127.0.0.1:{port}/readyz", "--",
         sys.executable, "-m", "shop"],
        folder, PORT=str(port), DRAIN_SECONDS="0", OFFERS_URL=offers.url,
    )  # fmt: skip
    assert json.loads((folder / "startup.json").read_text(encoding="utf-8"))["max_s"] >= held


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([sys.executable, "-c", "raise SystemExit(3)"], "The program ended with 3 before it was ready."),
        ([], "say behind -- how the program is started"),
    ],
    ids=["it ends", "no program"],
)
def test_what_is_no_start_gives_no_number(tmp_path, words, said):
    folder = copied(tmp_path, TRACK, PROVE)
    assert said in measure(folder, *words, code=2 if not words else 1).stderr
    assert not (folder / "startup.json").exists()


def test_something_that_answers_already_is_not_measured(tmp_path):
    folder = built(tmp_path)
    with shop(folder) as (_, port):
        until(lambda: ask(port, "/readyz")[0] == 200)
        said = measure(folder, sys.executable, "-m", "shop", code=1, port=port).stderr
    assert "Something answers at" in said


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (1, 20)])
def test_of_twenty_starts_the_nineteenth_is_the_percentile(tmp_path, share, expected):
    code = f"import startup; print(startup.quantile(list(range(1, 21)), {share}))"
    assert run([sys.executable, "-c", code], exemplar(TRACK, PROVE) / "ci", PYTHONDONTWRITEBYTECODE="1").stdout == (
        f"{expected}\n"
    )


# -- counting while it is rolled out -----------------------------------------------------------------------------------


def count(folder, port: int, *command: str, code: int = 0) -> dict:
    url = f"http://127.0.0.1:{port}/articles"
    run(
        [sys.executable, "ci/rollout.py", "--url", url, "--after", "0.2", "--pause", "0.02", "--", *command],
        folder, code=code,
    )  # fmt: skip
    return json.loads((folder / "rollout.json").read_text(encoding="utf-8"))


def test_a_service_that_goes_on_fails_no_request_and_the_code_of_the_command_is_kept(tmp_path):
    folder = built(tmp_path, ROLLOUT)
    with shop(folder) as (_, port):
        until(lambda: ask(port, "/readyz")[0] == 200)
        found = count(folder, port, "sh", "-c", "sleep 0.5; exit 7", code=7)
    assert found["n"] > 0
    assert found["failed"] == 0


def test_one_that_stops_at_once_is_counted_as_failing(tmp_path):
    folder = built(tmp_path, ROLLOUT)
    with shop(folder, DRAIN_SECONDS="0") as (process, port):
        until(lambda: ask(port, "/readyz")[0] == 200)
        found = count(folder, port, "sh", "-c", f"sleep 0.3; kill {process.pid}; sleep 0.3")
    assert 0 < found["failed"] < found["n"]


@pytest.mark.parametrize(("codes", "code"), [("0", 0), ("1 0", 1)], ids=["well", "goes back and fails"])
def test_a_roll_out_that_does_not_end_well_goes_back(tmp_path, codes, code):
    folder = copied(tmp_path, TRACK, ROLLOUT)
    (tmp_path / "codes").write_text(codes.replace(" ", "\n") + "\n", encoding="utf-8")
    program = tmp_path / "kubectl"
    program.write_text(
        '#!/bin/sh\necho "$*" >> ../asked\ncase "$*" in *status*) code=$(head -n 1 ../codes); '
        'sed -i 1d ../codes; exit "$code";; esac\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    run(["ci/roll-out.sh"], folder, code=code, PATH=f"{tmp_path}:/usr/bin:/bin")
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert ("rollout undo" in asked) == bool(code)


# -- images and manifests ----------------------------------------------------------------------------------------------


def test_the_size_is_written_as_its_gate_reads_it(tmp_path):
    folder = copied(tmp_path, TRACK, SLIM)
    program = tmp_path / "docker"
    program.write_text('#!/bin/sh\n[ "$5" = shop ] && echo \'{"bytes": 151000000, "layers": 6}\'\n', encoding="utf-8")
    program.chmod(0o755)
    run(["ci/image.sh", "shop", "image.json"], folder, PATH=f"{tmp_path}:/usr/bin:/bin")
    assert json.loads((folder / "image.json").read_text(encoding="utf-8")) == {"bytes": 151000000, "layers": 6}


@pytest.mark.parametrize("poc", [SLIM, PROVE])
def test_hadolint_finds_nothing_in_the_dockerfile(poc):
    run([need("hadolint"), "Dockerfile"], exemplar(TRACK, poc))


def test_the_dockerfile_copies_what_is_there():
    folder = exemplar(TRACK, PROVE)
    text = (folder / "Dockerfile").read_text(encoding="utf-8")
    ignored = (folder / ".dockerignore").read_text(encoding="utf-8").split()
    for name in ("requirements.txt", "tools", "catalogue.yml", "shop"):
        assert (folder / name).exists()
        assert name in text
        assert name not in ignored


def test_the_example_repositories_hold_the_same_service():
    for name in ("__init__.py", "__main__.py", "startup.py"):
        assert len({(exemplar(TRACK, poc) / "shop" / name).read_bytes() for poc in POCS}) == 1


def test_the_manifests_fit_the_schemas_of_kubernetes():
    need("kubernetes-validate")
    kubernetes = importlib.import_module("kubernetes_validate")
    documents = read(exemplar(TRACK, ROLLOUT) / "deploy" / "production" / "shop.yaml")
    assert [each["kind"] for each in documents] == ["Deployment", "Service", "PodDisruptionBudget"]
    for each in documents:
        kubernetes.validate(each, "1.37", strict=True)
    documents[0]["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes.ValidationError):
        kubernetes.validate(documents[0], "1.37", strict=True)


def test_the_manifests_ask_what_the_service_answers(tmp_path):
    deployment, service, budget = read(exemplar(TRACK, ROLLOUT) / "deploy" / "production" / "shop.yaml")
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    with shop(built(tmp_path, ROLLOUT)) as (_, port):
        until(lambda: ask(port, "/readyz")[0] == 200)
        for name in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert ask(port, container[name]["httpGet"]["path"])[0] == 200
            assert container[name]["httpGet"]["port"] == container["ports"][0]["name"]
    for labels in (service["spec"]["selector"], budget["spec"]["selector"]["matchLabels"]):
        assert labels.items() <= pod["metadata"]["labels"].items()
    drain = int(next(each["value"] for each in container["env"] if each["name"] == "DRAIN_SECONDS"))
    assert drain < pod["spec"]["terminationGracePeriodSeconds"]
    assert budget["spec"]["maxUnavailable"] < deployment["spec"]["replicas"]


def test_no_probe_kills_a_start_that_waits_for_a_neighbour(tmp_path):
    deployment, *_ = read(exemplar(TRACK, ROLLOUT) / "deploy" / "production" / "shop.yaml")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    with shop(built(tmp_path, ROLLOUT), STOCK_URL=f"http://127.0.0.1:{free_port()}/") as (_, port):
        until(lambda: ask(port, "/readyz")[0] == 503)
        for name, code in (("startupProbe", 200), ("livenessProbe", 200), ("readinessProbe", 503)):
            assert ask(port, container[name]["httpGet"]["path"])[0] == code


MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop}}
spec:
  strategy: {{rollingUpdate: {{maxUnavailable: {missing}}}}}
  template:
    spec:
      containers:
        - name: shop
          image: {image}
          startupProbe: {{grpc: {{port: 9000}}}}
          readinessProbe: {{exec: {{command: [/ready]}}}}
          resources: {resources}
"""
WELL = {"missing": "0", "image": "shop:1.2", "resources": "{requests: {cpu: 1, memory: 1Gi}}"}


@pytest.mark.parametrize(
    ("check", "change", "outcome"),
    [
        ("surge", {"missing": '"0%"'}, "pass"),
        ("surge", {"missing": "1"}, "fail"),
        ("tag", {"image": "localhost:5000/team/shop:1.2"}, "pass"),
        ("tag", {"image": "localhost:5000/team/shop"}, "fail"),
        ("tag", {"image": "shop@sha256:0123"}, "pass"),
        ("tag", {"image": "shop"}, "fail"),
        ("tag", {"image": "shop:latest"}, "fail"),
        ("tag", {"image": "shop:main"}, "fail"),
        ("tag", {"image": "nginx:stable"}, "fail"),
        ("tag", {"image": "shop:1.2-stable"}, "pass"),
        ("probes", {}, "pass"),
        ("requests", {"resources": "{limits: {cpu: 1, memory: 1Gi}}"}, "pass"),
        ("requests", {"resources": "{requests: {cpu: 1}, limits: {memory: 1Gi}}"}, "pass"),
        ("requests", {"resources": "{limits: {memory: 1Gi}}"}, "fail"),
    ],
    ids=str,
)
def test_other_ways_to_the_same_end_are_seen(check, change, outcome):
    text = MANIFEST.format(**WELL | change)
    assert outcome_of(TRACK, ROLLOUT, check, {"k8s/shop.yml": text}) == outcome


def test_a_patch_of_kustomize_is_not_taken_for_a_whole_deployment():
    whole = MANIFEST.format(**WELL)
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {replicas: 5}\n"
    files = {"k8s/base/shop.yml": whole, "k8s/production/replicas.yml": patch}
    assert {outcome_of(TRACK, ROLLOUT, check, files) for check in ("probes", "requests", "surge")} == {"pass"}


@pytest.mark.parametrize(
    ("budget", "outcome"),
    [("maxUnavailable: 1", "pass"), ("maxUnavailable: 25%", "pass"), ("minAvailable: 2", "pass"),
     ("maxUnavailable: 0", "fail"), ("minAvailable: 100%", "fail"), ("maxUnavailable: 100%", "fail"),
     ("minAvailable: 1\n  maxUnavailable: 1", "fail")],
)  # fmt: skip
def test_a_budget_lets_somebody_go(budget, outcome):
    text = f"kind: PodDisruptionBudget\nspec:\n  {budget}\n  selector: {{matchLabels: {{app: shop}}}}\n"
    assert outcome_of(TRACK, ROLLOUT, "budget", {"deploy/pdb.yaml": text}) == outcome


def test_a_budget_may_choose_its_pods_by_expressions():
    chosen = "selector: {matchExpressions: [{key: app, operator: In, values: [shop]}]}"
    text = f"kind: PodDisruptionBudget\nspec:\n  maxUnavailable: 1\n  {chosen}\n"
    assert outcome_of(TRACK, ROLLOUT, "budget", {"deploy/pdb.yaml": text}) == "pass"


@pytest.mark.parametrize(
    ("life", "ready", "outcome"),
    [
        ("{path: /livez, port: 80}", "{path: /readyz, port: 80}", "pass"),
        ("{path: /health, port: 80}", "{path: /health, port: 80}", "fail"),
        ("{path: /health, port: 81}", "{path: /health, port: 80}", "pass"),
        ("{path: /readyz, port: 80}", "{path: /articles, port: 80}", "fail"),
    ],
)
def test_one_address_for_life_and_readiness_is_seen(life, ready, outcome):
    probes = f"livenessProbe: {{httpGet: {life}}}\n          readinessProbe: {{httpGet: {ready}}}"
    text = MANIFEST.format(**WELL).replace("readinessProbe: {exec: {command: [/ready]}}", probes)
    assert outcome_of(TRACK, ROLLOUT, "apart", {"k8s/shop.yml": text}) == outcome


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("python3 ci/rollout.py --url $URL -- ci/roll-out.sh", "pass"),
        ("hey -z 60s https://shop.example.com", "pass"),
        ("ab -n 1000 https://shop.example.com/", "pass"),
        ("./count-they all", "fail"),
        ("echo hey there", "fail"),
    ],
)
def test_only_what_asks_counts_as_asking(line, outcome):
    text = f"on: push\njobs:\n  deploy:\n    steps:\n      - run: {line}\n"
    assert outcome_of(TRACK, ROLLOUT, "counted", {".github/workflows/deploy.yml": text}) == outcome


@pytest.mark.parametrize(
    ("line", "outcome"), [(".git", "pass"), ("**/.git", "pass"), (".github", "fail"), (".gitignore", "fail")]
)
def test_only_the_history_is_the_history(line, outcome):
    assert outcome_of(TRACK, SLIM, "ignored", {".dockerignore": f"{line}\n"}) == outcome


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("COPY package.json package-lock.json ./", "pass"),
        ("COPY ./go.sum ./go.mod ./", "pass"),
        ("COPY src/ src/", "fail"),
    ],
)
def test_lists_of_dependencies_of_many_languages_are_known(line, outcome):
    text = f"FROM a AS build\n{line}\nRUN fetch\nCOPY . .\nFROM scratch\nCOPY --from=build /x /x\n"
    assert outcome_of(TRACK, SLIM, "order", {"Dockerfile": text}) == outcome


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ("RUN --mount=type=cache,target=/c --mount=type=bind,source=uv.lock,target=uv.lock uv sync\nCOPY . .", "pass"),
        ("RUN --mount=type=bind,target=uv.lock,src=./uv.lock uv sync\nCOPY . .", "pass"),
        ("COPY . .\nRUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync", "fail"),
        ("RUN --mount=type=bind,from=tools,source=uv.lock,target=uv.lock uv sync\nCOPY . .", "fail"),
        ("RUN --mount=type=cache,source=uv.lock,target=/c uv sync\nCOPY . .", "fail"),
        ("COPY requirements/ requirements/\nRUN pip install -r requirements/all.txt\nCOPY . .", "pass"),
        ("COPY requirements.txt ./\nCOPY . .\nRUN pip install -r requirements.txt", "fail"),
        ("COPY requirements.txt ./\nCOPY . .", "fail"),
        ("COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY shop shop", "pass"),
    ],
)
def test_the_list_counts_when_something_is_fetched_with_it_before_everything_is_copied(lines, outcome):
    text = f"FROM a AS build\n{lines}\nFROM scratch\nCOPY --from=build /x /x\n"
    assert outcome_of(TRACK, SLIM, "order", {"Dockerfile": text}) == outcome


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        ("RUN apk --no-cache add curl", "fail"),
        ("RUN apt-get update -y && apt-get -qq install curl", "fail"),
        ("RUN dpkg -i /tmp/curl.deb", "fail"),
        ("RUN aptitude install curl", "fail"),
        ("RUN pip install --no-cache-dir shop", "pass"),
        ("COPY --from=build /usr/lib/libpq.so.5 /usr/lib/", "pass"),
    ],
)
def test_packages_of_the_system_in_the_last_stage_are_seen(last, outcome):
    text = f"FROM debian AS build\nRUN apt-get update && apt-get install -y gcc libpq5\nFROM debian\n{last}\n"
    assert outcome_of(TRACK, SLIM, "nothing-installed", {"Dockerfile": text}) == outcome


def test_a_build_by_command_with_a_cache_in_the_registry_counts():
    text = """on: push
jobs:
  image:
    steps:
      - run: |
          docker buildx build --cache-from type=registry,ref=registry.example.com/shop:cache \\
            --cache-to type=registry,ref=registry.example.com/shop:cache,mode=max .
"""
    assert outcome_of(TRACK, PROVE, "cached", {".github/workflows/ci.yml": text}) == "pass"


BUILD = "{uses: docker/build-push-action@v6, with: {context: ., %s}}"
KEPT = "{uses: actions/cache@v4, with: {path: /tmp/c, key: k}}"
LOCAL = BUILD % 'cache-from: "type=local,src=/tmp/c", cache-to: "type=local,dest=/tmp/c"'


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        (BUILD % 'cache-from: type=gha, cache-to: "type=gha,mode=max"', "pass"),
        (BUILD % "cache-from: type=gha", "fail"),
        (BUILD % "cache-to: type=gha", "fail"),
        (BUILD % 'cache-from: "type=registry,ref=registry.example.com/shop:cache"', "pass"),
        (BUILD % 'cache-from: "registry.example.com/shop:cache", cache-to: type=inline', "pass"),
        (f"{KEPT}, {LOCAL}", "pass"),
        (LOCAL, "fail"),
        ('{run: "docker buildx bake --set *.cache-from=type=gha --set *.cache-to=type=gha,mode=max"}', "pass"),
        ("{uses: depot/build-push-action@v1}", "pass"),
        ("{run: echo docker buildx build --cache-from type=gha --cache-to type=gha}", "fail"),
    ],
)
def test_a_cache_that_outlives_the_runner_is_read_and_written(steps, outcome):
    text = f"on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps: [{steps}]\n"
    assert outcome_of(TRACK, PROVE, "cached", {".github/workflows/ci.yml": text}) == outcome


@pytest.mark.parametrize(
    ("strategy", "outcome"),
    [
        ('{matrix: {python: ["3.12", "3.13"]}}', "pass"),
        ("{matrix: {include: [{a: 1}, {a: 2}]}}", "pass"),
        ('{matrix: "${{ fromJSON(vars.VERSIONS) }}"}', "pass"),
        ('{matrix: {python: ["3.13"]}}', "fail"),
        ('{max-parallel: 1, matrix: {python: ["3.12", "3.13"]}}', "fail"),
    ],
)
def test_a_matrix_of_more_than_one_begins_at_once(strategy, outcome):
    job = f"{{runs-on: x, strategy: {strategy}, steps: [{{run: make}}]}}"
    assert (
        outcome_of(TRACK, PROVE, "beside", {".github/workflows/ci.yml": f"on: push\njobs: {{a: {job}}}\n"}) == outcome
    )


@pytest.mark.parametrize(("event", "outcome"), [("[push, pull_request]", "pass"), ("schedule", "fail")])
def test_two_workflows_of_a_pull_request_begin_at_once(event, outcome):
    text = f"on: {event}\njobs: {{a: {{runs-on: x, steps: [{{run: make}}]}}}}\n"
    files = {".github/workflows/test.yml": text, ".github/workflows/image.yml": text}
    assert outcome_of(TRACK, PROVE, "beside", files) == outcome


# -- all of them -------------------------------------------------------------------------------------------------------


def test_the_linters_find_nothing_in_the_workflows():
    paths = [path for poc in POCS for path in sorted(exemplar(TRACK, poc).glob(".github/workflows/*.y*ml"))]
    assert len(paths) == 4
    assert linted(paths) == []


def test_zizmor_finds_nothing_grave_in_the_workflows():
    zizmor = need("zizmor")
    for poc in POCS:
        run([zizmor, "--offline", "--no-progress", "--min-severity", "high", "."], exemplar(TRACK, poc))
