"""Which tracks lead which capability up, from which level to which, and what that takes."""

from dataclasses import dataclass

from content import catalog, path_rules
from content.path_rules import Leg
from data.practices import model


@dataclass(frozen=True)
class Column:
    """A track. is_written: there is something to read. reading, doing: minutes of its modules and of its proofs of
    concept, 0 where nothing is written. difficulties: of its proofs of concept, in order."""

    slug: str
    title: str
    level: str
    hours: float
    is_written: bool
    reading: int
    doing: int
    difficulties: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """weight: how much of the track is about it, up to 1."""

    from_level: int
    to_level: int
    weight: float


@dataclass(frozen=True)
class Row:
    """A capability. cells: by slug of the track. way: from level 0 on. hours: of all tracks of the way, whole. about:
    minutes of those modules on the way that teach this. why_not: why there is no way, where one knows."""

    key: str
    name: str
    cells: dict[str, Cell]
    way: tuple[Leg, ...]
    hours: float
    about: int
    why_not: str

    @property
    def top(self) -> int:
        """The level to which the way leads, 0 without one."""
        return self.way[-1].to_level if self.way else 0


@dataclass(frozen=True)
class Matrix:
    """areas: (name, its capabilities), in order. hours: of all tracks together."""

    columns: tuple[Column, ...]
    areas: tuple[tuple[str, tuple[Row, ...]], ...]

    @property
    def hours(self) -> float:
        return sum(column.hours for column in self.columns)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for _, rows in self.areas for row in rows)


def matrix() -> Matrix:
    """Of what is taught, or about to be. It is the same for everybody: nothing of a team is in it."""
    tracks = {slug: track for slug, track in catalog.tracks().items() if track["status"] in path_rules.OPEN}
    columns = tuple(_column(slug, track) for slug, track in tracks.items())
    areas = tuple(
        (name, tuple(_row(key, tracks) for key in capabilities)) for name, capabilities in model.areas().values()
    )
    return Matrix(columns, areas)


def _column(slug: str, track: dict) -> Column:
    modules, pocs = catalog.modules(slug).values(), catalog.pocs(slug).values()
    return Column(
        slug, track["title"], track["level"], track["hours"], track["status"] in path_rules.WRITTEN,
        path_rules.reading(modules), path_rules.doing(pocs), tuple(each["difficulty"] for each in pocs),
    )  # fmt: skip


def _row(key: str, tracks: dict[str, dict]) -> Row:
    cells = {
        slug: Cell(each["from_level"], each["to_level"], each["weight"])
        for slug, track in tracks.items()
        for each in track["capabilities"]
        if each["id"] == key
    }
    way = path_rules.way(tracks, key)
    names = [leg.track for leg in way]
    about = [each for slug in names for each in catalog.modules(slug).values() if key in each.head["teaches"]]
    hours = sum(tracks[slug]["hours"] for slug in names)
    why_not = _reasons().get(key, "")
    return Row(key, model.capabilities()[key].name, cells, way, hours, path_rules.reading(about), why_not)


def _reasons() -> dict[str, str]:
    every = [each for area in catalog.practices()["areas"] for each in area["capabilities"]]
    return {each["key"]: each["not_taught"] for each in every if "not_taught" in each}
