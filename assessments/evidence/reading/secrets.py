"""Secrets in files: tokens of known form, and values that look made by a machine. What was found is never passed on:
only where it is and what kind it is.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

#: Kind -> expression. Each begins with letters that are looked for first, as that is fast.
_KNOWN = {
    "access key of AWS": (rb"AKIA", rb"(?<![A-Za-z0-9])AKIA[A-Z2-7]{16}(?![A-Za-z0-9])"),
    "token of GitHub": (rb"gh", rb"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{82})\b"),
    "token of GitLab": (rb"glpat-", rb"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    "token of Slack": (rb"xox", rb"\bxox[abprs]-[0-9]{8,}-[0-9A-Za-z-]{20,}\b"),
    "webhook of Slack": (
        rb"hooks.slack.com",
        rb"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}",
    ),
    "key of Stripe": (rb"_live_", rb"\b[sr]k_live_[0-9a-zA-Z]{24,}\b"),
    "key of SendGrid": (rb"SG.", rb"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    "token of npm": (rb"npm_", rb"\bnpm_[A-Za-z0-9]{36}\b"),
    "token of PyPI": (rb"pypi-", rb"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    "token of Vault": (rb"hvs.", rb"\bhvs\.[A-Za-z0-9_-]{60,}"),
    "token of DigitalOcean": (rb"dop_v1_", rb"\bdop_v1_[a-f0-9]{64}\b"),
    "key of an Azure account": (rb"AccountKey=", rb"AccountKey=[A-Za-z0-9+/]{86}=="),
    "private key": (
        rb"PRIVATE KEY",
        rb"-----BEGIN (RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----[\s\\nr\"'+]{1,20}[A-Za-z0-9+/=]{48}",
    ),
}
_COMPILED = {kind: (sign, re.compile(expression)) for kind, (sign, expression) in _KNOWN.items()}

_NAMED = re.compile(
    rb"(?i)(?:password|passwd|secret|token|api_?key|access_?key|private_?key|client_?secret)[\"']?\s{0,3}(?::|=|:=|"
    rb"=>)\s{0,3}"
    rb"[\"']([A-Za-z0-9+/=_!@#$%^&*.~-]{20,120})[\"']"
)
#: One of these stands in what the expression above finds; looking for them first is fast.
_NAMES = (b"password", b"passwd", b"secret", b"token", b"apikey", b"api_key", b"accesskey", b"access_key")
_NAMES += (b"privatekey", b"private_key")
_IN_ADDRESS = re.compile(
    rb"\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|amqps?|"
    rb"rediss?)://[^\s:@/\"'<>${}]{1,60}:([^\s@/\"'<>${}]{8,80})@([\w.-]+)"
)
_ALLOWED = re.compile(rb"(?i)gitleaks:allow|pragma: allowlist secret|nosec|noqa: ?S10[567]|trufflehog:ignore|ggignore")
_SEARCHING = re.compile(rb"(?i)algolia|docsearch|index_?name|app_?id")
_PLACEHOLDER = re.compile(
    rb"(?i)example|sample|dummy|placeholder|change.?me|replace|your[-_]|fake|test|mock|insert|redacted|xxxx|1234|abcd|"
    rb"todo|none|null|\.\.\.|secret|password|token|default|localhost|foo|bar\b|lorem"
)


@dataclass(frozen=True)
class Hit:
    """line: from 1. kind: for people. certain: of a known form; else it only looks like a secret."""

    line: int
    kind: str
    certain: bool


def entropy(value: bytes) -> float:
    """Bits a character, of how often each occurs."""
    counts = Counter(value)
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values()) if value else 0.0


def find_secrets(content: bytes) -> list[Hit]:
    """The secrets in a text, at most twenty. Never fails."""
    found: list[Hit] = []
    for kind, (sign, pattern) in _COMPILED.items():
        if sign in content:
            for match in pattern.finditer(content):
                if not _sample(kind, match[0]) and not _allowed(content, match.start()):
                    found.append(Hit(_line(content, match.start()), kind, True))
    certain = {hit.line for hit in found}
    lower = content.lower()
    for match in _NAMED.finditer(content) if any(name in lower for name in _NAMES) else ():
        if _random(match[1]) and not _allowed(content, match.start()) and not _public(content, match):
            found.append(Hit(_line(content, match.start()), "value that looks like a secret", False))
    for match in _IN_ADDRESS.finditer(content) if b"://" in content else ():
        strong = entropy(match[1]) > 3.0 and not _PLACEHOLDER.search(match[1]) and b"." in match[2]
        if strong and b"example" not in match[2].lower() and not _allowed(content, match.start()):
            found.append(Hit(_line(content, match.start()), "password in an address", False))
    kept = [hit for hit in found if hit.certain or hit.line not in certain]
    return sorted(kept, key=lambda hit: (not hit.certain, hit.line))[:20]


#: What is shown in place of a value.
HIDDEN = "[hidden]"
_SHOWN = re.compile(
    rb"(?i)(://[^\s:@/]{1,100}:)[^\s@/]{3,200}(?=@)|"
    rb"((?:password|passwd|secret|token|api_?key|access_?key|private_?key)[a-z_]*[\"']?\s{0,3}[:=]\s{0,3}[\"']?)"
    rb"(?![\"']?\$)[A-Za-z0-9+/_!@#%^&*.~-]{12,200}"
)


def hide(text: str) -> str:
    """A text that is to be shown, without what looks like a secret in it."""
    content = text.encode("utf-8", "replace")
    for sign, pattern in _COMPILED.values():
        if sign in content:
            content = pattern.sub(HIDDEN.encode(), content)
    return _SHOWN.sub(rb"\1\2" + HIDDEN.encode(), content).decode("utf-8", "replace")


def _line(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1


def _allowed(content: bytes, at: int) -> bool:
    """Whether the line says that it is meant to be there."""
    begin, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
    return bool(_ALLOWED.search(content[begin : end if end >= 0 else len(content)][:2000]))


def _public(content: bytes, match: re.Match) -> bool:
    """Whether it is a key for searching that every visitor of a page is given, named beside its index."""
    around = content[max(0, match.start() - 200) : match.end() + 200]
    return bool(re.fullmatch(rb"[0-9a-f]{32}", match[1]) and _SEARCHING.search(around))


def _sample(kind: str, value: bytes) -> bool:
    """Whether a token of known form is one from a manual."""
    if b"EXAMPLE" in value.upper():
        return True
    tail = value[-16:] if kind != "private key" else value[-48:]
    return entropy(tail) < 2.6


def _random(value: bytes) -> bool:
    """Whether a value looks made by a machine: many different signs, letters of both cases with digits, or long hex."""
    if _PLACEHOLDER.search(value):
        return False
    if re.fullmatch(rb"[0-9a-fA-F]{32,120}", value):
        return entropy(value) > 3.2
    mixed = re.search(rb"[a-z]", value) and re.search(rb"[A-Z]", value) and len(re.findall(rb"[0-9]", value)) >= 3
    words = re.search(rb"[A-Z]?[a-z]{6,}", value)  # what holds a word is a name
    return bool(mixed) and not words and entropy(value) >= 3.9
