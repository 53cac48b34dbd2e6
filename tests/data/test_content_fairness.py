"""Another sensible solution passes the checks as well as the exemplar does."""

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assessments.poc import read_poc
from data.content_proofs import of_poc

TRACKS = Path(__file__).parents[2] / "content" / "tracks"
ALERTS = "pipeline-monitoring/alerts-as-code", "rules/alerts.yml"
ROUTES = "pipeline-monitoring/route-and-learn", "monitoring/alertmanager.yml"
GITOPS = "infrastructure-as-code/gitops-and-numbers"
PIPELINE, TWO, BACK = (
    f"database-changes/{slug}"
    for slug in ("migrations-in-the-pipeline", "two-versions-one-schema", "back-without-loss")
)
DATABASE, DEPLOY, REHEARSAL = (f".github/workflows/{name}.yml" for name in ("database", "deploy", "rehearsal"))
TRIES, COMPARES, REHEARSES = (
    "run: python3 -m pytest -q tests/test_migrations.py",
    "run: sh ci/version-before.sh",
    "run: python3 ci/rehearse.py",
)
MIGRATES = "run: sh ci/migrate.sh up"
LIMIT = 'export PGOPTIONS="${PGOPTIONS:-} -c lock_timeout=3s"'
WRITES = "UPDATE orders SET note = 'seen' WHERE id = (SELECT min(id) FROM orders)"
ADDRESS = "DATABASE_URL: postgresql://postgres@localhost:5432/postgres"
BUSY = 'sum(cicd_worker_count{cicd_worker_state="busy"}) / sum(cicd_worker_count{cicd_worker_state=~"busy|available"})'
WAITS = 'sum by (le) (increase(cicd_pipeline_run_duration_seconds_bucket{cicd_pipeline_run_state="pending"}[1h]))'
APPLICATION_SET = """
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
spec:
  template: {spec: {project: shop, syncPolicy: {automated: {prune: true, selfHeal: true}}}}
"""


def judged(folder: Path, name: str) -> list[str]:
    """What is wrong with the exemplar that lies there, by the checks of that proof of concept."""
    track, slug = name.split("/")
    plain = YAML(typ="safe", pure=True).load(TRACKS / track / "pocs" / f"{slug}.yml")
    return list(of_poc(folder, read_poc(name, plain), offered=False))


def copied(folder: Path, name: str) -> Path:
    track, slug = name.split("/")
    return Path(shutil.copytree(TRACKS / track / "pocs" / slug / "exemplar", folder / "exemplar"))


@pytest.mark.parametrize(
    ("where", "handed", "other"),
    [
        (ALERTS, "ci_consecutive_failures > 3", "ci_consecutive_failures >= 4"),
        (ALERTS, "avg_over_time(ci:runner_utilisation:ratio[10m]) > 0.85", f"{BUSY} > 0.85"),
        (ALERTS, "ci:queue_seconds:p90_1h > 300", f"histogram_quantile(0.9, {WAITS}) > 300"),
        (ROUTES, """['severity="high"']""", "[severity = high]"),
        (ROUTES, """['severity="high"']""", """['severity=~"high"']"""),
        ((GITOPS, "apps/shop-production.yaml"), "selfHeal: true", "selfHeal: true\n      enabled: true"),
        (
            ("infrastructure-as-code/reproducible-infrastructure", ".gitignore"),
            ".terraform/\n",
            "**/.terraform/*\n",
        ),
    ],
)
def test_the_same_said_in_another_way_passes(tmp_path, where, handed, other):
    name, path = where
    file = copied(tmp_path, name) / path
    assert handed in file.read_text()
    file.write_text(file.read_text().replace(handed, other))
    assert judged(tmp_path, name) == []


def test_boards_in_folders_and_panels_in_rows_are_found(tmp_path):
    boards = copied(tmp_path, ROUTES[0]) / "dashboards"
    rows = (boards / "delivery.json").read_text().replace('"panels": [', '"panels": [{"type": "row", "panels": [')
    (boards / "team").mkdir()
    (boards / "team" / "delivery.json").write_text(rows.rstrip().removesuffix("]\n}") + "]}]}")
    (boards / "delivery.json").unlink()
    assert judged(tmp_path, ROUTES[0]) == []


def test_a_set_of_applications_follows_git_as_well_as_each_of_them(tmp_path):
    apps = copied(tmp_path, GITOPS) / "apps"
    for path in apps.glob("shop-*.yaml"):
        path.unlink()
    (apps / "shop.yaml").write_text(APPLICATION_SET)
    assert judged(tmp_path, GITOPS) == []


@pytest.mark.parametrize(
    ("task", "wrong"),
    [
        ("shell: tar xf /tmp/a.tar\n  args: {creates: /opt/a}\n", 0),
        ("shell: {cmd: rm /opt/a, removes: /opt/a}\n", 0),
        ("ansible.builtin.shell: {cmd: tar xf /tmp/a.tar, creates: /opt/a}\n", 0),
        ("shell: tar xf /tmp/a.tar\n  args: {chdir: /opt}\n", 1),
        ("shell: tar xf /tmp/a.tar\n  vars: {creates: /opt/a}\n", 1),
    ],
)
def test_a_command_that_names_what_it_makes_need_not_say_when_it_changed(tmp_path, task, wrong):
    tasks = copied(tmp_path, GITOPS) / "roles" / "proxy" / "tasks"
    (tasks / "more.yml").write_text(f"- name: Unpack once\n  {task}")
    assert len(judged(tmp_path, GITOPS)) == wrong


STREAM = "real-time-processing"
KAFKA_PYTHON = {
    "pipeline/publish.py": """
from kafka import KafkaProducer

def send(bootstrap, topic, key, value):
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", delivery_timeout_ms=30000)
    producer.send(topic, key=key, value=value).get(timeout=30)
""",
    "pipeline/consume.py": """
from kafka import KafkaConsumer

def run(bootstrap, topic, group):
    reading = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    for message in reading:
        reading.commit()
""",
}
AIOKAFKA = {
    "pipeline/publish.py": """
from aiokafka import AIOKafkaProducer

async def send(bootstrap, topic, key, value):
    settings = {"bootstrap_servers": bootstrap, "enable_idempotence": True, "request_timeout_ms": 30000}
    async with AIOKafkaProducer(**settings) as producer:
        await producer.send_and_wait(topic, value, key=key)
""",
    "pipeline/consume.py": """
from aiokafka import AIOKafkaConsumer

async def run(bootstrap, topic, group):
    settings = {"bootstrap_servers": bootstrap, "enable_auto_commit": False}
    async with AIOKafkaConsumer(topic, group_id=group, **settings) as reading:
        async for message in reading:
            await reading.commit()
""",
}
SCRIPT = """
COUNT = '''
if redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[1]) then
  redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
end
'''

class View:
    def __init__(self, redis):
        self.count = redis.from_url("a", socket_timeout=2).register_script(COUNT)
"""
REDPANDA = """
services:
  broker:
    image: docker.redpanda.com/redpandadata/redpanda:v24.1.1
    healthcheck: {test: [CMD, rpk, cluster, health]}
  cache:
    image: valkey/valkey:8
    healthcheck: {test: [CMD, valkey-cli, ping]}
"""


@pytest.mark.parametrize(
    ("name", "files"),
    [
        (f"{STREAM}/event-to-view", KAFKA_PYTHON),
        (f"{STREAM}/event-to-view", AIOKAFKA),
        (f"{STREAM}/event-to-view", {"compose.yml": REDPANDA}),
        (f"{STREAM}/failures-survived", {"pipeline/view.py": SCRIPT}),
        (f"{STREAM}/latency-and-lag", {"pipeline/view.py": SCRIPT}),
    ],
)
def test_streams_with_other_clients_and_servers(tmp_path, name, files):
    folder = copied(tmp_path, name)
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    assert judged(tmp_path, name) == []


SENT = (
    "pipeline/publish.py",
    '"acks": "all",  # all replicas that are in step have it\n            "enable.idempotence": True,',
)
ENDS = "pipeline/publish.py", '            "delivery.timeout.ms": int(seconds * 1000),\n'
FLUSHED = "pipeline/publish.py", "sending.flush(seconds + 5)"
KEYED = "pipeline/publish.py", "key=event.service.encode()"
MANUAL = "pipeline/consume.py", '"enable.auto.commit": False'
HANDLED = "pipeline/consume.py", "                    self._handle(message)\n"
BOUNDED = "pipeline/view.py", "socket_timeout=2, "
MARKED = "pipeline/view.py", "pipe.set(seen, 1, ex=KEEP)"
NUMBERED = "pipeline/view.py", "                    pipe.expire(number, KEEP)\n"
BROKER, CACHE = ("compose.yml", "apache/kafka:4.1.1"), ("compose.yml", "redis:7.4")
GAUGE = "pipeline/metrics.py", 'Gauge("board_lag_events", "Events that wait", ["partition"], registry=self.registry)'
METER = "opentelemetry.metrics.get_meter(__name__).create_gauge"
LATE = "rules/board.yml", "sum(board_lag_events) > 500"
GONE = (
    "rules/board.yml",
    "absent(board_last_look_timestamp_seconds) or time() - max(board_last_look_timestamp_seconds) > 120",
)
DEAD = "rules/board.yml", 'sum(increase(board_events_total{result="dead"}[15m])) > 0'
TRIED = (
    "                    try:\n                        self._handle(message)\n                    except Exception:\n"
)


@pytest.mark.parametrize(
    ("poc", "place", "other"),
    [
        ("event-to-view", SENT, '"acks": -1,'),
        ("event-to-view", SENT, '"request.required.acks": "-1",'),
        ("event-to-view", SENT, '"enable.idempotence": "True",'),
        ("event-to-view", MANUAL, '"enable.auto.commit": "False"'),
        ("event-to-view", BROKER, "confluentinc/confluent-local:7.9.0"),
        ("event-to-view", CACHE, "eqalpha/keydb:6.3.4"),
        ("latency-and-lag", GAUGE, 'Gauge(name="board_lag", documentation="Events that wait", registry=self.registry)'),
        ("latency-and-lag", GAUGE, f'{METER}(name="board.lag")'),
        ("latency-and-lag", LATE, "sum(board_waiting_events) > 500"),
        ("latency-and-lag", LATE, "max(board_oldest_event_age_seconds) > 60"),
        ("latency-and-lag", GONE, 'kafka_consumergroup_members{consumergroup="board"} == 0'),
        ("latency-and-lag", GONE, "time() - (max(board_last_look_timestamp_seconds) or vector(0)) > 120"),
        ("latency-and-lag", DEAD, "sum(increase(board_put_aside_total[15m])) > 0"),
    ],
)
def test_a_stream_said_in_another_way_passes(tmp_path, poc, place, other):
    assert changed(tmp_path, poc, (place, other)) == []


@pytest.mark.parametrize(
    ("poc", "check", "changes"),
    [
        ("event-to-view", "sent", [(SENT, '"acks": 0,')]),
        ("event-to-view", "keyed", [(KEYED, "key=None")]),
        ("event-to-view", "ends", [(ENDS, ""), (FLUSHED, "sending.flush(timeout=None)")]),
        ("failures-survived", "no-silence", [(HANDLED, f"{TRIED}                        continue\n")]),
        ("failures-survived", "bounded", [(BOUNDED, "socket_timeout=None, ")]),
        ("latency-and-lag", "lag", [(GAUGE, f'{METER}(name="board.delay")')]),
        ("latency-and-lag", "ttl", [(MARKED, "pipe.set(seen, 1, ex=None)"), (NUMBERED, "")]),
        ("latency-and-lag", "alerts", [(LATE, "sum(rate(board_messages_total[5m])) > 5")]),
        ("latency-and-lag", "alerts", [(LATE, "board_feature_flag > 0")]),
        ("latency-and-lag", "alerts", [(GONE, "time() - max(board_last_look_timestamp_seconds) > 120")]),
        ("latency-and-lag", "alerts", [(DEAD, "board_deadline_seconds > 5")]),
    ],
)
def test_a_stream_that_only_looks_right_does_not_pass(tmp_path, poc, check, changes):
    wrong = changed(tmp_path, poc, *changes)
    assert [line.split()[1] for line in wrong] == [check], wrong


def changed(folder: Path, poc: str, *changes: tuple[tuple[str, str], str]) -> list[str]:
    """What is wrong once that is put in place of what stands in the exemplar."""
    name = f"{STREAM}/{poc}"
    made = copied(folder, name)
    for (path, old), new in changes:
        text = (made / path).read_text(encoding="utf-8")
        assert old in text
        (made / path).write_text(text.replace(old, new), encoding="utf-8")
    return judged(folder, name)


def put(tmp_path: Path, name: str, changes: dict[str, tuple[str, str]], *alone: str) -> list[str]:
    """What is wrong when in these files one text is another; of files named in alone the last job, which calls the
    organisation's workflow and would do by itself, is taken away."""
    folder = copied(tmp_path, name)
    for path in alone:
        text = (folder / path).read_text()
        (folder / path).write_text(text[: text.index("\n  verify:\n")])
    for path, (old, new) in changes.items():
        text = (folder / path).read_text()
        assert old in text
        (folder / path).write_text(text.replace(old, new))
    return judged(tmp_path, name)


@pytest.mark.parametrize(
    "command",
    [".venv/bin/pytest tests/test_migrations.py", "py.test", "hatch test", "task test", "nix develop -c pytest"],
)
def test_the_migrations_are_tried_by_other_runners(tmp_path, command):
    assert put(tmp_path, PIPELINE, {DATABASE: (TRIES, f"run: {command}")}, DATABASE) == []


@pytest.mark.parametrize("command", ["make lint", "make build", "just fmt", "docker build -t pytest ."])
def test_a_target_that_tests_nothing_does_not_try_the_migrations(tmp_path, command):
    [said] = put(tmp_path, PIPELINE, {DATABASE: (TRIES, f"run: {command}")}, DATABASE)
    assert "tried does not pass" in said


@pytest.mark.parametrize(
    "command",
    [
        "/bin/sh ci/migrate.sh up",
        "sh ci/retry.sh sh ci/migrate.sh up",
        "nix develop -c sh ci/migrate.sh up",
        "heroku run -a shop sh ci/migrate.sh up",
        "task migrate",
        "kubectl -n shop wait --for=condition=complete job/migrate-42 --timeout=10m",
        "docker compose run --rm migrate",
        "gcloud run jobs execute shop-migrate --region europe-west3 --wait",
    ],
)
def test_the_deployment_migrates_from_other_places(tmp_path, command):
    assert put(tmp_path, PIPELINE, {DEPLOY: (MIGRATES, f"run: {command}")}) == []


@pytest.mark.parametrize(
    "command",
    ["alembic upgrade head", "kubectl get job migrate", "docker build -t migrate .", "kubectl apply -f migrate.yml"],
)
def test_another_way_than_the_one_script_is_not_the_one_way(tmp_path, command):
    [said] = put(tmp_path, PIPELINE, {DEPLOY: (MIGRATES, f"run: {command}")})
    assert "applied does not pass" in said


@pytest.mark.parametrize(
    "line", ['gunzip < orders.sql.gz | psql "$DATABASE_URL"', "pg_basebackup -D copy", "mydumper -B shop"]
)
def test_a_copy_of_production_is_not_made_up(tmp_path, line):
    [said] = put(
        tmp_path, PIPELINE, {"ci/fill.sh": ("exec python3 -m shop.fill", f"{line}\nexec python3 -m shop.fill")}
    )
    assert "made-up does not pass" in said


@pytest.mark.parametrize(
    "command", ["/bin/sh ci/version-before.sh", "nix develop -c sh ci/version-before.sh", "task before"]
)
def test_both_versions_are_compared_by_other_runners(tmp_path, command):
    assert put(tmp_path, TWO, {DATABASE: (COMPARES, f"run: {command}")}, DATABASE) == []


def test_only_a_fetch_of_everything_stands_in_for_the_depth_of_the_checkout(tmp_path):
    def fetched(folder: str, how: str) -> list[str]:
        file = copied(tmp_path / folder, TWO) / DATABASE
        text = file.read_text().replace("          fetch-depth: 0\n", "")
        text = text.replace(f"      - {COMPARES}", f"      - run: {how}\n      - {COMPARES}")
        file.write_text(text[: text.index("\n  verify:\n")])
        return judged(tmp_path / folder, TWO)

    assert fetched("whole", "git -c protocol.version=2 fetch --tags --unshallow") == []
    [said] = fetched("branch", "git fetch origin main")
    assert "compared does not pass" in said


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("config/initializers/strong_migrations.rb", "StrongMigrations.lock_timeout = 3.seconds"),
        ("shop/settings.py", 'DATABASES = {"default": {"OPTIONS": {"options": "-c lock_timeout=3000"}}}'),
        ("flyway.toml", "initSql = \"SET lock_timeout = '3s'\""),
        ("conf/flyway.conf", "flyway.initSql=SET lock_timeout TO '3s'"),
    ],
)
def test_a_migration_gives_up_where_other_tools_say_so(tmp_path, path, text):
    folder = copied(tmp_path, TWO)
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(f"{text}\n")
    script = folder / "ci/migrate.sh"
    script.write_text(script.read_text().replace(LIMIT, ""))
    assert judged(tmp_path, TWO) == []


@pytest.mark.parametrize(
    "line",
    [
        LIMIT.replace("3s", "0"),
        'echo "remember lock_timeout"',
        'migrate -lock-timeout 15 -path migrations -database "$DATABASE_URL" up',
    ],
)
def test_a_limit_that_is_none_does_not_count(tmp_path, line):
    [said] = put(tmp_path, TWO, {"ci/migrate.sh": (LIMIT, line)})
    assert "gives-up does not pass" in said


@pytest.mark.parametrize("command", [".venv/bin/python ci/rehearse.py", "sh ci/rehearse.sh", "task rehearse"])
def test_it_is_rehearsed_by_other_runners(tmp_path, command):
    assert put(tmp_path, BACK, {REHEARSAL: (REHEARSES, f"run: {command}")}, REHEARSAL) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (REHEARSES, "run: make rehearsal\n        env: {DATABASE_URL: '${{ secrets.MIGRATOR_URL }}'}"),
        (ADDRESS, "DATABASE_URL: ${{ secrets['MIGRATOR_URL'] }}"),
        ("permissions:\n", "env:\n  PRODUCTION: ${{ secrets.MIGRATOR_URL }}\npermissions:\n"),
        ("0000000000000000000000000000000000000000", "0000000000000000000000000000000000000000\n    secrets: inherit"),
    ],
)
def test_secrets_reach_a_rehearsal_in_other_ways_too(tmp_path, old, new):
    [said] = put(tmp_path, BACK, {REHEARSAL: (old, new)})
    assert "apart does not pass" in said


def test_the_token_of_the_run_is_no_way_to_production(tmp_path):
    login = "run: docker login ghcr.io -u shop -p \"$T\"\n        env: {T: '${{ secrets.GITHUB_TOKEN }}'}"
    assert put(tmp_path, BACK, {REHEARSAL: (REHEARSES, f"{login}\n      - {REHEARSES}")}) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE\n  orders SET note = 'seen'",
        "WITH o AS (SELECT min(id) AS id FROM orders) UPDATE orders SET note = 'seen' FROM o WHERE o.id = orders.id",
        "CALL note_an_order()",
    ],
)
def test_a_probe_that_writes_in_other_words(tmp_path, statement):
    assert put(tmp_path, BACK, {"ci/probe.sql": (WRITES, statement)}) == []
