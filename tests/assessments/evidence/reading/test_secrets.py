import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidence.reading.secrets import entropy, find_secrets, hide

TOKEN = b"ghp_" + b"aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC2dF4hJ6"


def test_a_hit_says_where_and_what_and_never_the_value():
    (hit,) = find_secrets(b"a\nb = '" + TOKEN + b"'\n")
    assert (hit.line, hit.kind, hit.certain) == (2, "token of GitHub", True)


def test_a_line_that_is_certain_is_not_doubtful_too():
    assert [hit.certain for hit in find_secrets(b"token = '" + TOKEN + b"'")] == [True]


@pytest.mark.parametrize(("value", "bits"), [(b"", 0.0), (b"aaaa", 0.0), (b"abab", 1.0), (b"abcd", 2.0)])
def test_entropy_in_bits_a_sign(value, bits):
    assert entropy(value) == bits


def test_an_address_with_a_password():
    assert [hit.kind for hit in find_secrets(b"postgres://shop:kJ8mPq2Xv9Lw@db.prod.net/x")] == [
        "password in an address"
    ]
    assert find_secrets(b"postgres://shop:${PASSWORD}@db.prod.net/x") == []
    assert find_secrets(b"postgres://shop:password@localhost/x") == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("curl -H 'token: " + TOKEN.decode() + "'", "curl -H 'token: [hidden]'"),
        ("deploy --password=kJ8mPq2Xv9Lw4Tz7", "deploy --password=[hidden]"),
        ("git clone https://bot:kJ8mPq2Xv9Lw@example.org/x", "git clone https://bot:[hidden]@example.org/x"),
        ("docker login --password=${PASSWORD_OF_REGISTRY}", "docker login --password=${PASSWORD_OF_REGISTRY}"),
        ("make test", "make test"),
    ],
)
def test_what_is_shown_holds_no_secret(text, shown):
    assert hide(text) == shown


def test_at_most_twenty_are_named():
    assert len(find_secrets(b"\n".join([TOKEN] * 50))) == 20


@given(st.binary(max_size=300))
def test_any_bytes_are_read(content):
    assert len(find_secrets(content)) <= 20


def test_a_long_hostile_text_ends():
    for piece in (b"password = '", b"postgres://a:", b"-----BEGIN PRIVATE KEY-----\n", b"token='aB3" * 3, b"AKIA"):
        find_secrets(piece * 20_000)


def test_a_key_for_searching_that_every_visitor_gets_is_none():
    key = "0f3b" + "9c2d7e1a" * 3 + "5d8c"
    assert find_secrets(f"docsearch({{appId: 'X1', apiKey: '{key}'}})".encode()) == []
    assert find_secrets(f"apiKey: '{key}'".encode()) != []
