from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading.dockerfiles import instructions, read_dockerfile


def read(text):
    return read_dockerfile("Dockerfile", text)


def test_stages_their_names_and_what_they_start_from():
    file = read("FROM golang:1.23 AS Build\nRUN make\nFROM build as test\nFROM scratch\nCOPY --from=build /a /a\n")
    assert [(stage.image, stage.name, stage.line) for stage in file.stages] == [
        ("golang:1.23", "build", 1),
        ("build", "test", 3),
        ("scratch", "", 4),
    ]
    assert [stage.image for stage in file.images()] == ["golang:1.23"]
    assert [stage.name for stage in file.line_of_stages(file.stages[1])] == ["build", "test"]


def test_arguments_before_the_first_stage_are_filled_in():
    file = read('ARG TAG="3.12" BASE\nARG FULL=${TAG}-slim\nFROM python:${FULL}\nFROM x:${BASE}\nFROM y:${NONE:-1}\n')
    assert [(stage.image, stage.known) for stage in file.stages] == [
        ("python:3.12-slim", True),
        ("x:${BASE}", False),
        ("y:1", True),
    ]


def test_a_from_in_a_heredoc_is_none():
    file = read("FROM a:1\nRUN <<EOF\nFROM b:2\nUSER root\nEOF\nCOPY <<-'X' /f\n\tFROM c\n\tX\nUSER app\n")
    assert [stage.image for stage in file.stages] == ["a:1"]
    assert [(each.name, each.line) for each in file.last.instructions] == [("RUN", 2), ("COPY", 6), ("USER", 9)]
    assert file.last.instructions[0].script == "FROM b:2\nUSER root"


def test_continuations_with_comments_and_empty_lines_within():
    (run,) = instructions("RUN apt-get update \\\n# FROM x\n\n  && apt-get install -y curl \\\n\n  git\n")
    assert run.value == "apt-get update && apt-get install -y curl git"


def test_the_escape_may_be_another():
    first, second = instructions("# syntax=docker/dockerfile:1\n# escape=`\nCOPY a `\n  c:\\\nUSER app\n")
    assert (first.value, second.name) == ("a c:\\", "USER")


def test_flags_and_forms():
    copy, run, shell = instructions('COPY --from=b --chown=1:1 a b\nrun ["make", "all"]\nCMD ["sh", "-c", "a && b"]\n')
    assert (copy.flags, copy.value) == ({"from": "b", "chown": "1:1"}, "a b")
    assert (run.name, run.script, shell.script) == ("RUN", "make all", "a && b")


def test_what_has_no_from_is_no_dockerfile():
    assert read("hello\n# FROM x\n") is None


@given(
    st.lists(
        st.sampled_from(
            [
                "FROM",
                "RUN",
                "COPY",
                "ARG",
                "USER",
                " ",
                "\n",
                "\\",
                "`",
                "#",
                "<<E",
                "E\n",
                "a:1",
                "${",
                "}",
                "$A",
                "=",
                "[",
                '"',
                "--",
                "# escape=`\n",
                "\r\n",
                " AS ",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_text_is_read(text):
    file = read(text)
    for stage in file.stages if file else ():
        file.line_of_stages(stage)
        assert all(isinstance(each.script, str) for each in stage.instructions)
