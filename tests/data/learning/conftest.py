import pytest

from tests.data.learning import course


@pytest.fixture
def taught(monkeypatch) -> None:
    """One small track instead of all that is shipped."""
    course.teach(monkeypatch)
