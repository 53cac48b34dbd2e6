from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading.jenkinsfiles import read_jenkinsfile, without_texts


def test_stages_of_a_pipeline():
    read = read_jenkinsfile("#!groovy\n@Library('x') _\npipeline {\n stages { stage('A') {} \n stage(\"B\") {} }\n}")
    assert (read.kind, read.line, read.stages) == ("declarative", 3, ("A", "B"))


def test_a_node_is_a_scripted_one():
    assert read_jenkinsfile("node('x && y') {\n  stage('A') {}\n}").kind == "scripted"


def test_comments_and_texts_are_set_aside():
    code, texts = without_texts("a /* b\n */ 'c // d' // e\n'''f\ng'''")
    assert code == "a \n \0000\0 \n\0001\0\n"
    assert texts == ["c // d", "f\ng"]


@given(st.text(alphabet=st.sampled_from("pipeline{}()node/*'\"\\\n\0stage "), max_size=200))
def test_any_text_is_read(text):
    read = read_jenkinsfile(text)
    assert read.kind in ("", "declarative", "scripted")
