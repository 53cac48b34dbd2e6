import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.hcl import read_hcl, texts

FILE = """
# resource "fake" "one" {}
terraform {
  required_version = ">= 1.5" // comment
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}
/* resource "fake" "two" { } */
resource "aws_x" "y" {
  name   = "a-${var.x["k"]}-{"
  plain  = "a } b"
  list   = ["a", "b",
            "c"]
  policy = <<-EOT
    resource "fake" "three" {
    EOT
  ingress {
    cidr_blocks = ["0.0.0.0/0"]
  }
  dynamic "rule" {
    for_each = var.rules == null ? [] : [for r in var.rules : r]
    content { port = rule.value }
  }
}
"""


def test_blocks_labels_and_lines():
    read = read_hcl(FILE)
    assert [(block.kind, block.labels, block.line) for block in read.blocks] == [
        ("terraform", (), 3),
        ("resource", ("aws_x", "y"), 10),
    ]
    resource = read.blocks[1]
    assert [(block.kind, block.line) for block in resource.blocks] == [("ingress", 18), ("dynamic", 21)]


def test_attributes_and_which_are_plain_texts():
    terraform, resource = read_hcl(FILE).blocks
    assert terraform.get("required_version").value == ">= 1.5"
    assert (resource.get("plain").value, resource.get("name").value) == ("a } b", None)
    assert texts(resource.get("list")) == ["a", "b", "c"]
    assert 'resource "fake" "three"' in resource.get("policy").value
    assert "version" in terraform.blocks[0].get("aws").text


@pytest.mark.parametrize(
    "text", ["a", "a {", "}", 'a = "b', "a = <<X\n", "= 1", "a {\n b\n}", "a { " * 200, 'x = "' + "${" * 200]
)
def test_what_is_no_hcl_is_refused(text):
    with pytest.raises(Malformed):
        read_hcl(text)


SIGNS = [
    "a",
    "b",
    " ",
    "\n",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "=",
    '"',
    "${",
    "#",
    "//",
    "/*",
    "*/",
    "<<E\n",
    "E\n",
    ",",
    ":",
    "\\",
    "=>",
    "?",
    "1",
]


@given(st.lists(st.sampled_from(SIGNS), max_size=60).map("".join))
def test_any_text_is_read_or_refused(text):
    try:
        read = read_hcl(text)
    except Malformed:
        return
    assert list(read.everywhere())


def test_a_block_may_open_on_the_line_below_its_labels():
    read = read_hcl('path "auth/*"\n{\n  capabilities = ["read"]\n}\n')
    assert (read.blocks[0].labels, read.blocks[0].line) == (("auth/*",), 1)
