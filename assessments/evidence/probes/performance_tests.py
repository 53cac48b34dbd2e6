"""Does it show before users notice that something became slow?"""

import re

from assessments.evidence.dependencies import depends_on
from assessments.evidence.files import sources
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    partly,
)
from assessments.evidence.pipelines import calls, ran
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="performance-tests",
    title="Speed is tested",
    family="tests",
    capabilities=("test-automation", "reliability-engineering"),
    why="Software becomes slow a little with every change, until somebody complains.",
    how="Scripts of k6, Locust, Gatling, JMeter, Artillery and the like, or benchmarks of the language "
    "(pytest-benchmark, Go Benchmark functions, criterion, JMH, BenchmarkDotNet); met when the pipeline runs them.",
    outcomes={
        Outcome.MET: "Tests of speed exist and the pipeline runs them.",
        Outcome.PARTLY: "They exist, and the pipeline is not known to run them.",
        Outcome.NOT_APPLICABLE: "There are no tests of speed.",
    },
    remedy="Run a short load test with thresholds on each merge, and a long one each night.",
    effort=Effort.DAYS,
    version=2,
)

_LIBRARIES = re.compile(
    r"locust|pytest-benchmark|pytest-codspeed|artillery|autocannon|k6|gatling\S*|jmh-core|jmh-generator-annprocess|"
    r"criterion\S*|divan|iai\S*|benchmarkdotnet|benchmark-ips|tinybench|asv|airspeed-velocity|vegeta|hyperfoil\S*|"
    r"nbomber|benchee|codspeed-\S+"
)
_COMMANDS = re.compile(
    r"^(k6|locust|artillery|gatling|jmeter|autocannon|wrk2?|vegeta|hey|ab|hyperfine|asv|lhci|lighthouse\S*|"
    r"cargo (\S+ )*bench|cargo codspeed|go test .*-bench|pytest .*(--benchmark|--codspeed)|(npm|yarn|"
    r"pnpm) (run )?\S*bench\S*|(npm|yarn|pnpm) (run )?\S*perf\S*|make \S*bench\S*|(gradle|gradlew) .*jmh|(mvn|"
    r"mvnw) .*gatling)"
)
_ACTIONS = re.compile(
    r"^(grafana/(run-k6-action|k6-action)|benchmark-action/github-action-benchmark|codspeedhq/action|"
    r"treosh/lighthouse-ci-action|artilleryio/\S+|bencherdev/bencher)"
)
_FILES = (
    "**/*.jmx",
    "**/{locustfile,locustfiles/*}.py",
    "**/{k6,load-tests,loadtest,load-test,perf-tests,performance-tests}/**/*.{js,ts,py,scala}",
    "**/benches/*.rs",
    "**/*Benchmark.java",
    "**/*.k6.js",
    "**/*PerformanceTests/**/*.{cs,fs}",
    "**/*{Benchmarks,Benchmark}.{cs,fs,kt,scala}",
    "{benchmark,benchmarks,bench}/**/*.{js,ts,mjs,py,rb,go,php,ex,exs,sh}",
)


def judge(snapshot: Snapshot) -> Finding:
    run = [each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)] + calls(
        snapshot, _ACTIONS
    )
    there = [Evidence(each.path, each.line, each.name) for each in depends_on(snapshot, _LIBRARIES)]
    there += [Evidence(path, None, "a test of speed") for path in snapshot.find(*_FILES)[:5]]
    go = [path for path in sources(snapshot).tests if path.endswith("_test.go")][:300]
    for path, text in snapshot.texts(go):
        if bench := re.search(r"^func Benchmark\w+\(b \*testing\.B\)", text, re.MULTILINE):
            there.append(Evidence(path, text.count("\n", 0, bench.start()) + 1, bench[0]))
            break
    if run:
        return met("The pipeline runs tests of speed.", run)
    if there:
        return partly("Tests of speed exist, and the pipeline is not known to run them.", there)
    return not_applicable("There are no tests of speed.")
