"""What a report is made of, whatever it becomes: a page, a PDF, Markdown or CSV. All texts are plain; who writes one
out escapes them."""

from dataclasses import dataclass, field

from assessments.reporting import Quarter


@dataclass(frozen=True)
class Text:
    """A paragraph; quiet: an aside."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Points:
    """Sentences as a list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """title: says what it shows. widths: of the columns, as parts of the whole. strong: cells (row, column) that a
    reader looks for. A row whose first cell is empty belongs to the one above, and stays on its page."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    strong: frozenset[tuple[int, int]] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """title: the finding. svg: a drawing of ours, made of what `data.reporting.vectors` reads. alt: the same in
    words, for who cannot see it. caption: units, and what the marks mean; "" where the next picture says it."""

    title: str
    svg: str
    alt: str
    caption: str


Block = Text | Points | Table | Picture


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Number:
    """One number as a row of the CSV. of: service, or "teams"; state: as `delivery.results.State`. Without a value the
    cells stay empty, which is never 0."""

    of: str
    quantity: str
    period: str
    state: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    unit: str


@dataclass(frozen=True)
class Report:
    """kind: team | organization. name: of it; organization: of the whole. so_far: the quarter is not over. made_at:
    microseconds. summary: sentences. numbers: what the CSV holds. whole: nothing of it is still to be worked out."""

    kind: str
    subject_id: int
    name: str
    organization: str
    is_demo: bool
    quarter: Quarter
    so_far: bool
    made_at: int
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    numbers: tuple[Number, ...] = field(default=(), repr=False)
    whole: bool = True

    @property
    def title(self) -> str:
        return f"{self.name}: quarter report {self.quarter.name}{' so far' * self.so_far}"

    @property
    def file(self) -> str:
        """The name of a file without its ending: letters and digits that every system takes."""
        safe = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in self.name.lower())
        short = "-".join(part for part in safe.split("-") if part)[:60]
        return f"milepost-{short or self.kind}-{self.quarter.key}"
