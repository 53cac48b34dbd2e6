"""Reports to a room of a chat: JSON that Slack, Mattermost, Rocket.Chat and others take at the URL of an incoming
webhook. The URL lets anybody write there, so it is kept like a password.

Only https:// to the public web is asked. A chat inside the network is named by whoever runs Milepost, in
MILEPOST_CHAT_HOSTS: `chat.intern` for https, `http://localhost:8065` where there is no other way.
"""

import json
import re
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from data import environment
from data.links import asking
from data.links.asking import Answer, Reach, Refused, Unreachable
from data.reporting import words
from data.reporting.document import Report
from data.reporting.mail import NotSent, Unknown

HOSTS = "MILEPOST_CHAT_HOSTS"
SECONDS = 20.0
LONGEST = 3_500  # characters of a message; what is longer is cut with a word that it is
LONGEST_URL = 2_000


def text(report: Report, page_url: str | None) -> str:
    """What stands in the room. Names cannot call anybody (@channel), nor become links or pictures."""
    lines = [f"*{_safe(report.title)}*", _safe(words.about(report))]
    lines += [f"• {_safe(sentence)}" for sentence in report.summary]
    whole = "\n".join(lines)
    if len(whole) > LONGEST:
        whole = whole[:LONGEST].rsplit("\n", 1)[0] + "\n• More stands in the report."
    return f"{whole}\n{page_url}" if page_url else whole


def _safe(text: str) -> str:
    """As Slack asks for it (& < >), on one line; signs by which chats call people or make links are taken apart."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([*_~`!]|\](?=\())", rf"\1{words.JOINER}", words.unlinked(line))


def checked(url: str) -> str:
    """The host of a URL that may be asked. Raises ValueError with a sentence; no name is looked up yet."""
    try:
        if len(url) > LONGEST_URL:
            raise Refused("it is too long")
        parts = asking.parts_of(url, _schemes(url))
    except Refused as error:
        raise ValueError(f"This URL cannot be used: {error}.") from None
    if not _allowed(url) and not asking.may_be_public(parts.hostname):
        raise ValueError(
            "This URL cannot be used: it leads to this machine or a network behind it. Whoever runs Milepost can allow "
            f"a chat there with {HOSTS}."
        )
    return parts.hostname


def send(url: str, said: str, ready: Callable[[], None], reach: Reach | None = None) -> None:
    """Posts it, once; `ready` is called when there is a connection. Raises NotSent, Unknown."""
    begun = False

    def begin() -> None:
        nonlocal begun
        ready()
        begun = True

    schemes = _schemes(url)
    if _allowed(url):
        reach = Reach(permits=lambda address: True, tls=reach.tls if reach else ssl.create_default_context())
    try:
        body = json.dumps({"text": said}).encode()
        answer = asking.deliver(reach or Reach(), url, body, SECONDS, begin, plain="http" in schemes)
    except Refused as error:
        raise NotSent(f"The chat is not asked: {error}.", False) from None
    except Unreachable as error:
        if begun:
            raise Unknown(f"The chat did not answer ({error}): the message may have arrived, or not.") from None
        raise NotSent(f"The chat cannot be reached: {error}.", True) from None
    _judge(answer)


def _judge(answer: Answer) -> None:
    if 200 <= answer.status < 300:
        return
    if answer.status in (404, 410):
        raise NotSent(f"The chat says that there is no such webhook any more ({answer.status}): make a new one.", False)
    passing = answer.status == 429 or answer.status >= 500
    raise NotSent(f"The chat refuses the message ({answer.status}).", passing)


def _schemes(url: str) -> tuple[str, ...]:
    return ("https", "http") if _allowed(url) == "http" else ("https",)


def _allowed(url: str) -> str:
    """Under which scheme whoever runs Milepost has allowed the host of a URL; "" where not."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    for each in environment.value(HOSTS).lower().replace(",", " ").split():
        if each == f"http://{parts.netloc.lower()}" and parts.scheme == "http":
            return "http"
        if each == host and parts.scheme == "https":
            return "https"
    return ""
