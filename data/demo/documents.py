"""Documents of invented repositories: what somebody wrote down, or did not."""


def runbook(title: str, first: str) -> str:
    return f"""# {title}

What it means: users see errors or wait. It is on the pager because it does not go away by itself.

## Look

1. Open the dashboard of the service and see since when.
2. {first}
3. Compare with the last deployment: if it began within an hour of it, go back first and look for the cause later.

## Stop it

Go back to the version before with the workflow Deploy. If that does not help, call the second on duty.
"""


def operating(service: str, team: str) -> str:
    """How a service is run, on one page."""
    return f"""# Running {service}

## Install

The workflow Deploy rolls out every merge to the default branch. Nobody installs by hand. Settings stand in the folder
deploy, secrets in the environment production of the repository, and only that environment may read them.

## Operate

Open the dashboard of {service} and look at the share of requests that fail, and at how long the others take. Alerts
name the page of docs/runbooks that tells what to do first. The second on duty is called after twenty minutes.

## Rollback

Run the workflow Deploy with the version before. It takes four minutes. Nothing in the database has to be taken back,
as each change of it works with both versions. Say so in the channel of the team.

## Owner

Team {team}, by day in its channel and at night by whoever is on duty.
"""


RELEASES = """# 1. Releases come from GitHub Actions, with every merge

Status: accepted

## Context

Releases waited for a day of the week, and for somebody who knew the old server. Both pipelines ran beside each other
for eight weeks and found the same.

## Decision

Every merge to the default branch is rolled out by the workflow Deploy. The old job is switched off, and its
credentials go four weeks later.

## Consequences

A rollback of the service is one run of Deploy with the version before; it was tried on purpose, and took six minutes.
For four weeks the old job could be switched on again. What gets lost: the old server kept the logs of ten years.
"""


def decision(number: int, title: str, because: str, price: str) -> str:
    return f"""# {number}. {title}

Status: accepted

## Why

{because}

## What follows

{price} We look at this decision again when one of the reasons has gone, and at the latest in a year; until then it
holds for everything new in this repository.
"""


def readme(name: str, purpose: str, start: str, check: str) -> str:
    return f"""# {name}

{purpose}

## Run it

```sh
{start}
```

## Test it

```sh
{check}
```

Every change comes as a pull request and is read by a second person. What the service does when something around it
fails, and how to go back, stands in the folder docs; what it needs from its surroundings, in the folder deploy.
Questions go to the channel of the team that is named in the file CODEOWNERS, and urgent ones to whoever is on duty.
"""


PULL_REQUEST = """## What changes

## Why now

## How it was tried

- [ ] It can be undone by going back one version
- [ ] Who is on duty knows
"""
SECURITY = """# Security

Please report a weakness to security@shop.example and not in an issue. You get an answer within two working days, and
we tell you when it is mended.
"""
CONTRIBUTING = """# How we work here

Branches live for a day or two. A change is small enough to be read in half an hour; what is not complete stands behind
a switch. Tests come with the change, and a test that fails without a reason is mended before anything else. Names of
commits say what changes for whoever uses the service.
"""
AGENTS = """# For coding assistants

Build with `make build`, check with `make check` before proposing anything. Keep changes under 200 lines. Never touch
deploy/ without being asked; never write to a database. Tests mirror the folders of the sources. Names of commits say
what changes for whoever uses the service.
"""
POSTMORTEM = """# Refunds were paid twice

For 40 minutes refunds of one bank were paid twice, because a retry did not carry the number of the first attempt. It
was seen by support, not by an alert. What helped: going back took four minutes. What changes: every call to a bank
carries a number, and an alert counts refunds against orders. Nobody is named here, as anybody would have done the same
with what was known.
"""
