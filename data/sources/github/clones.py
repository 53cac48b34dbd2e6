"""A clone of the repository that GitHub gives as well. Two sources of changes would count some of them twice, as the
commits of a rebased pull request, and their positions on trunk may differ: so from the first whole reading on, GitHub
is the one source, and the clone is not read any more.
"""

from sqlalchemy import delete, select

from data import store
from data.sources.github import issues, pulls, releases, saving, trunk
from data.sources.github.saving import Reader
from data.tables import Change, Deployment, Source, TrunkCommit

NOTE = "GitHub gives this repository now: the clone is not read any more."
#: What a clone tells too; where GitHub does not give all of it, the clone stays.
_SAME = {issues.FEED, pulls.FEED, "commits", trunk.FEED, releases.FEED}


def take_over(reader: Reader, problems: dict[str, str]) -> None:
    """Takes away what came from clones of this repository, once GitHub has given as much, and lets them rest. `intake`
    reads them again when the source of GitHub is removed."""
    if _SAME & set(problems) or not _awake(reader):
        return
    with saving.page(reader) as page:
        mine = (Source.repository_id == reader.repository_id, Source.kind == "git", Source.paused_at.is_(None))
        for source in page.session.execute(select(Source).where(*mine)).scalars():
            for table in (Change, Deployment, TrunkCommit):
                page.session.execute(delete(table).where(table.source_id == source.id))
            source.cursor = source.collected_until = source.history_start = None
            source.notes, source.paused_at = [NOTE], reader.api.date
        page.feed(trunk.FEED, cursor=None)  # the commits that the clone knew are GitHub's to tell now
        page.touch(None)
    trunk.read(reader)


def _awake(reader: Reader) -> bool:
    with store.reading() as session:
        mine = select(Source.id).where(Source.repository_id == reader.repository_id, Source.kind == "git")
        return session.execute(mine.where(Source.paused_at.is_(None)).limit(1)).first() is not None
