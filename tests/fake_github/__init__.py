"""A GitHub to test against: real HTTP, checked against GitHub's published descriptions. See README.md."""

from tests.fake_github.hub import GitHub

__all__ = ["GitHub"]
