from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading.makefiles import read_makefile

FILE = """
CC := gcc
.PHONY: all test
all: build test
build:
\t@$(CC) x.c
test: build ; echo inline
test::
\tpytest \\
\t  -q
# note: not a rule
define X
fake:
\tnpm test
endef
%.o: %.c
\tcc
"""


def test_a_recipe_comes_after_those_it_needs():
    read = read_makefile(FILE)
    assert read.first == ["all"]
    assert read.recipe("all") == ["gcc x.c", "echo inline", "pytest -q"]
    assert read.line("test") == 7


def test_assignments_comments_and_definitions_are_no_rules():
    assert set(read_makefile(FILE).rules) == {".PHONY", "all", "build", "test", "%.o"}


def test_a_circle_ends():
    assert read_makefile("a: b\n\tx\nb: a\n\ty\n").recipe("a") == ["y", "x"]


@given(st.text(alphabet=st.sampled_from("ab:=\t\n\\# $();%.|"), max_size=200))
def test_any_text_is_read(text):
    read = read_makefile(text)
    for target in read.rules:
        assert isinstance(read.recipe(target), list)


def test_plain_variables_are_filled_in_and_circles_end():
    text = "BIN = $(shell pwd)/bin\nTOOL ?= $(BIN)/tool\nX = $(X)y\nt:\n\t$(TOOL) check ${X} $(OTHER)\n"
    line = read_makefile(text).recipe("t")[0]
    assert line.startswith("$(shell pwd)/bin/tool check $(X)y") and line.endswith("$(OTHER)")
