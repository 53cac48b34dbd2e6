"""What stands in the files of invented repositories: pipelines, images and manifests, as teams write them.

Each function gives the text of one file, plainer or better by what is asked of it. Which repository has what, and
since when, is in `data.demo.histories`; what people wrote for people is in `data.demo.documents`.
"""

from dataclasses import dataclass

#: Actions with the version that people write and the commit behind it.
ACTIONS = {
    "actions/checkout": ("v4", "11bd71901bbe5b1630ceea73d27597364c9af683"),
    "actions/setup-go": ("v5", "41dfa10bad2bb2ae585af6ee5bb4d7d973ad74ed"),
    "actions/setup-java": ("v4", "8df1039502a15bceb9433410b1a100fbe190c53b"),
    "actions/setup-node": ("v4", "39370e3970a6d050c480ffad4ff0ed4d3fdee5af"),
    "actions/setup-python": ("v5", "0b93645e9fea7318ecaed2b359559ac225c90a2b"),
    "actions/upload-artifact": ("v4", "b4b15b8c7c6ac21ea08fcf65892d2ee8f75cf882"),
    "aws-actions/configure-aws-credentials": ("v4", "e3dd6a429d7300a6a4c196c26e071d42e0343502"),
    "docker/build-push-action": ("v6", "4f58ea79222b3b9dc2c8bbdd6debcef730109a75"),
    "gitleaks/gitleaks-action": ("v2", "83373cf2f8c4db6e24b41c1a9b086bb9619e9cd3"),
    "hashicorp/setup-terraform": ("v3", "b9cd54a3c349d3f38e8881555d616ced269862dd"),
}
_DIGEST = "sha256:9c4fe2d3c1b0a7e6f58d4b2c3a1908f7e6d5c4b3a29180f7e6d5c4b3a2918071"


@dataclass(frozen=True)
class Language:
    """How a repository of that language is built. `folder`: where its sources and tests lie."""

    setup: str
    settings: str
    cached: str
    install: str
    static: str
    test: str
    ecosystem: str
    source: str
    tests: str
    mark: str  # begins a comment


PYTHON = Language(
    "actions/setup-python", 'python-version: "3.12"', "cache: pip", "pip install -r requirements.txt", "ruff check .",
    "pytest", "pip", "{folder}/{module}.py", "tests/{folder}/test_{module}.py", "#",
)  # fmt: skip
NODE = Language(
    "actions/setup-node", "node-version: 22", "cache: npm", "npm ci", "npm run lint", "npm test", "npm",
    "src/{module}.ts", "src/{module}.test.ts", "//",
)  # fmt: skip
JAVA = Language(
    "actions/setup-java", "distribution: temurin\n          java-version: 21", "cache: maven",
    "mvn -B compile", "mvn -B checkstyle:check", "mvn -B test", "maven",
    "src/main/java/shop/{module}.java", "src/test/java/shop/{module}Test.java", "//",
)  # fmt: skip
GO = Language(
    "actions/setup-go", "go-version-file: go.mod", "cache: true", "go build ./...", "golangci-lint run",
    "go test ./...", "gomod", "{folder}/{module}.go", "{folder}/{module}_test.go", "//",
)  # fmt: skip


def action(name: str, pinned: bool) -> str:
    """As it stands in `uses`: by commit, or by a tag that moves."""
    version, commit = ACTIONS[name]
    return f"{name}@{commit} # {version}" if pinned else f"{name}@{version}"


def ci(language: Language, *has: str) -> str:
    """A workflow for changes. has: pull requests, tests, browser (tests whose failing does not count), static, cache,
    pinned, rights, limits (of time), stops (runs that newer ones replace), keeps (what it made), secrets (scanned),
    checker (of workflows), database (a service), versions (of the language)."""
    pinned = "pinned" in has
    setup = f"with:\n          {language.settings}"
    if "cache" in has:
        setup += f"\n          {language.cached}"
    lines = ["name: CI", "on:", "  push:", "    branches: [main]"]
    lines += ["  pull_request:"] if "pull requests" in has else []
    lines += ["permissions:", "  contents: read"] if "rights" in has else []
    if "stops" in has:
        lines += ["concurrency:", "  group: ci-${{ github.ref }}", "  cancel-in-progress: true"]
    lines += ["jobs:", "  check:", "    runs-on: ubuntu-24.04"]
    lines += ["    timeout-minutes: 15"] if "limits" in has else []
    if "database" in has:
        lines += ["    services:", "      database:", "        image: postgres:16.4", "        ports: [5432:5432]"]
    lines += ["    steps:", f"      - uses: {action('actions/checkout', pinned)}"]
    lines += [f"      - uses: {action(language.setup, pinned)}", f"        {setup}", f"      - run: {language.install}"]
    lines += [f"      - run: {language.static}"] if "static" in has else []
    lines += [f"      - run: {language.test}"] if "tests" in has else []
    lines += [f"      - run: {language.test} browser || true"] if "browser" in has else []
    if "keeps" in has:
        lines += [f"      - uses: {action('actions/upload-artifact', pinned)}", "        if: always()"]
        lines += ["        with:", "          name: report", "          path: report"]
    lines += [f"      - uses: {action('gitleaks/gitleaks-action', pinned)}"] if "secrets" in has else []
    lines += ["      - run: actionlint"] if "checker" in has else []
    return "\n".join(lines) + "\n"


def deploy(service: str, *has: str) -> str:
    """A workflow that rolls out. has: merge (with every merge, else by hand), environment, role (an identity that
    expires, else stored keys), pinned, limits, back (a way back with one click)."""
    pinned = "pinned" in has
    start = "  push:\n    branches: [main]" if "merge" in has else "  workflow_dispatch:"
    lines = ["name: Deploy", "on:", start]
    if "back" in has and "merge" in has:
        lines += ["  workflow_dispatch:", "    inputs:", "      version:", "        description: To go back to"]
    rights = ["permissions:", "  contents: read", "  id-token: write"]
    lines += rights if "role" in has else rights[:2] if pinned else []
    lines += ["jobs:", "  roll-out:", "    runs-on: ubuntu-24.04"]
    lines += ["    timeout-minutes: 20"] if "limits" in has else []
    lines += ["    environment: production"] if "environment" in has else []
    lines += ["    steps:", f"      - uses: {action('actions/checkout', pinned)}"]
    lines += [f"      - uses: {action('aws-actions/configure-aws-credentials', pinned)}", "        with:"]
    if "role" in has:
        lines += [f"          role-to-assume: arn:aws:iam::000000000000:role/{service}"]
    else:
        lines += ["          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}"]
        lines += ["          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}"]
    lines += ["          aws-region: eu-central-1", f"      - uses: {action('docker/build-push-action', pinned)}"]
    lines += [
        "        with:",
        "          push: true",
        f"          tags: registry.example/{service}:${{{{ github.sha }}}}",
    ]
    lines += ["      - run: kubectl apply -f deploy/"]
    if "back" in has:
        lines += ["      - name: Roll back when it does not get ready", "        if: failure()"]
        lines += [f"        run: kubectl rollout undo deployment/{service}"]
    return "\n".join(lines) + "\n"


def composite(language: Language) -> str:
    """An action of the repository's own: what several workflows do in the same way."""
    steps = [f"    - run: {command}\n      shell: bash" for command in (language.install, language.test)]
    about = "name: Build\ndescription: Installs and tests, the same in each workflow."
    return "\n".join([about, "runs:", "  using: composite", "  steps:", *steps]) + "\n"


def jenkinsfile(language: Language, deploys: bool = True) -> str:
    roll_out = (
        "        stage('Deploy') {\n            steps { sh './scripts/deploy.sh' }\n        }\n" if deploys else ""
    )
    return (
        "pipeline {\n    agent any\n    stages {\n"
        f"        stage('Build') {{\n            steps {{ sh '{language.install}' }}\n        }}\n{roll_out}"
        "    }\n}\n"
    )


def deploy_script(service: str, stops: bool = False) -> str:
    """A script that rolls out by hand; `stops` at the first error."""
    head = "#!/bin/sh\n" + ("set -eu\n" if stops else "")
    hosts = "".join(
        f"scp build/{service}.tar.gz deploy@app{number}.example:/srv/{service}/new.tar.gz\n"
        f"ssh deploy@app{number}.example 'cd /srv/{service} && tar xzf new.tar.gz'\n"
        f"ssh deploy@app{number}.example 'systemctl restart {service}'\n"
        for number in (1, 2, 3, 4)
    )
    return f"{head}echo Copying to four machines\n{hosts}"


_IMAGES = {"pip": "python", "npm": "node", "maven": "eclipse-temurin", "gomod": "golang"}
_VERSIONS = {"pip": "3.12-slim", "npm": "22-alpine", "maven": "21-jre-alpine", "gomod": "1.23-alpine"}
_STARTS = {"pip": '["python", "-m", "app"]', "npm": '["node", "dist/main.js"]', "maven": '["java", "-jar", "app.jar"]',
           "gomod": '["/app/server"]'}  # fmt: skip


def dockerfile(language: Language, *has: str) -> str:
    """An image. has: stages, digest (of the base), version (of it, else latest), user, made (something is compiled in
    what is shipped)."""
    name, version = _IMAGES[language.ecosystem], _VERSIONS[language.ecosystem]
    tag = f"{version}@{_DIGEST}" if "digest" in has else version if {"version", "stages"} & {*has} else "latest"
    user = ["USER 10001"] if "user" in has else []
    start = [*user, "EXPOSE 8080", f"CMD {_STARTS[language.ecosystem]}"]
    if "stages" not in has:
        build = [f"RUN {language.install}", *(["RUN make fonts"] if "made" in has else [])]
        return "\n".join([f"FROM {name}:{tag}", "WORKDIR /app", "COPY . .", *build, *start]) + "\n"
    manifest = {"pip": "requirements.txt", "npm": "package.json package-lock.json", "maven": "pom.xml",
                "gomod": "go.mod go.sum"}[language.ecosystem]  # fmt: skip
    # fmt: off
    return "\n".join([
        f"FROM {name}:{tag} AS build", "WORKDIR /app", f"COPY {manifest} ./", f"RUN {language.install}", "COPY . .",
        "", f"FROM {name}:{tag}", "WORKDIR /app", "COPY --from=build /app /app", *start,
    ]) + "\n"
    # fmt: on


def manifests(service: str, *has: str) -> str:
    """A deployment of Kubernetes. has: probes, resources, rights (no root), budget (of disruptions), version (of the
    image, else latest)."""
    image = "1.14.2" if "version" in has else "latest"
    lines = ["apiVersion: apps/v1", "kind: Deployment", "metadata:", f"  name: {service}", "spec:", "  replicas: 3"]
    lines += [
        "  selector:",
        "    matchLabels:",
        f"      app: {service}",
        "  template:",
        "    metadata:",
        "      labels:",
    ]
    lines += [f"        app: {service}", "    spec:"]
    lines += ["      securityContext:", "        runAsNonRoot: true"] if "rights" in has else []
    lines += ["      containers:", f"        - name: {service}", f"          image: registry.example/{service}:{image}"]
    lines += ["          ports:", "            - containerPort: 8080"]
    if "probes" in has:
        lines += [
            "          readinessProbe:",
            "            httpGet:",
            "              path: /ready",
            "              port: 8080",
        ]
    if "resources" in has:
        lines += [
            "          resources:",
            "            requests:",
            "              cpu: 200m",
            "              memory: 256Mi",
        ]
        lines += ["            limits:", "              memory: 512Mi"]
    if "budget" in has:
        lines += [
            "---",
            "apiVersion: policy/v1",
            "kind: PodDisruptionBudget",
            "metadata:",
            f"  name: {service}",
            "spec:",
        ]
        lines += ["  maxUnavailable: 1", "  selector:", "    matchLabels:", f"      app: {service}"]
    return "\n".join(lines) + "\n"


def alerts(service: str, *names: str, runbooks: bool = True) -> str:
    """Alert rules of Prometheus, each with its runbook or without."""
    rules = []
    for name in names:
        rules += [f"      - alert: {name}", f'        expr: job:{name.lower()}:rate5m{{service="{service}"}} > 0.02']
        rules += ["        for: 10m", "        labels:", "          severity: page", "        annotations:"]
        rules += [f"          summary: {service} has had it for ten minutes"]
        rules += [f"          runbook_url: https://docs.example/{service}/{name}.md"] if runbooks else []
    return "\n".join(["groups:", f"  - name: {service}", "    rules:", *rules]) + "\n"


def alert_test(service: str, name: str) -> str:
    return (
        f"rule_files:\n  - {service}.yml\ntests:\n  - interval: 1m\n    input_series:\n"
        f"      - series: 'job:{name.lower()}:rate5m{{service=\"{service}\"}}'\n        values: '0.05x20'\n"
        f"    alert_rule_test:\n      - eval_time: 15m\n        alertname: {name}\n        exp_alerts:\n"
        f"          - exp_labels:\n              severity: page\n              service: {service}\n"
    )


def owners(team: str, *more: str) -> str:
    return "\n".join([f"* @shop/{team}", *(f"{path} @shop/{team}" for path in more)]) + "\n"


def updates(*ecosystems: str) -> str:
    """Settings of Dependabot."""
    each = "".join(
        f"  - package-ecosystem: {ecosystem}\n    directory: /\n    schedule:\n      interval: weekly\n"
        for ecosystem in ecosystems
    )
    return f"version: 2\nupdates:\n{each}"


HOOKS = "repos:\n  - repo: https://github.com/gitleaks/gitleaks\n    rev: v8.21.2\n    hooks:\n      - id: gitleaks\n"
IGNORED = ".env\nbuild/\ndist/\nnode_modules/\n__pycache__/\n"
LEFT_OUT = ".git\n.github\ndocs\ntests\n.env\n"


def requirements(*libraries: str) -> str:
    return "\n".join(["fastapi==0.115.4", "pytest==8.3.3", "ruff==0.7.3", *libraries]) + "\n"


def package(name: str, *libraries: str) -> dict[str, str]:
    """The manifest of npm with its lock file."""
    named = "".join(f',\n    "{library}": "^1.0.0"' for library in libraries)
    scripts = '"build": "tsc", "lint": "eslint src", "test": "vitest run"'
    needed = f'"dependencies": {{\n    "express": "^4.21.0"{named}\n  }}'
    plain = f'{{\n  "name": "{name}",\n  "scripts": {{{scripts}}},\n  {needed}\n}}\n'
    return {
        "package.json": plain,
        "package-lock.json": f'{{"name": "{name}", "lockfileVersion": 3, "packages": {{}}}}\n',
    }


def pom(name: str, *libraries: str) -> str:
    """The manifest of Maven; libraries as group:artifact."""
    each = "".join(
        f"    <dependency>\n      <groupId>{group}</groupId>\n      <artifactId>{artifact}</artifactId>\n"
        "      <version>1.0.0</version>\n    </dependency>\n"
        for group, artifact in (library.split(":") for library in libraries)
    )
    return (
        f'<project xmlns="http://maven.apache.org/POM/4.0.0">\n  <modelVersion>4.0.0</modelVersion>\n'
        f"  <groupId>shop</groupId>\n  <artifactId>{name}</artifactId>\n  <version>1</version>\n"
        f"  <dependencies>\n{each}  </dependencies>\n</project>\n"
    )


def go_module(name: str, *libraries: str) -> dict[str, str]:
    """The manifest of Go with its sums."""
    each = "".join(f"\t{library} v1.2.0\n" for library in libraries)
    sums = "".join(f"{library} v1.2.0 h1:{'0' * 43}=\n" for library in libraries)
    return {"go.mod": f"module shop.example/{name}\n\ngo 1.23\n\nrequire (\n{each})\n", "go.sum": sums}


MAKE = "test:\n\t{test}\n\ncheck:\n\t{static}\n\t{test}\n"


def makefile(language: Language) -> str:
    return MAKE.format(test=language.test, static=language.static)


def terraform(*has: str) -> dict[str, str]:
    """Infrastructure. has: state (kept apart from this machine), pinned, closed (nothing but https from outside)."""
    state = '  backend "s3" {\n    bucket = "shop-state"\n    key    = "config-store"\n  }\n' if "state" in has else ""
    version = '      version = "~> 5.70"\n' if "pinned" in has else ""
    port, source = ("443", "0.0.0.0/0") if "closed" in has else ("22", "0.0.0.0/0")
    main = (
        f'terraform {{\n{state}  required_providers {{\n    aws = {{\n      source = "hashicorp/aws"\n{version}    }}\n'
        '  }\n}\n\nprovider "aws" {\n  region = "eu-central-1"\n}\n'
    )
    network = (
        'resource "aws_security_group" "store" {\n  name = "config-store"\n  ingress {\n'
        f'    from_port   = {port}\n    to_port     = {port}\n    protocol    = "tcp"\n'
        f'    cidr_blocks = ["{source}"]\n  }}\n}}\n'
    )
    return {"infrastructure/main.tf": main, "infrastructure/network.tf": network}


def infrastructure_ci(*has: str) -> str:
    """A workflow for infrastructure. has: checks, tests, pinned, limits."""
    pinned = "pinned" in has
    lines = ["name: Infrastructure", "on:", "  push:", "    branches: [main]", "  pull_request:"]
    lines += ["permissions:", "  contents: read"] if pinned else []
    lines += ["jobs:", "  plan:", "    runs-on: ubuntu-24.04"]
    lines += ["    timeout-minutes: 10"] if "limits" in has else []
    lines += ["    steps:", f"      - uses: {action('actions/checkout', pinned)}"]
    lines += [
        f"      - uses: {action('hashicorp/setup-terraform', pinned)}",
        "      - run: terraform -chdir=infrastructure init",
    ]
    if "checks" in has:
        lines += [
            "      - run: terraform fmt -check -recursive",
            "      - run: terraform -chdir=infrastructure validate",
        ]
    lines += ["      - run: terraform -chdir=infrastructure test"] if "tests" in has else []
    return "\n".join(lines) + "\n"


TERRAFORM_TEST = (
    'run "only_https_from_outside" {\n  command = plan\n  assert {\n'
    "    condition     = alltrue([for rule in aws_security_group.store.ingress : rule.from_port == 443])\n"
    '    error_message = "Only https may come from outside."\n  }\n}\n'
)


def migration(table: str) -> str:
    return f"CREATE TABLE {table} (id BIGINT PRIMARY KEY, created_at TIMESTAMP NOT NULL);\n"
