"""`python -m data.api`: tokens, hooks and badges from the terminal of whoever runs Milepost; see docs/api.md."""

import argparse
import sys
from datetime import UTC, datetime, timedelta

from data import access, badges, hooks, people, references, store, tokens, trouble
from data.sources.github.errors import GitHubError

OK, REFUSED = 0, 2


def main(arguments: list[str] | None = None) -> int:
    """Runs one command as the local administrator; its exit code. Secrets go to standard output alone."""
    options = _parser().parse_args(arguments)
    try:
        store.migrate()
        options.run(options, people.local_person())
        return OK
    except (access.Forbidden, access.NotFound, GitHubError, ValueError) as error:
        print(trouble.sentence(error) or error, file=sys.stderr)
    except Exception as error:
        if (sentence := trouble.sentence(error)) is None:
            raise
        print(sentence, file=sys.stderr)
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m data.api", description="What lets programs in, and what they show.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    made = _add(commands, "token", _token, "make a token; its secret is printed once")
    made.add_argument("--name", required=True, help="what it is for")
    made.add_argument(
        "--scope", required=True, action="append", choices=tokens.SCOPES, help="may be given several times"
    )
    made.add_argument("--service", type=int, help="the number of a service; without it, the whole organization")
    made.add_argument("--days", type=int, help="until it expires; without it, never")
    _add(commands, "tokens", _tokens, "list the tokens")
    made = _add(commands, "replace", _replace, "give a token another secret, which is printed once")
    made.add_argument("token", type=int, help="its number")
    made.add_argument("--hours", type=int, default=24, help="how long the old one stays good beside it (24)")
    _add(commands, "revoke", _revoke, "let a token in no more").add_argument("token", type=int, help="its number")

    made = _add(commands, "hook", _hook, "make the URL for the webhooks of an incident tool, or change its secret")
    made.add_argument("--service", type=int, required=True)
    about = "where the secret is (docs/secrets.md); without it, it is read from standard input and kept sealed"
    made.add_argument("--secret", help=about)

    made = _add(commands, "badge", _badge, "switch the badge of a service on, and print its path")
    made.add_argument("--service", type=int, required=True)
    how = made.add_mutually_exclusive_group()
    how.add_argument("--new", action="store_true", help="with another path; the old one ends")
    how.add_argument("--off", action="store_true", help="switch it off")
    return top


def _add(commands, name: str, run, about: str) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=about, description=about)
    made.set_defaults(run=run)
    return made


def _token(options: argparse.Namespace, who: people.Who) -> None:
    expires = datetime.now(UTC) + timedelta(days=options.days) if options.days is not None else None
    organization = people.home_organization(who)
    print(tokens.create(who, organization, options.name, options.scope, options.service, expires))


def _tokens(options: argparse.Namespace, who: people.Who) -> None:
    for one in tokens.listed(who, people.home_organization(who)):
        used = f"last used {one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never used"
        about = (
            one.prefix + "...",
            one.state,
            one.service or "whole organization",
            used,
            " ".join(one.scopes),
            one.name,
        )
        print(f"{one.id:>5}  {'  '.join(about)}")


def _replace(options: argparse.Namespace, who: people.Who) -> None:
    hours = min(max(options.hours, -1), 10_000)  # a longer time is refused all the same
    print(tokens.replace(who, options.token, timedelta(hours=hours)))


def _revoke(options: argparse.Namespace, who: people.Who) -> None:
    tokens.revoke(who, options.token)
    print("Revoked.")


def _hook(options: argparse.Namespace, who: people.Who) -> None:
    if options.secret is not None and references.kind(options.secret) is None:
        raise ValueError(
            "A secret among the arguments is seen by others: name env:NAME, file:/path or vault:MOUNT/PATH#KEY, or "
            "leave it out."
        )
    secret = options.secret or sys.stdin.readline()
    print(f"/webhooks/pagerduty/{hooks.open_hook(who, options.service, secret)}")


def _badge(options: argparse.Namespace, who: people.Who) -> None:
    if options.off:
        badges.switch_off(who, options.service)
        print("Switched off.")
        return
    print(f"/badge/{badges.switch_on(who, options.service, options.new)}.svg")


if __name__ == "__main__":
    sys.exit(main())
