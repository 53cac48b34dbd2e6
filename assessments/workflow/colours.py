"""What a drawing of a map is painted with: one palette on white paper for files and light pages, one for dark pages.

Every text has at least 4.5:1 contrast on what it stands on (tests/assessments/workflow/test_drawing.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """ink, soft: texts. line: edges of boxes. arrow. lanes: their two papers, in turn. box: paper of a step. work,
    wait: of the time line. constraint: the step that holds up the most, its edge and words; hot: its paper."""

    paper: str
    ink: str
    soft: str
    line: str
    arrow: str
    lanes: tuple[str, str]
    box: str
    work: str
    wait: str
    constraint: str
    hot: str


LIGHT = Palette(
    paper="#ffffff", ink="#0b1513", soft="#4a5a57", line="#a9b8b4", arrow="#52605d", lanes=("#f2f5f4", "#e8edec"),
    box="#ffffff", work="#0b7a6d", wait="#c1ccc9", constraint="#b0400c", hot="#fdf1ea",
)  # fmt: skip
DARK = Palette(
    paper="#0a0f0e", ink="#eaf1ef", soft="#b3c2be", line="#51635f", arrow="#93a5a0", lanes=("#121a19", "#18211f"),
    box="#202c2a", work="#2fb8a3", wait="#4a5b57", constraint="#fdba74", hot="#3a2a18",
)  # fmt: skip
