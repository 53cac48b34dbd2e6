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
