import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.kubernetes import TEMPLATE, read_manifests, resembles

FILE = """
apiVersion: v1
kind: Service
metadata: {name: a}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b}
spec:
  template:
    metadata: {labels: {app: b}}
    spec:
      initContainers: [{name: i, image: "x:1"}]
      containers:
        - name: c
          image: y:2
---
# nothing
---
apiVersion: v1
kind: List
items:
  - apiVersion: batch/v1
    kind: CronJob
    spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: z}]}}}}}
"""


def test_documents_and_lists_are_objects_one_by_one():
    read = read_manifests("x", FILE)
    assert [(each.kind, each.name, each.line) for each in read] == [
        ("Service", "a", 2),
        ("Deployment", "b", 6),
        ("CronJob", "", 23),
    ]
    assert [(each.image, each.line, each.first) for each in read[1].containers()] == [
        ("y:2", 15, False),
        ("x:1", 13, True),
    ]
    assert read[1].labels == {"app": "b"}
    assert [each.image for each in read[2].containers()] == ["z"]


def test_templates_and_other_yaml_are_told_apart():
    assert resembles(FILE)
    assert not resembles("kind: pipeline\nname: x\n")
    assert TEMPLATE.search("image: {{ .Values.image }}")
    assert TEMPLATE.search('{{- include "x" . }}')
    assert not TEMPLATE.search("a: {b: {c: 1}}")


KEYS = ["kind", "apiVersion", "metadata", "spec", "template", "containers", "items", "name", "labels", "image"]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(KEYS),
            st.sampled_from(["", " Deployment", " List", " v1", " []", " [a]", " {}", " 1"]),
        ),
        max_size=12,
    )
)
def test_any_manifest_is_read_or_refused(lines):
    text = "\n".join(f"{'  ' * depth}{key}:{value}" for depth, key, value in lines)
    try:
        read = read_manifests("x", text)
    except Malformed:
        return
    for each in read:
        assert list(each.containers()) is not None
        assert isinstance(each.labels, dict)


def test_a_file_that_is_no_yaml_is_refused():
    with pytest.raises(Malformed):
        read_manifests("x", "apiVersion: v1\nkind: [")
