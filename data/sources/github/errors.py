"""What can go wrong with GitHub. Each text is one sentence for people that says what to do, and never holds a token."""


class GitHubError(Exception):
    """GitHub cannot be read as things are."""


class BadToken(GitHubError):
    """GitHub does not know the token: wrong, revoked or expired."""


class Expired(BadToken):
    """The token was good until a day that is over."""


class MissingPermission(GitHubError):
    """The token may not read this. `needed` are the permissions that would do, as GitHub names them.

    What is behind it is *unknown*, never absent.
    """

    def __init__(self, sentence: str, needed: str = ""):
        super().__init__(sentence)
        self.needed = needed


class NotFound(GitHubError):
    """Deleted, or hidden from this token: GitHub answers both alike."""


class EmptyRepository(GitHubError):
    """There is no commit in it yet."""


class Moved(GitHubError):
    """GitHub answers that this is somewhere else now; never followed on the quiet. `location` is its address."""

    def __init__(self, location: str):
        super().__init__("The repository was renamed or moved at GitHub: read it again, it is found by its number.")
        self.location = location


class TooHeavy(GitHubError):
    """The query asks for more than GitHub works out at once: ask for less."""


class BadAnswer(GitHubError):
    """Whatever answers is not what GitHub says it is."""


class NotAllowed(GitHubError):
    """An address or a setting that Milepost does not use."""


class Paused(GitHubError):
    """Nothing is lost, and it goes on at `resume_at` (seconds since 1970, by the clock of this machine)."""

    def __init__(self, sentence: str, resume_at: float):
        super().__init__(sentence)
        self.resume_at = resume_at


class Limited(Paused):
    """GitHub's limit was reached. `kind`: primary (so many requests an hour) or secondary (too many at once)."""

    def __init__(self, sentence: str, resume_at: float, kind: str):
        super().__init__(sentence, resume_at)
        self.kind = kind


class Unavailable(Paused):
    """GitHub did not answer properly, time and again."""
