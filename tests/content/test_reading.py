"""A module as it is read."""

import pytest

from content import modules, reading
from content.reading import CODE, DIAGRAM, PROSE, TABLE, TEXT, Piece
from tests.content import example


def test_code_and_diagrams_stand_between_prose():
    text = "Run:\n\n```SH title\nls\n```\n### More\n\n```dot How it flows\ndigraph { a -> b }\n```\n"
    text += "\n~~~\nplain\n~~~\nEnd."
    assert reading.pieces(text) == (
        Piece(PROSE, "Run:"),
        Piece(CODE, "ls", "sh"),
        Piece(PROSE, "### More"),
        Piece(DIAGRAM, "digraph { a -> b }", title="How it flows"),
        Piece(CODE, "plain"),
        Piece(PROSE, "End."),
    )


def test_a_table_stands_by_itself_as_it_may_be_wide():
    table = "| a | b |\n|---|---|\n| `1` | 2 |"
    assert reading.pieces(f"Before\n\n{table}\n\nAfter") == (
        Piece(PROSE, "Before"), Piece(TABLE, table), Piece(PROSE, "After")
    )  # fmt: skip


def test_code_in_a_list_stays_in_it():
    text = "1. Run\n\n   ```sh\n   ls\n   ```\n\n2. Look"
    assert reading.pieces(text) == (Piece(PROSE, text),)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "[a\nb](javascript:x)", "![a](https://evil.example/a)"])
def test_what_is_not_safe_is_text_and_nothing_of_it_is_markdown(text):
    assert reading.pieces(f"**Fine**\n\n{text}") == (Piece(TEXT, f"**Fine**\n\n{text}"),)


def test_nothing_has_no_pieces():
    assert reading.pieces(" \n ") == ()


def test_the_minutes_of_a_module_spread_by_words():
    head = example.file("what-a-runbook-says.md").split("\n## 1.")[0]
    made = modules.parse("a.md", f"{head}\n## 1. Short\n\n{'word ' * 10}\n\n## 2. Long\n\n{'word ' * 80}\n")
    told = reading.minutes(made)
    assert sum(told) == made.head["minutes"] == 15 and told[1] > told[0] >= 0
    assert reading.minutes(modules.parse("a.md", head + "\n")) == ()


def test_choices_stand_in_another_order_each_time_and_in_the_same_for_the_same_time():
    orders = {reading.order("at-night", round_, 4) for round_ in range(12)}
    assert len(orders) > 4 and all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert reading.order("at-night", 3, 4) == reading.order("at-night", 3, 4)
