"""The pictures of a report. Each says the same as the table beside it; no picture ranks services or teams."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, floor, log10

from assessments.delivery import present
from assessments.portfolio import Metric, Spread
from assessments.reporting import Quarter
from data.reporting.document import Picture
from data.reporting.ink import Sheet, cut, width_of

WIDTH = 720  # of a sheet
WEEK = timedelta(days=7)


# Over time: one row of panels a service


@dataclass(frozen=True)
class Course:
    """A metric by weeks: Mondays, the value over four weeks and its interval (None: not known). unit: hours, a week,
    share. says: its value in the quarter, or why there is none."""

    name: str
    unit: str
    weeks: Sequence[date]
    value: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    says: str


def courses(service: str, panels: Sequence[Course], quarter: Quarter) -> Picture:
    """A year of each metric up to the end of the quarter, the quarter on a band."""
    height, gap = 150, 24
    sheet = Sheet(WIDTH, height, f"{service}: a year up to the end of {quarter.name}")
    wide = (WIDTH - gap * (len(panels) - 1)) / len(panels)
    for place, course in enumerate(panels):
        _panel(sheet, course, quarter, place * (wide + gap), wide, height)
    alt = "; ".join(f"{each.name}: {each.says}" for each in panels)
    caption = (
        "Line: over four weeks up to each; band around it: 95 % interval; coloured ground: the quarter. A hole is a "
        "week of which it is not known, never zero."
    )
    return Picture(f"{service}: a year up to the end of {quarter.name}", sheet.svg(), f"{service}. {alt}.", caption)


def _panel(sheet: Sheet, course: Course, quarter: Quarter, x: float, wide: float, height: float) -> None:
    sheet.text(x, 12, course.name, 12, "ink", bold=True)
    sheet.text(x, 27, cut(course.says, wide, 11), 11, "soft")
    left, top, bottom = x + 44, 38.0, height - 20.0
    right = x + wide
    first, last = (quarter.end - 52 * WEEK).date(), quarter.end.date()
    days = (last - first).days

    def at(day: date) -> float:
        return left + (right - left) * (day - first).days / days

    sheet.rect(at(quarter.start.date()), top, right - at(quarter.start.date()), bottom - top, "band")
    weeks = zip(course.weeks, course.value, course.low, course.high, strict=True)
    rows = [row for row in weeks if row[1] is not None and row[0] + WEEK <= last]
    if not rows:
        sheet.rect(left, top, right - left, bottom - top, "", "line")
        sheet.text((left + right) / 2, (top + bottom) / 2 + 4, "nothing to draw", 11, "soft", anchor="middle")
        _months(sheet, first, last, at, bottom, quarter)
        return
    most = max(max(value, min(high or value, 2.5 * value)) for _, value, _, high in rows)
    ticks, write = scale(most, course.unit)
    upto = max(ticks[-1], most)

    def down(value: float) -> float:
        return bottom - (bottom - top) * min(value, upto) / upto

    for tick in ticks:
        sheet.line(left, down(tick), right, down(tick), "line", 0.8)
        sheet.text(left - 5, down(tick) + 3.5, write(tick), 10, "soft", anchor="end")
    for run in _runs(rows):
        points = [(at(week + WEEK), value, low, high) for week, value, low, high in run]
        around = [(place, low, high) for place, _, low, high in points if low is not None and high is not None]
        if len(around) > 1:
            up = [(place, down(high)) for place, _, high in around]
            sheet.area([*up, *reversed([(place, down(low)) for place, low, _ in around])], "ribbon")
        if len(points) > 1:
            sheet.path([(place, down(value)) for place, value, _, _ in points], "now", 2)
        else:
            sheet.circle(points[0][0], down(points[0][1]), 2.2, "now")
    _months(sheet, first, last, at, bottom, quarter)


def _months(
    sheet: Sheet, first: date, last: date, at: Callable[[date], float], bottom: float, quarter: Quarter
) -> None:
    """The first days of quarters, below the axis."""
    sheet.line(at(first), bottom, at(last), bottom, "soft", 0.8)
    for each in (quarter.before.before, quarter.before, quarter):
        place = at(each.start.date())
        sheet.line(place, bottom, place, bottom + 4, "soft", 0.8)
        sheet.text(place + 2, bottom + 14, f"{each.start:%b %y}", 10, "soft")


def _runs(rows: list) -> list[list]:
    """Weeks without a hole between them."""
    runs = [[rows[0]]]
    for row in rows[1:]:
        if row[0] - runs[-1][-1][0] == WEEK:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def scale(most: float, unit: str) -> tuple[list[float], Callable[[float], str]]:
    """Ticks from zero up to at least `most`, two to four of them, and how they are written."""
    if unit == "share":
        step = _nice(most * 100 / 3) / 100
        return _ticks(step, most), lambda value: f"{value * 100:.3g} %"
    if unit == "hours":
        size, name = next(each for each in ((24 * 7, "wk"), (24, "d"), (1, "h"), (1 / 60, "min"), (1 / 3600, "s"))
                          if most >= 2 * each[0] or each[1] == "s")  # fmt: skip
        step = max(_nice(most / size / 3), 1e-9) * size
        return _ticks(step, most), lambda value: f"{value / size:.3g} {name}" if value else "0"
    step = max(_nice(most / 3), 1e-9)
    return _ticks(step, most), lambda value: f"{value:.3g}"


def _nice(about: float) -> float:
    """1, 2 or 5 times a power of ten, not below."""
    if about <= 0:
        return 1.0
    power = 10.0 ** floor(log10(about))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= about * 0.999)


def _ticks(step: float, most: float) -> list[float]:
    return [step * number for number in range(max(1, ceil(most / step - 1e-6)) + 1)]


# Levels of capabilities


@dataclass(frozen=True)
class Rung:
    """A capability: its level (None: not told), the one before (None: not told, or no assessment), the level that is
    claimed where it is another one, and how much is known."""

    name: str
    level: int | None
    before: int | None
    claimed: int | None
    known: int
    applicable: int


def rungs(rows: Sequence[Rung], title: str, before: str) -> Picture:
    """Levels 0 to 4, a row a capability; `before`: the day of the earlier assessment, "" without one."""
    row, top, left, right = 19, 26, 268, 600
    sheet = Sheet(WIDTH, top + row * len(rows) + 8, title)
    apart = (right - left) / 4
    for level in range(5):
        x = left + apart * level
        sheet.text(x, 13, str(level), 11, "soft", anchor="middle")
        sheet.line(x, top - 6, x, top + row * len(rows), "line", 0.8)
    sheet.text(left - 14, 13, "Level", 11, "soft", anchor="end")
    sheet.text(right + 24, 13, "Evidence known", 11, "soft")
    for place, each in enumerate(rows):
        y = top + row * place + row / 2
        sheet.text(0, y + 4, cut(each.name, left - 24, 12), 12, "ink")
        if each.level is None:
            sheet.hatch(left, y - 5, right - left, 10)
        else:
            if each.before is not None and each.before != each.level:
                sheet.line(left + apart * each.before, y, left + apart * each.level, y, "before", 1.6)
            if each.claimed is not None:
                sheet.circle(left + apart * each.claimed, y, 5, "paper", "now", 1.2)
            if each.before is not None and each.before != each.level:
                sheet.circle(left + apart * each.before, y, 4, "paper", "before", 1.6)
            sheet.circle(left + apart * each.level, y, 5, "now")
        sheet.text(right + 24, y + 4, f"{each.known} of {each.applicable}", 11, "soft")
    marks = "Full: the level that is shown. Ring: what the team says beyond what is seen."
    if any(each.level is None for each in rows):
        marks += " Hatched: too little is known."
    if any(each.before not in (None, each.level) for each in rows):
        marks += f" Small ring with a line: the level in the assessment of {before}."
    alt = "; ".join(_said(each) for each in rows)
    return Picture(title, sheet.svg(), alt, marks)


def _said(each: Rung) -> str:
    level = "not told" if each.level is None else f"level {each.level}"
    return f"{each.name}: {level}" + (f", before {each.before}" if each.before not in (None, each.level) else "")


# Teams without names


def spreads(rows: Sequence[tuple[Metric, Spread]], quarter: Quarter) -> list[Picture]:
    """How many teams are in which range, in the quarter before (outline) and in this one (full); a picture a metric."""
    caption = (
        f"Outline: {quarter.before.name}, full: {quarter.name}. Teams in each range, by their middle service, the same "
        "in both; a range without a bar has no team in it."
    )
    drawn = []
    for metric, spread in rows:
        middle, before = (present.number(each, metric.unit) for each in spread.middle)
        title = f"{metric.name} of unnamed teams: the middle one {middle}, before {before}"
        sheet = Sheet(WIDTH, 106, title)
        _spread(sheet, metric, spread)
        drawn.append(Picture(title, sheet.svg(), _told(metric, spread), ""))
    return [*drawn[:-1], replace(drawn[-1], caption=caption)] if drawn else []


def _told(metric: Metric, spread: Spread) -> str:
    edges = [_edge(edge, metric.unit) for edge in spread.edges]
    bins = [f"{low} to {high}: {number}" for low, high, number in zip(edges, edges[1:], spread.now, strict=False)
            if number]  # fmt: skip
    middle, before = (present.number(each, metric.unit) for each in spread.middle)
    return f"{metric.name}: middle team {middle}, before {before}. Teams by range: {'; '.join(bins)}."


def _spread(sheet: Sheet, metric: Metric, spread: Spread) -> None:
    left, bottom, high = 96.0, 84.0, 66.0
    sheet.text(0, bottom - 18, f"{spread.teams} teams", 11, "soft")
    if spread.without:
        sheet.text(0, bottom - 4, f"{spread.without} without", 11, "soft")
    wide = min(72.0, (WIDTH - left - 16) / len(spread.now))
    most = max(*spread.now, *spread.before)
    sheet.line(left, bottom, left + wide * len(spread.now), bottom, "soft", 0.8)
    bar = wide / 2 - 6
    for place, (then, now) in enumerate(zip(spread.before, spread.now, strict=True)):
        for number, x, fill, edge in ((then, 5, "", "before"), (now, wide / 2 + 1, "now", "")):
            if number:
                x, tall = left + wide * place + x, high * number / most
                sheet.rect(x, bottom - tall, bar, tall, fill, edge)
                sheet.text(x + bar / 2, bottom - tall - 4, str(number), 10, "ink", anchor="middle")
    for place, edge in enumerate(spread.edges):
        sheet.line(left + wide * place, bottom, left + wide * place, bottom + 4, "soft", 0.8)
        sheet.text(left + wide * place, bottom + 16, _edge(edge, metric.unit), 10, "soft", anchor="middle")


def _edge(value: float, unit: str) -> str:
    """The end of a range: they are round numbers."""
    if unit == "share":
        return f"{value * 100:.3g} %"
    if unit == "hours":
        size, name = (1 / 60, "min") if 0 < value < 1 else (24, "d") if value >= 48 else (1, "h")
        return f"{value / size:.3g} {name}" if value else "0"
    size, name = (7, "/wk") if 1 / 8 < value < 1 else (30, "/mo") if 0 < value <= 1 / 8 else (1, "/d")
    return f"{value * size:.2g}{name}" if value else "0"


@dataclass(frozen=True)
class Stack:
    """A capability: how many teams have each level, 0 to 4; of how many it is not known or not released."""

    name: str
    levels: tuple[int, int, int, int, int]
    unknown: int


def stacks(rows: Sequence[Stack], teams: int, when: str) -> Picture:
    """How many unnamed teams have each level, a row a capability. when: in words."""
    row, top, left, right = 19, 30, 268, 700
    title = f"How many teams have each level {when}, unnamed"
    sheet = Sheet(WIDTH, top + row * len(rows) + 6, title)
    x = left
    for level in range(5):
        sheet.rect(x, 3, 11, 11, f"step{level}", "line")
        sheet.text(x + 15, 13, f"Level {level}", 11, "soft")
        x += 66
    sheet.rect(x, 3, 11, 11, "", "line")
    sheet.hatch(x, 3, 11, 11, "soft", 4)
    sheet.text(x + 15, 13, "not known", 11, "soft")
    each_wide = (right - left) / max(teams, 1)
    for place, each in enumerate(rows):
        y = top + row * place
        sheet.text(0, y + 12, cut(each.name, left - 14, 12), 12, "ink")
        x = float(left)
        for level, number in enumerate(each.levels):
            if number:
                sheet.rect(x, y + 1, number * each_wide, row - 4, f"step{level}", "paper")
                if number * each_wide > width_of(str(number), 11) + 4:
                    colour = "paper" if level >= 3 else "ink"
                    sheet.text(x + number * each_wide / 2, y + 12, str(number), 11, colour, anchor="middle")
                x += number * each_wide
        if each.unknown:
            sheet.rect(x, y + 1, each.unknown * each_wide, row - 4, "", "line")
            sheet.hatch(x, y + 1, each.unknown * each_wide, row - 4)
    alt = "; ".join(
        f"{each.name}: {', '.join(f'{n} at level {level}' for level, n in enumerate(each.levels) if n) or 'no level'}, "
        f"{each.unknown} not known"
        for each in rows
    )
    caption = (
        "Hatched: too little is known, or what the team said is not released. A row is a capability, no team is named."
    )
    return Picture(title, sheet.svg(), alt, caption)


def bars(rows: Sequence[tuple[str, int]], of: int, title: str, caption: str) -> Picture:
    """Counts as bars, each with its number."""
    row, left, right = 26, 300, 660
    sheet = Sheet(WIDTH, row * len(rows) + 4, title)
    for place, (name, number) in enumerate(rows):
        y = row * place + 4
        sheet.text(0, y + 13, cut(name, left - 14, 12), 12, "ink")
        sheet.rect(left, y, right - left, 17, "step0")
        sheet.rect(left, y, (right - left) * number / max(of, 1), 17, "now")
        sheet.text(right + 10, y + 13, f"{number:,}", 12, "ink", bold=True)
    return Picture(title, sheet.svg(), "; ".join(f"{name}: {number}" for name, number in rows), caption)
