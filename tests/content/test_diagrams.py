"""Diagrams: what may be drawn, what is said instead, and that the picture is what the text says."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from content.diagrams import dot, picture
from content.diagrams.layers import lay_out

RELEASE = """digraph release {
  rankdir=LR; node [shape=box];      // from a push to users
  push -> {lint; unit} -> merge
  merge [label="Merge to\\nmain", shape=ellipse]
  merge -> prod [label="by hand", style=dashed];
  prod -> push [label="what was learned"]
  prod [label="Production" shape=cylinder];
}"""


def test_a_text_is_read_as_boxes_and_arrows():
    drawn = dot.read(RELEASE)
    assert [node.name for node in drawn.nodes] == ["push", "lint", "unit", "merge", "prod"] and drawn.sideways
    assert (drawn.nodes[3].label, drawn.nodes[3].shape) == (("Merge to", "main"), "round")
    assert [(edge.tail, edge.head) for edge in drawn.edges] == [
        ("push", "lint"), ("push", "unit"), ("lint", "merge"), ("unit", "merge"), ("merge", "prod"), ("prod", "push")
    ]  # fmt: skip
    assert drawn.edges[4].label == ("by hand",) and drawn.edges[4].dashed


def test_it_is_also_said_in_words():
    assert dot.described(
        dot.read('digraph { a -> b [label="if green"]; c; d -> e [dir=both]; f -> g [dir=back] }')
    ) == (
        "a leads to b: if green.",
        "d and e lead to each other.",
        "g leads to f.",
        "c stands by itself.",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("graph { a }", "begins with digraph"),
        ("digraph { a -> b", "has no end"),
        ("digraph { a -> b } digraph { c -> d }", "After the diagram stands"),
        ("digraph { }", "has boxes"),
        ("digraph { a -> b [URL=\"javascript:alert(1)\"] }", "URL is not drawn"),
        ("digraph { a [href=\"https://evil.example\"] }", "href is not drawn"),
        ("digraph { a [image=\"/etc/passwd\"] }", "image is not drawn"),
        ("digraph { a [label=<<b>x</b>>] }", "cannot be read at '<<b>x</b>>] '"),
        ("digraph { a [shape=polygon] }", "shape cannot be 'polygon'"),
        ("digraph { a [style=\"invis\"] }", "style cannot be 'invis'"),
        ("digraph { a [fillcolor=red] }", "fillcolor is not drawn"),
        ("digraph { a [tooltip=\"x\"] }", "tooltip is not drawn"),
        ("digraph { stylesheet=\"https://evil.example/a.css\"; a -> b }", "stylesheet is not drawn"),
        ("digraph { rankdir=XX; a -> b }", "rankdir cannot be 'XX'"),
        ("digraph { subgraph cluster_a { a } }", "subgraph is not drawn"),
        ("digraph { a:n -> b }", "cannot be read at ':n -> b }'"),
        ("digraph { a -> a }", "to itself is not drawn"),
        ("digraph { a [label=\"\"] }", "needs a label"),
        ("digraph { a [label=\"" + "x" * 91 + "\"] }", "at most 90 letters"),
        ("digraph { " + " ".join(f"n{i};" for i in range(17)) + " }", "at most 16 boxes"),
        ("digraph { " + "a -> b; " * 33 + " }", "at most 16 boxes and 32 arrows"),
        ("digraph { a -> }", "A name was expected"),
        ("digraph { a [label] }", "A = was expected"),
        ("digraph { a " + "{" * 1_000 + " }", "A name was expected"),
        ("x" * 4_001, "at most 4,000 letters"),
        ("digraph { \x00 }", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_not_drawn_is_refused_with_a_sentence(text, problem):
    with pytest.raises(dot.NotDrawn, match=re.escape(problem)):
        dot.read(text)
    assert dot.problem(text)


def test_the_picture_holds_every_word_and_nothing_else_than_shapes():
    hostile = 'digraph { a [label="<script>alert(1)</script> & \\"quoted\\""]; a -> b [label="]]> <b>"] }'
    made, _ = picture.svg(dot.read(hostile), picture.LIGHT, "</title><script>")
    root = ElementTree.fromstring(made)  # noqa: S314 - made just now, by us
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "defs", "marker", "path", "rect", "text", "ellipse"}
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    words = " ".join(element.text or "" for element in root.iter() if element.tag.endswith("text"))
    assert '<script>alert(1)</script> & "quoted"' in words and "]]> <b>" in words


@pytest.mark.parametrize("sideways", [True, False])
def test_no_box_lies_on_another_and_all_lie_inside(sideways):
    made = lay_out(dot.read(RELEASE), sideways)
    for one, other in combinations(made.spots, 2):
        apart = (
            abs(one.x - other.x) * 2 >= one.width + other.width or abs(one.y - other.y) * 2 >= one.height + other.height
        )
        assert apart, (one.node or one.lines, other.node or other.lines)
    for spot in made.spots:
        assert spot.width / 2 <= spot.x <= made.width - spot.width / 2
        assert spot.height / 2 <= spot.y <= made.height - spot.height / 2


def test_arrows_lead_from_layer_to_layer_but_for_those_that_close_a_circle():
    made = lay_out(dot.read(RELEASE), False)
    down = {(route.edge.tail, route.edge.head): route.spots[0].y < route.spots[-1].y for route in made.routes}
    assert not down.pop(("prod", "push")) and all(down.values())
    for route in made.routes:
        assert all(abs(one.layer - other.layer) == 1 for one, other in pairwise(route.spots))


def test_a_row_of_many_boxes_goes_downwards_so_that_it_can_be_read():
    long = dot.read("digraph { rankdir=LR; " + " -> ".join(f'"Some longer step {i}"' for i in range(8)) + " }")
    assert lay_out(long, True).width > picture.WIDEST and not picture.lay(long).sideways
    assert picture.lay(dot.read("digraph { rankdir=LR; a -> b }")).sideways


def test_the_same_text_is_the_same_picture():
    assert picture.svg(dot.read(RELEASE), picture.DARK) == picture.svg(dot.read(RELEASE), picture.DARK)
