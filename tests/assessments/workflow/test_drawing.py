"""The picture: nothing overlaps, nothing leaves the paper, nothing written in a map becomes markup."""

import re
from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from assessments.workflow.colours import DARK, LIGHT
from assessments.workflow.drawing import svg
from assessments.workflow.layout import WIDTH, lay_out
from assessments.workflow.mermaid import mermaid
from assessments.workflow.model import Map
from content import catalog
from tests.assessments.workflow.maps import changed, maps, plain, step

EXAMPLE = catalog.maps()["release-by-hand"]
some = settings(max_examples=25, deadline=None)
HOSTILE = "<script>alert(1)</script>\"'&]]>"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)  # noqa: S314 - our own drawing


@some
@given(maps())
def test_boxes_stand_in_their_lane_and_apart(data):
    drawn = Map.of(data)
    picture = lay_out(drawn)
    assert picture.width == WIDTH
    for pool in picture.pools:
        assert [box.step for box in pool.boxes] == list(drawn.path(pool.path))
        for band in pool.bands:
            for box in band.boxes:
                lane = next(lane for lane in band.lanes if lane.role == (box.step.role or "Role not known"))
                assert lane.x < box.x and box.x + box.width < lane.x + lane.width < picture.width
                assert lane.y < box.y and box.y + box.height < lane.y + lane.height < picture.height
                assert 0 <= box.bar <= 1 and (box.work is None or 0 <= box.work <= 1)
            for first, second in combinations(band.boxes, 2):
                assert first.x + first.width < second.x
        for above, below in pairwise(pool.bands):
            assert above.timeline_y < below.lanes[0].y
    for above, below in combinations(picture.pools, 2):
        assert above.bands[-1].timeline_y < below.heading_y


@some
@given(maps())
def test_arrows_lead_from_each_step_to_the_next_and_cross_no_box(data):
    for pool in lay_out(Map.of(data)).pools:
        for band in pool.bands:
            whole = [arrow for arrow in band.arrows if not arrow.broken]
            for arrow, (first, second) in zip(whole, pairwise(band.boxes), strict=True):
                assert arrow.points[0][0] == first.x + first.width and arrow.points[-1][0] == second.x
                for (x, y), (to_x, to_y) in pairwise(arrow.points):
                    assert x == to_x or y == to_y
                    assert all(first.x + first.width <= corner <= second.x for corner in (x, to_x))
        leaving = [band.arrows[-1] for band in pool.bands[:-1]]
        arriving = [band.arrows[0] for band in pool.bands[1:]]
        assert all(arrow.broken for arrow in leaving + arriving)
        assert sum(arrow.broken for band in pool.bands for arrow in band.arrows) == 2 * (len(pool.bands) - 1)


@pytest.mark.parametrize(("steps", "bands"), [(5, [5]), (9, [9]), (10, [5, 5]), (15, [8, 7])])
def test_up_to_nine_steps_stand_in_one_row_and_more_in_two_alike(steps, bands):
    picture = lay_out(Map.of(plain(*[step(f"s{number}") for number in range(steps)])))
    assert [len(band.boxes) for band in picture.pools[0].bands] == bands


def contrast(one: str, other: str) -> float:
    """By the WCAG: 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_everything_written_and_drawn_can_be_told_from_its_paper(palette):
    for paper in (palette.paper, *palette.lanes, palette.box, palette.hot):
        assert contrast(palette.ink, paper) >= 7 and contrast(palette.soft, paper) >= 4.5
    assert contrast(palette.constraint, palette.paper) >= 4.5
    for shape in (palette.arrow, palette.constraint):
        assert all(contrast(shape, paper) >= 3 for paper in palette.lanes)
    assert contrast(palette.work, palette.wait) >= 2.3


@some
@given(maps())
def test_every_drawing_is_an_svg_that_names_every_step(data):
    drawn = Map.of(data)
    root = parsed(svg(drawn))
    assert root.find(f"{SVG}title").text == drawn.title
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= set(
        ["svg", "title", "desc", "defs", "marker", "path", "rect", "text"]
    )


@pytest.mark.parametrize("field", ["name", "role", "tool"])
def test_hostile_text_stays_text(field):
    drawing = svg(Map.of(changed(**{field: HOSTILE[:60]})))
    assert "<script" not in drawing and "&lt;script&gt;" in drawing
    assert not [name for element in parsed(drawing).iter() for name in element.attrib if name.startswith("on")]


def test_signs_that_turn_the_text_around_are_left_out():
    """They cannot get into a map that is read; what is drawn leaves them out all the same."""
    drawn = replace(Map.of(plain()), title="a\u202eb\u2067c\x00")
    assert parsed(svg(drawn)).find(f"{SVG}title").text == "abc"


def test_the_constraint_is_marked_once_in_each_path():
    assert svg(Map.of(EXAMPLE["today"])).count(">Constraint</text>") == 2
    busy = [step(f"s{number}", lead=20, process=20) for number in range(5)]
    assert ">Constraint</text>" not in svg(Map.of(plain(*busy)))


def test_what_is_unknown_looks_unknown():
    drawing = svg(Map.of(changed(lead=None)))
    assert "stroke-dasharray" in drawing and "20 min of ?" in drawing and "not known; 4 h without First" in drawing


def test_a_long_name_is_cut_to_its_box():
    drawing = svg(Map.of(changed(name="W" * 150)))
    assert "…</text>" in drawing and f">{'W' * 20}" not in drawing


@some
@given(maps())
def test_every_mermaid_label_is_closed(data):
    drawn = Map.of(data)
    text = mermaid(drawn)
    body = text.split("---\n", 2)[2]
    shapes = [
        r"flowchart LR", r'  subgraph lane\d+\["[^"<]*"\]', r'    s\d+\["([^"<]|<br/>)*"\]', r"  end",
        r"  s\d+ (-->|-\.->) s\d+", r"  style s\d+ stroke:#b7410e,stroke-width:3px",
    ]  # fmt: skip
    assert all(re.fullmatch("|".join(shapes), line) for line in body.splitlines())
    assert len(re.findall(r"^    s\d+\[", body, re.MULTILINE)) == len(drawn.steps)


def test_mermaid_of_the_example():
    text = mermaid(Map.of(EXAMPLE["today"]))
    assert "s3 --> s4" in text and "s10 -.-> s11" in text and "s9 -.-> s10" not in text
    assert 's4["Approval meeting<br/>15 min #40;10 min to 30 min#41; of 1 h' in text
