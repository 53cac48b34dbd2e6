"""What Milepost is set to: each setting with its value, where that comes from, and whether it can be used.

The one place that knows all of it, for the page *Settings* and for `python milepost.py settings`. No value of a secret
leaves this module. What a setting has to be stands where it is used, and is asked there; nothing is checked twice.
"""

import difflib
import os
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from data import (
    access,
    environment,
    inbox,
    jobs,
    loading,
    openid,
    people,
    rates,
    references,
    sealed,
    settings_table,
    store,
    vault_settings,
)
from data.access import Action
from data.asking_github import base_url
from data.evidence import tools
from data.people import Who
from data.settings_table import BESIDE, GROUPS, Group, Setting
from data.sources.github.errors import GitHubError

SHORTEST_WEBHOOK = 16  # characters of its secret
_HIDDEN = "set, not shown"
_MAIL = [
    name for name in settings_table.ALL if name.startswith(("MILEPOST_SMTP_", "MILEPOST_MAIL_"))
]  # first the server
_LONGEST = 200  # characters of a value that is shown
#: What of a URL may let somebody in, where it should hold none of that: who signs in, and what it asks for.
_SIGNED_IN, _QUERY = re.compile(r"(?<=://)[^/\s,]*@"), re.compile(r"(?<=\?)[^\s,]+")
#: What Kubernetes sets for a service that is called milepost.
_OF_KUBERNETES = re.compile(r"MILEPOST(_\w+)?_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)")


@dataclass(frozen=True)
class Stated:
    """shown: the value, "" where there is none or it may not be shown. origin: default | environment | env:NAME |
    file:/path | vault:MOUNT/PATH#KEY. problem: one sentence that says what to mend, "" where all is well. note: what
    else there is to say. is_doubled: two values are valid, as it is being replaced."""

    setting: Setting
    is_set: bool
    shown: str
    origin: str
    problem: str = ""
    note: str = ""
    is_doubled: bool = False


@dataclass(frozen=True)
class Part:
    group: Group
    rows: tuple[Stated, ...]


@dataclass(frozen=True)
class Report:
    """strangers: variables that begin as ours do and mean nothing, each with a sentence."""

    parts: tuple[Part, ...]
    strangers: dict[str, str]

    @property
    def problems(self) -> dict[str, str]:
        """What has to be mended, by the name of the setting."""
        return {row.setting.name: row.problem for part in self.parts for row in part.rows if row.problem}


def seen(who: Who) -> Report:
    """The report for a person. Raises Forbidden, NotFound."""
    access.check(who, Action.ADMINISTER, access.of_organization(people.home_organization(who)))
    return report()


def report() -> Report:
    """Everything, as this process sees it; asks files and Vault, and nothing else."""
    mode = _mode()
    parts = tuple(Part(group, tuple(_stated(each, mode) for each in group.settings)) for group in GROUPS)
    return Report(parts, strangers())


def refuse_wrong() -> None:
    """Raises Unusable for a setting that cannot be meant, when Milepost starts. What a reference leads to is not asked:
    whoever needs it says what is wrong with it, and Vault may come later than Milepost."""
    for name in _AT_START:
        given = environment.given(name)
        if references.kind(given):
            references.check(given)
        elif given:
            try:
                _CHECKS[name](given)
            except GitHubError as error:
                raise store.Unusable(str(error)) from None


def _stated(setting: Setting, mode: dict[str, str]) -> Stated:
    given = environment.given(setting.name)
    kind = references.kind(given)
    if not given:
        return Stated(setting, False, "", "default", mode.get(setting.name, ""))
    origin = given if kind else "environment"
    try:
        found = environment.secrets(setting.name)
        value = found[0].decode("utf-8", "replace")
        if not value:
            raise store.Unusable(f"{setting.name} is empty: put the value there, or unset {setting.name}.")
        if check := _CHECKS.get(setting.name):
            check(value)
    except (store.Unusable, GitHubError) as error:
        return Stated(setting, True, "", origin, mode.get(setting.name) or str(error))
    stated = Stated(setting, True, _shown(setting, value), origin, mode.get(setting.name, ""), _note(setting, value))
    old = f"{setting.name}_OLD"
    if len(found) > 1 or (old in settings_table.ALL and environment.given(old)):
        stated = replace(stated, note="The newest value and the one that it replaced are valid.", is_doubled=True)
    return stated


def _shown(setting: Setting, value: str) -> str:
    if setting.kind == "secret":
        return _HIDDEN
    if setting.kind == "address":
        return _without_password(value)
    if setting.kind == "long":
        lines = len(value.splitlines())
        return f"{lines:,} {'line' if lines == 1 else 'lines'}"
    value = _QUERY.sub("***", _SIGNED_IN.sub("***@", value)) if "://" in value else value
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]} …"


def _without_password(address: str) -> str:
    """A connection's address without what lets somebody in; nothing of it when it cannot be read."""
    try:
        parsed = make_url(address)
    except (ArgumentError, ValueError):
        return _HIDDEN
    kept = {name: value for name, value in parsed.query.items() if "pass" not in name.lower()}
    return parsed.set(query=kept).render_as_string(hide_password=True)


def _note(setting: Setting, value: str) -> str:
    if setting.name.endswith("_OLD"):
        return "Take it away once everything knows the new one."
    if setting.kind == "secret" and references.kind(environment.given(setting.name)) is None:
        return "It stands in clear in the environment of the process: a file or Vault is safer."
    return ""


# Whether a value can be meant


def _one_of(name: str, *allowed: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value.lower() not in allowed:
            raise store.Unusable(f"{name} is {' or '.join(allowed)}, or not set; not {value[:60]!r}.")

    return check


def _port(value: str) -> None:
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 65_536):
        raise store.Unusable(f"PORT must be a number from 1 to 65535, not {value[:60]!r}.")


def _folders(value: str) -> None:
    for folder in loading.roots():
        if not folder.is_dir():
            raise store.Unusable(f"MILEPOST_ROOTS names {folder}, which is no folder: make it, or mend MILEPOST_ROOTS.")


def _home(value: str) -> None:
    folder = Path(value)
    if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise store.Unusable("MILEPOST_HOME is no folder that Milepost may write to: mend its rights, or name another.")


def _tools(value: str) -> None:
    named = [each.strip().lower() for each in value.split(",") if each.strip()]
    if unknown := [each for each in named if each not in tools.TOOLS]:
        raise store.Unusable(f"MILEPOST_TOOLS knows {' and '.join(tools.TOOLS)}, not {unknown[0][:60]!r}.")
    if missing := [each for each in named if tools.find(each) is None]:
        raise store.Unusable(
            f"{missing[0]} is not found: install it, or name its place in MILEPOST_{missing[0].upper()}."
        )


def _program(key: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if tools.find(key) is None:
            raise store.Unusable(f"There is no program {value[:200]}: mend MILEPOST_{key.upper()}.")

    return check


def _webhook(value: str) -> None:
    if len(value) < SHORTEST_WEBHOOK:
        raise store.Unusable(f"Let {inbox.SETTING} have {SHORTEST_WEBHOOK} characters or more, and tell GitHub.")


def _address(value: str) -> None:
    openid.check_address(value)


_CHECKS: dict[str, Callable[[str], object]] = {
    "MILEPOST_HOME": _home,
    "DATABASE_URL": lambda value: store.url(),
    "MILEPOST_SECRET_KEY": lambda value: sealed.check_key(),
    "MILEPOST_SECRET_KEY_OLD": lambda value: sealed.check_key(),
    "MILEPOST_KEEP_FILES": _one_of("MILEPOST_KEEP_FILES", "no", "yes", "0", "1", "off", "on", "false", "true"),
    "MILEPOST_ROOTS": _folders,
    "PORT": _port,
    "MILEPOST_ADDRESS": _address,
    "MILEPOST_WORKER": _one_of("MILEPOST_WORKER", "external"),
    "MILEPOST_REDIS_URL": lambda value: jobs.check_place(),
    "MILEPOST_API_RATE": lambda value: rates.tokens(),
    "MILEPOST_SIGN_IN_RATE": lambda value: rates.sign_ins(),
    "MILEPOST_METRICS": _one_of("MILEPOST_METRICS", "token", "loopback"),
    "MILEPOST_JOBS": _one_of("MILEPOST_JOBS", "immediate"),
    "MILEPOST_URL": lambda value: openid.public_url(),
    "MILEPOST_GITHUB_URL": lambda value: base_url(),
    "MILEPOST_WEBHOOK_SECRET": _webhook,
    "MILEPOST_TOOLS": _tools,
    "MILEPOST_ZIZMOR": _program("zizmor"),
    "MILEPOST_HADOLINT": _program("hadolint"),
    "MILEPOST_VAULT_ADDRESS": lambda value: vault_settings.settings(),
    "MILEPOST_ROTATION_HOURS": lambda value: vault_settings.grace(),
}
#: What has a form that can be judged at once; the rest is a matter of what is there at a moment.
_AT_START = (
    "DATABASE_URL", "MILEPOST_KEEP_FILES", "MILEPOST_WORKER", "MILEPOST_REDIS_URL", "MILEPOST_API_RATE",
    "MILEPOST_SIGN_IN_RATE", "MILEPOST_METRICS", "MILEPOST_JOBS", "MILEPOST_URL", "MILEPOST_GITHUB_URL",
    "MILEPOST_VAULT_ADDRESS", "MILEPOST_ROTATION_HOURS",
)  # fmt: skip


def _mode() -> dict[str, str]:
    """What is wrong with settings together, each sentence under the setting that it names first."""
    found: dict[str, str] = {}
    try:
        openid.settings()
    except store.Unusable as error:
        found[_named(str(error), openid.METADATA)] = str(error)
    if environment.given(_MAIL[0]):
        from data.reporting import mail  # with what draws reports, which takes a while to import

        found |= {_named(sentence, mail.HOST): sentence for sentence in mail.wrong()}
    for name in settings_table.ALL:
        newer = name.removesuffix("_OLD")
        if newer == name or not environment.given(name):
            continue
        if not environment.given(newer):
            found[name] = f"{name} means nothing without {newer}: set that, or unset this."
        elif environment.given(newer) == environment.given(name):
            found[name] = f"{name} is the same as {newer}: unset it."
    for needed, names in ((vault_settings.ADDRESS, vault_settings.NAMES[:-1]), (_MAIL[0], _MAIL)):
        for name in names if not environment.given(needed) else ():
            if environment.given(name):
                found[name] = f"{name} means nothing without {needed}: set that, or unset this."
    return found


def _named(sentence: str, otherwise: str) -> str:
    """The first setting that a sentence names."""
    found = [name for name in re.findall(r"[A-Z][A-Z_]+", sentence) if name in settings_table.ALL]
    return found[0] if found else otherwise


def strangers() -> dict[str, str]:
    """Variables that somebody meant for us and that we do not know: most often a slip of the pen."""
    named = {given.removeprefix("env:") for name in settings_table.ALL if (given := environment.given(name))}
    unknown = sorted(
        name
        for name in os.environ
        if name.startswith("MILEPOST")
        and name not in settings_table.ALL
        and name not in BESIDE | named
        and not _OF_KUBERNETES.fullmatch(name)
    )
    return {name: _meant(name) for name in unknown}


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name, settings_table.ALL, 1, 0.75)
    return f"Milepost has no setting of this name{f': {near[0]} is meant?' if near else '; unset it.'}"


# For terminals


def lines(found: Report, tried: Sequence[tuple[str, str]] = ()) -> list[str]:
    """The report as lines of text. tried: what was asked, and what is wrong with it or ""."""
    said = []
    for part in found.parts:
        said.append(part.group.title)
        for row in part.rows:
            if row.is_set or row.problem:
                value = f"{row.shown or 'set'} ({row.origin})" if row.is_set else "not set"
                said.append(f"  {'!' if row.problem else ' '} {row.setting.name}: {value}")
                said += [f"      {each}" for each in (row.problem, row.note) if each]
        unset = [row.setting.name for row in part.rows if not row.is_set and not row.problem]
        if unset:
            said += textwrap.wrap(f"not set: {', '.join(unset)}", 100, initial_indent="    ", subsequent_indent="    ")
    said += [f"  ? {name}: {sentence}" for name, sentence in found.strangers.items()]
    said += [f"  {'! ' if problem else '  '}{what}: {problem or 'answers'}" for what, problem in tried]
    wrong = len(found.problems) + sum(1 for _, problem in tried if problem)
    said.append(f"{wrong or 'Nothing'} to mend, {len(found.strangers) or 'no'} unknown.")
    return said


def as_json(found: Report, tried: Sequence[tuple[str, str]] = ()) -> dict:
    """The report as docs/cli.md describes it."""
    rows = [
        {
            "name": row.setting.name, "group": part.group.title, "set": row.is_set, "value": row.shown or None,
            "origin": row.origin, "problem": row.problem or None, "note": row.note or None,
            "default": row.setting.usual,
        }
        for part in found.parts
        for row in part.rows
    ]  # fmt: skip
    return {
        "format": "milepost.settings/1",
        "settings": rows,
        "unknown": [{"name": name, "problem": sentence} for name, sentence in found.strangers.items()],
        "tried": [{"what": what, "problem": problem or None} for what, problem in tried],
    }
