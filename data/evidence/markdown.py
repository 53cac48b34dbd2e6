"""What a clone shows as Markdown, fit for a comment on a pull request: a short summary first, the rest folded.

Texts of a repository are hostile: they become neither links nor mentions nor HTML, and nothing beyond its limit.
"""

import re
from collections.abc import Iterable, Iterator

from assessments import maturity
from assessments.evidence import Evidence, Outcome, Result
from data.evidence.shown import Shown

#: Characters of a whole text: GitHub takes 65,536 in a comment.
LONGEST = 60_000
#: Places named of one finding.
PLACES = 5

_SIGNS = re.compile(r"([\\`*_{}\[\]#!|<>$~^&]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)])")
#: What GitHub makes something of even where it is escaped: mentions, addresses, numbers of issues, names of emoji.
_ALIVE = re.compile(r"(@|:(?=\S)|#(?=\d)|\b[Gg][Hh]-(?=\d)|\b[Ww][Ww][Ww](?=\.))")
_JOINER = "\N{WORD JOINER}"


def plain(text: object) -> str:
    """A text on one line that Markdown shows as it stands."""
    return _SIGNS.sub(r"\\\1", _ALIVE.sub(rf"\1{_JOINER}", _line(text)))


def code(text: object) -> str:
    """A text on one line as code, whatever signs it has."""
    said = _line(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", said)), default=0) + 1)
    space = " " if said.startswith("`") or said.endswith("`") or not said else ""
    return f"{fence}{space}{said}{space}{fence}"


def _line(text: object) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in str(text)).split())


def as_markdown(shown: Shown, longest: int = LONGEST) -> str:
    """The whole text, ending in a line feed. What does not fit is left out, and the last line says so."""
    head = list(_head(shown))
    parts = [
        _folded(f"Not met and partly met ({len(shown.open)})", (_entry(each) for each in shown.open)),
        _folded(
            f"Not known ({shown.evaluation.count(Outcome.UNKNOWN)})",
            (f"- {_titled(each)}: {plain(each.finding.because)}" for each in shown.of(Outcome.UNKNOWN)),
        ),
        _folded(
            f"Met ({shown.evaluation.count(Outcome.MET)})",
            (f"- {_titled(each)}" for each in shown.of(Outcome.MET)),
        ),
        _folded("Capabilities, by the repository alone", _capabilities(shown)),
        *(_folded(f"What {plain(each.tool or each.origin)} says", _others(each)) for each in shown.others),
    ]
    return _within("\n".join(head), [part for part in parts if part], longest)


def _head(shown: Shown) -> Iterator[str]:
    counts = shown.counts()
    yield f"### What {plain(shown.name)} shows"
    yield ""
    yield (
        f"**{counts[Outcome.NOT_MET]} not met, {counts[Outcome.PARTLY]} partly, {counts[Outcome.MET]} met**; "
        f"{counts[Outcome.UNKNOWN]} not known, {counts[Outcome.NOT_APPLICABLE]} not applicable. "
        f"At commit {code(shown.commit[:10])}."
    )
    if shown.base:
        yield ""
        yield from _changes(shown)
    if shown.first:
        yield ""
        yield "**To do first**"
        yield ""
        for place, each in enumerate(shown.first, 1):
            yield f"{place}. {_titled(each)}, {each.finding.effort}: {plain(each.finding.because)}"
            yield f"   {_remedy(each)}"
            if places := _places(each.finding.evidence[:1]):
                yield f"   {places}"


def _changes(shown: Shown) -> Iterator[str]:
    if not shown.changes:
        yield f"Nothing of this differs from commit {code(shown.base[:10])}."
        return
    yield f"**Other than at commit {code(shown.base[:10])}**"
    yield ""
    for change in shown.changes:
        yield f"- {_titled(change.result)}: {change.before.outcome} → **{change.result.finding.outcome}**"


def _remedy(result: Result) -> str:
    """What to do. Our own words are Markdown already."""
    said = result.finding.remedy
    return said if said == result.probe.remedy else plain(said)


def _titled(result: Result) -> str:
    return f"**{plain(result.probe.title)}** ({code(result.probe.key)})"


def _entry(result: Result) -> str:
    found = result.finding
    lines = [
        f"- {_titled(result)}: {found.outcome}, {found.effort}. {plain(found.because)}",
        f"  {_remedy(result)}",
    ]
    if places := _places(found.evidence[:PLACES]):
        more = max(found.total, len(found.evidence)) - PLACES
        lines.append(f"  {places}{f' and {more:,} more' if more > 0 else ''}")
    return "\n".join(lines)


def _places(places: Iterable[Evidence]) -> str:
    named = [f"{each.path}:{each.line}" if each.line else each.path for each in places if each.path]
    return ", ".join(code(name) for name in dict.fromkeys(named))


def _capabilities(shown: Shown) -> Iterator[str]:
    for each in shown.standings:
        said = ", ".join(
            f"{judged.statement.level} {judged.verdict}" for judged in each.statements if _looked_at(judged)
        )
        yield f"- **{plain(each.capability.name)}**: {said}. In all: {maturity.level_of(each)}."


def _looked_at(judged: maturity.Judged) -> bool:
    return any(item.lane == maturity.REPOSITORY for item, _ in judged.seen)


def _others(said) -> Iterator[str]:
    if said.problem:
        yield plain(said.problem)
    elif not said.evaluation.results:
        yield "Nothing was found."
    for each in said.evaluation.results if said.evaluation else ():
        places = _places(each.finding.evidence[:PLACES])
        yield f"- {code(each.probe.key)} {plain(each.finding.because)} {places}"


def _folded(title: str, lines: Iterable[str]) -> str:
    inside = "\n".join(lines)
    return f"\n<details><summary>{title}</summary>\n\n{inside}\n\n</details>\n" if inside else ""


def _within(head: str, parts: list[str], longest: int) -> str:
    text, left_out = head + "\n", 0
    if len(text) > longest - 200:
        text, left_out = text[: text.rfind("\n", 0, longest - 200) + 1], 1
    for part in parts:
        if len(text) + len(part) <= longest - 200:
            text += part
        elif shortened := _shortened(part, longest - 200 - len(text)):
            text += shortened
            left_out += 1
        else:
            left_out += 1
    if left_out:
        text += "\nThis is not all: the rest would be too long here, and stands in the JSON and SARIF forms.\n"
    return text


def _shortened(part: str, room: int) -> str:
    """As many whole entries of a folded part as fit; empty when hardly any do."""
    end = "\n\n</details>\n"
    cut = part.rfind("\n- ", 0, max(0, room - len(end)))
    return part[:cut] + end if cut > 200 else ""
