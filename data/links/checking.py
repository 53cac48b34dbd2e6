"""All links of a folder of content, asked twice where the first answer is not a good one: quickly, then slowly.

One question at a time to each host, a few hosts at once. What is not known stays not known: a machine without a way to
the web finds nothing broken.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from content import catalog, markdown_rules
from data.links.asking import Answer, Reach, Refused, Unreachable, ask

THERE, MOVED, GONE, UNSURE, NOT_CHECKED = "there", "moved", "gone", "unsure", "not checked"
QUICK, SLOW = 8.0, 25.0  # seconds for an answer
HOSTS = 6  # at once
LONGEST_WAIT = 20.0  # seconds that a server may ask for
MOST_LINKS, WHOLE = 2_000, 900.0  # links; seconds for all of them
NO_WAY = "this machine has no way to the web just now"

Asked = Answer | Refused | Unreachable


@dataclass(frozen=True)
class Link:
    """place: the file, or `resources.yml: <id>`. resource: its id, "" for a link in a text."""

    place: str
    url: str
    resource: str = ""


@dataclass(frozen=True)
class Seen:
    """because: one sentence without a capital. to: where it is now, when it has moved."""

    state: str
    because: str
    to: str = ""


@dataclass(frozen=True)
class Pace:
    """Seconds: between two questions to a host, and before the second, slow one."""

    between: float = 1.0
    before_second: float = 4.0


def links(root: Path) -> tuple[Link, ...]:
    """Every address that the content of that folder links, each once for each place. The content must be right."""
    with catalog.at(root):
        found = [Link(f"resources.yml: {each['id']}", each["url"], each["id"]) for each in catalog.resources().values()]
        for slug in catalog.tracks():
            for name, module in catalog.modules(slug).items():
                found += [Link(f"tracks/{slug}/modules/{name}.md", url) for url in markdown_rules.links(module.text)]
            for name, poc in catalog.pocs(slug).items():
                texts = [poc["problem"], *(task["body"] for task in poc["tasks"])]
                found += [
                    Link(f"tracks/{slug}/pocs/{name}.yml", url) for text in texts for url in markdown_rules.links(text)
                ]
    return tuple(dict.fromkeys(found))[:MOST_LINKS]


def look(
    urls: Iterable[str], reach: Reach, pace: Pace | None = None, progress: Callable[[int, int, str], None] | None = None
) -> dict[str, Seen]:
    """What is at each address. progress: (done, of, address)."""
    pace, wanted = pace or Pace(), list(dict.fromkeys(urls))
    until, done = time.monotonic() + WHOLE, [0]

    def say(url: str, more: int) -> None:
        done[0] += 1
        if progress:
            progress(done[0], len(wanted) + more, url)

    first = _each(wanted, pace, until, lambda url: _asked(reach, "HEAD", url, QUICK), lambda url: say(url, 0))
    if not any(isinstance(answer, Answer) for answer in first.values()):  # then no name is gone either
        return {url: Seen(NOT_CHECKED, _why_not(answer, NO_WAY)) for url, answer in first.items()}
    found = {url: _said(url, answer) for url, answer in first.items()}
    # Many servers answer HEAD wrongly, or not in a hurry.
    unclear = [url for url in wanted if found[url].state not in (THERE, MOVED) and not isinstance(first[url], Refused)]
    waits = {url: _wait(first[url]) for url in unclear}
    again = [url for url in unclear if waits[url] <= LONGEST_WAIT]

    def slowly(url: str) -> Asked:
        time.sleep(max(pace.before_second, waits[url]))
        return _asked(reach, "GET", url, SLOW)

    second = _each(again, pace, until, slowly, lambda url: say(url, len(again)))
    late = {url: Seen(UNSURE, f"the server asks to wait {waits[url]:.0f} seconds; ask again later") for url in unclear}
    found |= late | {url: _said(url, answer) for url, answer in second.items()}
    return found


def _each(
    urls: list[str], pace: Pace, until: float, ask_one: Callable[[str], Asked], say: Callable[[str], None]
) -> dict[str, Asked]:
    """The answers; of each host one after the other."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).hostname or "", []).append(url)
    found: dict[str, Asked] = {}
    lock = threading.Lock()

    def of_host(some: list[str]) -> None:
        for number, url in enumerate(some):
            if number:
                time.sleep(pace.between)
            answer = Refused("there was no time left") if time.monotonic() > until else ask_one(url)
            with lock:
                found[url] = answer
                say(url)

    with ThreadPoolExecutor(HOSTS) as pool:
        list(pool.map(of_host, hosts.values()))
    return {url: found[url] for url in urls}


def _wait(answer: Asked) -> float:
    return answer.wait or 0.0 if isinstance(answer, Answer) else 0.0


def _why_not(answer: Asked, otherwise: str) -> str:
    return str(answer) if isinstance(answer, Refused) else otherwise


def _asked(reach: Reach, method: str, url: str, seconds: float) -> Asked:
    try:
        return ask(reach, method, url, seconds)
    except (Refused, Unreachable) as error:
        return error


def _said(url: str, answer: Asked) -> Seen:
    if not isinstance(answer, Answer):
        return Seen(GONE if isinstance(answer, Unreachable) and answer.unknown else NOT_CHECKED, str(answer))
    if answer.status < 300:
        if answer.moved and answer.url != url:
            return Seen(MOVED, f"it has moved for good to {answer.url}", answer.url)
        return Seen(THERE, "it is there")
    if answer.status in (404, 410):
        return Seen(GONE, f"the server says that it is not there ({answer.status})")
    return Seen(UNSURE, f"the server answers {answer.status}; look at it in a browser")


@dataclass(frozen=True)
class Report:
    """problems: what is gone. told: what was seen otherwise, one line each. rows: each link as plain values."""

    problems: tuple[str, ...]
    told: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    verified: Mapping[str, str]


def report(some: Iterable[Link], found: Mapping[str, Seen], today: date) -> Report:
    """What to mend and what to set `verified` to: the day, by id of the resource, for all that are there."""
    problems, told, rows, verified = [], [], [], {}
    for link in some:
        seen = found[link.url]
        line = f"{link.place}: {link.url}: {seen.because}"
        if seen.state == GONE:
            problems.append(line)
        elif seen.state != THERE:
            told.append(f"{'not checked: ' if seen.state == NOT_CHECKED else ''}{line}")
        if link.resource and seen.state in (THERE, MOVED):
            verified[link.resource] = today.isoformat()
        row = {"place": link.place, "url": link.url, "state": seen.state, "because": seen.because, "to": seen.to}
        rows.append(row | {"verified": verified.get(link.resource, "")})
    return Report(tuple(problems), tuple(told), tuple(rows), verified)


def with_days(text: str, verified: Mapping[str, str]) -> str:
    """The text of resources.yml with these days as `verified`, everything else as it stands."""
    lines, name = text.split("\n"), ""
    for number, line in enumerate(lines):
        if begins := re.match(r"\s*-\s+id:\s*[\"']?([a-z0-9-]+)", line):
            name = begins[1]
        elif name in verified and (field := re.match(r"(\s+verified:\s*)\S.*$", line)):
            lines[number] = f'{field[1]}"{verified[name]}"'
    return "\n".join(lines)
