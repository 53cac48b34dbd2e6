"""What an answer that is none means, as the exception to raise: limits, missing permissions, bad tokens."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from data.sources.github import errors, values

_SECONDARY_SECONDS = 60  # where GitHub names no time: at least a minute, says its documentation
_LONGEST = 86_400  # seconds that are believed: GitHub's limits begin anew each hour
_TEXT = 200  # characters of a message of GitHub that are repeated


def primary(headers: Mapping, now: float) -> errors.Limited:
    """The hourly limit is used up. The clocks of GitHub and of this machine may differ: only the difference counts."""
    wait = until_reset(headers, now)
    wait = _SECONDARY_SECONDS if wait is None else wait
    return used_up(now, wait)


def used_up(now: float, wait: float) -> errors.Limited:
    """The hourly limit begins anew after `wait` seconds. What is said is kept, so it names a time and no duration."""
    return errors.Limited(f"GitHub's hourly limit is used up until {clock(now, wait)}.", now + wait, "primary")


def secondary(headers: Mapping, now: float) -> errors.Limited:
    """Too many requests at once, or too much work for GitHub."""
    wait = _seconds(headers.get("retry-after"))
    wait = _SECONDARY_SECONDS if wait is None else min(_LONGEST, wait)
    return errors.Limited(f"GitHub asks to slow down until {clock(now, wait)}.", now + wait, "secondary")


def until_reset(headers: Mapping, now: float) -> float | None:
    """Seconds until the limit begins anew."""
    reset = _seconds(headers.get("x-ratelimit-reset"))
    if reset is None:
        return None
    date = values.header_date(headers.get("date"))
    return min(_LONGEST, max(0.0, reset - (now if date is None else date / values.SECOND))) + 1


def of(status: int, headers: Mapping, message: str, now: float, what: str) -> errors.GitHubError:
    """What a status of 400 or more means. message: what GitHub says, cleaned; what: which thing was asked for."""
    lower = message.lower()
    if status in (403, 429):
        return _forbidden(status, headers, lower, message, now, what)
    if status == 401:
        return _unknown_token(headers)
    if status in (404, 410):
        return errors.NotFound(
            f"GitHub has no {what}, or does not show it to this token: check the name, and that the token or app was "
            f"given this repository."
        )
    if status == 451:
        return errors.NotFound(f"GitHub has blocked {what}: its owner can see why at github.com.")
    if status == 409 and "empty" in lower:
        return errors.EmptyRepository("The repository is empty: push a first commit, then read it again.")
    return errors.GitHubError(
        f"GitHub did not accept a request for {what} ({status}: {message or 'no reason given'}): try again after an "
        f"update of Milepost."
    )


def _forbidden(status: int, headers: Mapping, lower: str, message: str, now: float, what: str) -> errors.GitHubError:
    if "retry-after" in headers or "secondary rate limit" in lower or "abuse" in lower:
        return secondary(headers, now)
    if headers.get("x-ratelimit-remaining") == "0" or lower.startswith("api rate limit exceeded"):
        return primary(headers, now)
    if status == 429:
        return secondary(headers, now)
    if "required" in headers.get("x-github-sso", ""):
        return errors.MissingPermission(
            f"The organization of {what} wants single sign-on for tokens: authorize the token for it at "
            f"github.com/settings/tokens."
        )
    if "ip allow list" in lower:
        return errors.MissingPermission(
            f"The organization of {what} does not admit this machine: have its address added to the IP allow list."
        )
    if "suspended" in lower:
        return errors.BadToken("GitHub has suspended this account or app: its owner can see why at github.com.")
    needed = permissions(headers.get("x-accepted-github-permissions", ""))
    scopes = headers.get("x-accepted-oauth-scopes", "")
    needed = needed or (f"the scope {scopes}" if scopes else "")
    if needed:
        return errors.MissingPermission(f"The token may not read {what}: give it {needed}.", needed)
    return errors.MissingPermission(f"The token may not read {what} ({message or 'GitHub gives no reason'}).")


def permissions(header: str) -> str:
    """X-Accepted-GitHub-Permissions in words: "issues=read; pull_requests=read" -> "issues (read) or ..."."""
    alternatives = []
    for group in header.split(";"):
        named = re.findall(r"([a-z_]+)=([a-z]+)", group)
        if named:
            alternatives.append(" and ".join(f"{name} ({level})" for name, level in named))
    return " or ".join(alternatives)


def _unknown_token(headers: Mapping) -> errors.BadToken:
    ends = headers.get("github-authentication-token-expiration")
    if ends:
        return errors.Expired(f"The token ended on {ends[:10]}: make a new one and store it in its place.")
    return errors.BadToken(
        "GitHub does not know this token: it is mistyped, revoked or expired; make a new one and store it in its place."
    )


def cleaned(message: object, secrets: tuple[str, ...]) -> str:
    """One short printable line of what GitHub says, without any secret."""
    line = " ".join(str(message or "").split())
    for secret in secrets:
        if secret:
            line = line.replace(secret, "(hidden)")
    return "".join(letter for letter in line if letter.isprintable())[:_TEXT].rstrip(".")


def clock(now: float, wait: float) -> str:
    """The time of day so many seconds from now; with seconds where it is soon."""
    return f"{datetime.fromtimestamp(now + wait, UTC):{'%H:%M:%S' if wait < 90 else '%H:%M'}} UTC"


def _seconds(value: str | None) -> float | None:
    try:
        return None if value is None else max(0.0, float(value))
    except ValueError:
        return None
