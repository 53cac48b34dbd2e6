"""From a clone or a file to facts in the store, and out again. Jobs are done at once, in this process."""

import errno
import shutil
import stat
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from assessments.delivery.settings import ProductionRule, Settings
from data import access, derive, intake, jobs, loading, store, teams
from data.people import Who
from data.sources import files, git
from data.sources.files import FileError, TimeZoneNeeded
from data.sources.git import GitError
from data.tables import AuditEvent, Change, Deployment, Incident, Job, Repository, Service, Source, Team, TrunkCommit
from data.work import JobError
from tests.repos import RepoBuilder

TAGS = Settings(rule=ProductionRule(kind="tag", include="v*"))
STRANGER = Who(999, "Stranger")
FACTS = (Change, Deployment, Incident, TrunkCommit)


@pytest.fixture(autouse=True)
def roots(tmp_path, monkeypatch):
    monkeypatch.setenv("MILEPOST_ROOTS", str(tmp_path / "code"))
    monkeypatch.setenv("MILEPOST_JOBS", "immediate")


@pytest.fixture
def repo(tmp_path) -> RepoBuilder:
    """Three changes, the second one tagged."""
    made = RepoBuilder(tmp_path / "code" / "shop")
    made.commit("Begin", "2025-01-06 09:00")
    made.pull_request(12, "Add export", "2025-01-06 10:00", "2025-01-07 09:00")
    made.tag("v1", "2025-01-07 12:00")
    made.commit("Mend paging (#13)", "2025-01-08 09:00")
    return made


def added(who, repo, team="Payments", service="shop") -> jobs.JobView:
    return jobs.progress(intake.add_clone(who, repo.path, team, service))


def imported(who, service_id, kind, content, name="facts.csv", **options) -> jobs.JobView:
    return jobs.progress(intake.add_files(who, service_id, kind, content.encode(), name, **options))


def count(*tables) -> tuple[int, ...]:
    with store.reading() as session:
        return tuple(session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def one(table, *where):
    with store.reading() as session:
        return session.execute(select(table).where(*where)).scalar_one()


def incidents(*rows: str) -> str:
    return "id,opened_at,title\n" + "".join(f"{row}\n" for row in rows)


# Clones


def test_a_clone_becomes_changes_tags_and_commits(both, who, repo):
    job = added(who, repo)
    assert (job.state, job.message) == ("done", "Read 3 changes and 1 tag from shop.")
    assert count(Change, Deployment, TrunkCommit) == (3, 1, 4)


def test_the_same_clone_again_is_read_again_not_doubled(both, who, repo):
    added(who, repo)
    job = jobs.progress(intake.add_clone(who, repo.path / ".git", "payments", "Shop"))
    assert job.message == "Nothing new in shop."
    assert count(Team, Service, Repository, Source, Change, Deployment) == (1, 1, 1, 1, 3, 1)


def test_only_what_is_new_is_read(both, who, repo):
    source_id = added(who, repo).source_id
    repo.commit("Later (#14)", "2025-01-09 09:00")
    repo.tag("v2", "2025-01-09 10:00")
    job = jobs.progress(intake.resync(who, source_id))
    assert job.message == "Read 1 change and 1 tag that are new or moved in shop."
    assert count(Change, Deployment, TrunkCommit) == (4, 2, 5)


def test_a_tag_that_is_gone_or_moved_is_gone_or_moved_here(both, who, repo):
    source_id = added(who, repo).source_id
    repo.tag("v1", "2025-01-09 09:00", sha=repo.head(), force=True)
    jobs.progress(intake.resync(who, source_id))
    assert one(Deployment).sha == repo.head()
    repo.git("tag", "-d", "v1")
    intake.resync(who, source_id)
    assert count(Deployment) == (0,)


def test_rewritten_history_replaces_everything(both, who, repo):
    source_id = added(who, repo).source_id
    repo.git("update-ref", "refs/heads/main", repo.head() + "~1")
    repo.commit("Instead", "2025-01-09 09:00")
    intake.resync(who, source_id)
    with store.reading() as session:
        titles = list(session.execute(select(Change.title).order_by(Change.position)).scalars())
    assert titles[0] == "Begin" and titles[-1] == "Instead" and len(titles) == 3


def test_a_second_service_shares_what_was_read(both, who, repo):
    added(who, repo)
    job = added(who, repo, service="shop api")
    assert count(Service, Repository, Source, Change) == (2, 1, 1, 3)
    assert derive.facts(job.service_id).changes.height == 3


def test_a_service_with_settings_is_judged_when_its_clone_was_read(both, who, repo):
    job = added(who, repo)
    teams.save_settings(who, job.service_id, TAGS)
    repo.tag("v2", "2025-01-09 10:00")
    intake.resync(who, job.source_id)
    assert derive.load(job.service_id).deployments.filter("counts")["ref"].sort().to_list() == ["v1", "v2"]
    assert derive.stale() == []


def test_what_an_upgrade_left_stale_is_worked_out_when_a_worker_starts(both, who, repo):
    service_id = added(who, repo).service_id
    teams.save_settings(who, service_id, TAGS)
    with store.writing() as session:
        derive.changed(session, service_id=service_id)
    (job_id,) = loading.catch_up()
    assert (jobs.progress(job_id).state, derive.stale(), loading.catch_up()) == ("done", [], [])


def test_paths_are_read_once_they_matter_and_from_then_on(both, who, repo):
    job = added(who, repo)
    assert intake.read_paths(who, job.service_id) is None
    teams.save_settings(who, job.service_id, TAGS.model_copy(update={"path_globs": ("src/**",)}))
    assert jobs.progress(intake.read_paths(who, job.service_id)).state == "done"
    assert (count(Change), one(Source).cursor["paths"]) == ((3,), True)
    assert intake.read_paths(who, job.service_id) is None
    teams.save_settings(who, job.service_id, TAGS)
    assert jobs.progress(intake.resync(who, job.source_id)).message == "Nothing new in shop."


@pytest.mark.parametrize("place", ["..", "../elsewhere", "link", "missing", "plain", "", "\0"])
def test_what_is_no_clone_below_the_roots_is_refused_and_nothing_is_made(home, who, repo, tmp_path, place):
    RepoBuilder(tmp_path / "elsewhere")
    (tmp_path / "code" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "code" / "plain").mkdir()
    before = count(Team, Service, Repository, Source, AuditEvent)
    with pytest.raises(GitError):
        intake.add_clone(who, f"{tmp_path}/code/{place}", "Payments", "shop")
    assert count(Team, Service, Repository, Source, AuditEvent) == before


def test_where_people_sign_in_no_folder_is_open_until_one_is_named(home, who, repo, monkeypatch):
    monkeypatch.setenv("HOME", str(repo.path.parent))
    monkeypatch.setenv("MILEPOST_OIDC_METADATA_URL", "https://id.acme.example/.well-known/openid-configuration")
    assert intake.roots() == (repo.path.parent,)
    monkeypatch.delenv("MILEPOST_ROOTS")
    with pytest.raises(GitError, match="outside the folders that Milepost may read"):
        intake.add_clone(who, str(repo.path), "Payments", "shop")


def test_a_clone_swapped_for_a_link_out_of_the_roots_is_not_read(home, who, repo, tmp_path):
    source_id = added(who, repo).source_id
    shutil.move(repo.path, tmp_path / "elsewhere")
    repo.path.symlink_to(tmp_path / "elsewhere")
    job = jobs.progress(intake.resync(who, source_id))
    assert (job.state, "outside the folders" in job.message) == ("failed", True)


def test_a_first_read_that_fails_says_why_and_can_be_tried_again(home, who, tmp_path):
    repo = RepoBuilder(tmp_path / "code" / "new")
    job = added(who, repo)
    assert (job.state, job.message.count(".") >= 1, count(*FACTS)) == ("failed", True, (0, 0, 0, 0))
    assert (one(Source).cursor, jobs.latest(job.source_id).message) == (None, job.message)
    repo.commit("Begin", "2025-01-06 09:00")
    assert jobs.progress(intake.resync(who, job.source_id)).state == "done"


def test_a_clone_that_is_being_written_to_is_refused_and_read_once_it_is_whole(home, who, repo, tmp_path):
    partial = tmp_path / "code" / "partial"
    shutil.copytree(repo.path, partial)
    shutil.rmtree(partial / ".git" / "refs" / "heads")
    (partial / ".git" / "refs" / "heads").mkdir()
    (partial / ".git" / "packed-refs").unlink(missing_ok=True)
    pack = partial / ".git" / "objects" / "pack"
    pack.mkdir(exist_ok=True)
    (pack / "tmp_pack_a1b2c3").write_bytes(b"PACK")
    shutil.rmtree(partial / ".git" / "refs" / "tags")
    job = jobs.progress(intake.add_clone(who, partial, "Payments", "partial"))
    assert (job.state, "still being written to" in job.message, count(*FACTS)) == ("failed", True, (0, 0, 0, 0))
    shutil.rmtree(partial)
    shutil.copytree(repo.path, partial)
    assert jobs.progress(intake.resync(who, job.source_id)).state == "done"


def test_a_name_that_is_taken_is_refused_and_nothing_is_made(both, who, repo, tmp_path):
    added(who, repo)
    other = RepoBuilder(tmp_path / "code" / "other")
    other.commit("Begin", "2025-01-06 09:00")
    with pytest.raises(ValueError, match="already a service"):
        intake.add_clone(who, other.path, "Payments", "shop")
    assert count(Repository, Source) == (1, 1)


def test_a_stranger_may_not_add_read_again_or_remove(both, who, repo):
    job = added(who, repo)
    for attempt in (
        lambda: intake.add_clone(STRANGER, repo.path, one(Team).id, "other"),
        lambda: intake.resync(STRANGER, job.source_id),
        lambda: intake.remove_source(STRANGER, job.source_id),
        lambda: intake.add_files(STRANGER, job.service_id, "incidents", b"id,opened\n", "x.csv"),
        lambda: jobs.cancel(STRANGER, job.id),
    ):
        with pytest.raises(access.Forbidden):
            attempt()
    assert count(Source, Change) == (1, 3)


def test_saving_a_read_that_somebody_else_has_saved_meanwhile_is_refused(both, who, repo):
    source_id = added(who, repo).source_id
    with pytest.raises(JobError, match="read this source meanwhile"):
        loading.store_history(source_id, git.read(repo.path), since=None)
    assert count(Change) == (3,)


# Files


@pytest.fixture
def service_id(who) -> int:
    return intake.add_import_service(who, "Payments", "billing")


def test_a_service_whose_first_import_failed_can_be_imported_again_by_name(both, who, service_id):
    failed = imported(who, service_id, "incidents", "what,is,this\n1,2,3\n")
    assert (failed.state, intake.add_import_service(who, "Payments", "billing")) == ("failed", service_id)
    imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,slow"))
    with pytest.raises(ValueError, match="already"):
        intake.add_import_service(who, "Payments", "billing")


def test_a_file_becomes_facts_of_its_service(both, who, service_id):
    job = imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,slow", "8,2025-01-02T00:00Z,down"))
    assert (job.state, job.message, count(Incident)) == ("done", "Saved 2 incidents from facts.csv.", (2,))


@pytest.mark.parametrize("kind", files.KINDS)
def test_every_template_can_be_imported(both, who, service_id, kind):
    assert imported(who, service_id, kind, files.template(kind)).message == f"Saved 2 {kind} from facts.csv."


def test_with_errors_nothing_is_saved_and_each_is_reported(both, who, service_id):
    job = imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,ok", "8,never,bad"))
    assert job.state == "failed"
    assert job.message.startswith("1 of 2 rows of facts.csv have errors, the first in row 3, opened_at: ")
    assert job.message.endswith(" Nothing was saved.")
    assert (job.report["errors"][0]["row"], count(Incident, Source)) == (3, (0, 0))


def test_the_good_rows_are_saved_when_the_person_says_so_and_the_rest_is_counted(both, who, service_id):
    content = incidents("7,2025-01-01T00:00Z,ok", "8,never,bad")
    job = imported(who, service_id, "incidents", content, accept_partial=True)
    assert (job.message, count(Incident)) == (
        "Saved 1 incident from facts.csv. 1 row with errors left out.",
        (1,),
    )


def test_a_check_saves_nothing(home, who, service_id):
    job = imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,ok", "8,never,x"), check_only=True)
    assert (job.state, job.message) == ("done", "1 incident in facts.csv can be saved; 1 row cannot.")
    assert count(Incident, Source) == (0, 0)


def test_the_same_file_again_replaces_rows_with_the_same_id(both, who, service_id):
    imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,old", "8,2025-01-02T00:00Z,stays"))
    imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,new", "9,2025-01-03T00:00Z,more"))
    with store.reading() as session:
        titles = set(session.execute(select(Incident.title)).scalars())
    assert (titles, count(Source)) == ({"new", "stays", "more"}, (1,))


def test_the_newest_job_of_a_file_is_found_by_its_source(both, who, service_id):
    for _ in range(2):
        newest = imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,x"))
    assert jobs.latest(one(Source).id).id == newest.id


def test_no_incidents_in_a_file_means_collected_and_none_happened(both, who, repo):
    service_id = added(who, repo).service_id
    teams.save_settings(who, service_id, TAGS)
    assert not derive.load(service_id).incidents_collected
    imported(who, service_id, "incidents", incidents())
    assert derive.load(service_id).incidents_collected


def test_a_file_is_complete_until_its_latest_time_or_what_the_person_says(both, who, service_id):
    imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,x"))
    assert store.from_us(one(Source).collected_until) == datetime(2025, 1, 1, tzinfo=UTC)
    until = datetime(2025, 2, 1, tzinfo=UTC)
    imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,x"), complete_until=until)
    assert store.from_us(one(Source).collected_until) == until


def test_times_without_offset_need_a_time_zone(home, who, service_id):
    content = incidents("7,2025-01-01 10:00,x")
    job = imported(who, service_id, "incidents", content)
    assert (job.state, "choose the time zone" in job.message) == ("failed", True)
    imported(who, service_id, "incidents", content, time_zone="Europe/Berlin")
    assert store.from_us(one(Incident).opened_at) == datetime(2025, 1, 1, 9, tzinfo=UTC)


def test_an_upload_is_private_and_gone_when_its_job_has_ended(home, who, service_id, monkeypatch):
    seen = []
    parse = files.parse

    def look(kind, path, *rest, **options):
        seen.append((stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)))
        return parse(kind, path, *rest, **options)

    monkeypatch.setattr(files, "parse", look)
    imported(who, service_id, "incidents", incidents("7,never,x"))
    imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,x"))
    assert (seen, list((home / "uploads").iterdir())) == ([(0o600, 0o700)] * 2, [])


def test_too_large_an_upload_is_refused_and_not_kept(home, who, service_id, monkeypatch):
    monkeypatch.setattr(intake, "MAX_BYTES", 10)
    with pytest.raises(FileError, match="larger than"):
        imported(who, service_id, "incidents", incidents("7,2025-01-01T00:00Z,x"))
    assert list((home / "uploads").iterdir()) == []


def test_only_the_last_part_of_a_file_name_is_kept(home, who, service_id):
    imported(who, service_id, "incidents", incidents(), name="C:\\fakepath\\../in\ncidents.csv")
    assert one(Source).name == "incidents.csv"


def test_uploads_of_jobs_that_have_ended_are_tidied_away_others_stay(home, who, service_id, monkeypatch):
    monkeypatch.setattr(jobs, "push", lambda job_id, delay=0: job_id)
    waiting = intake.add_files(who, service_id, "incidents", incidents().encode(), "a.csv")
    ended = intake.add_files(who, service_id, "changes", b"number,merged\n", "b.csv")
    jobs.cancel(who, ended)
    (home / "uploads" / "fresh").touch()
    with store.writing() as session:
        args = session.get(Job, ended).args
    (home / "uploads" / args["upload"]).touch()
    intake.tidy()
    kept = {path.name for path in (home / "uploads").iterdir()}
    assert kept == {one(Job, Job.id == waiting).args["upload"], "fresh"}


def test_a_small_file_is_checked_at_once_a_large_one_in_a_job(home, monkeypatch):
    assert intake.preview(incidents("7,2025-01-01T00:00Z,x").encode(), "incidents").rows == 1
    with pytest.raises(TimeZoneNeeded):
        intake.preview(incidents("7,2025-01-01 10:00,x").encode(), "incidents")
    monkeypatch.setattr(intake, "PREVIEW_BYTES", 10)
    assert intake.preview(incidents("7,2025-01-01T00:00Z,x").encode(), "incidents") is None


def test_the_place_of_imports_is_no_folder(home, who, service_id):
    place = one(Repository)
    assert (place.key.startswith("import:"), place.path) == (True, None)


# Out again


def test_removing_a_source_takes_all_that_came_from_it_and_nothing_else(both, who, repo):
    job = added(who, repo)
    teams.save_settings(who, job.service_id, TAGS)
    imported(who, job.service_id, "deployments", files.template("deployments"))
    ended = jobs.progress(intake.remove_source(who, job.source_id))
    assert (ended.state, count(Change, Deployment, TrunkCommit, Source)) == ("done", (0, 2, 0, 1))
    assert derive.load(job.service_id).changes.height == 0
    assert one(AuditEvent, AuditEvent.action == "remove_source").detail["services"] == [job.service_id]


def test_removing_the_incidents_makes_failures_unknown_again(both, who, repo):
    service_id = added(who, repo).service_id
    teams.save_settings(who, service_id, TAGS)
    imported(who, service_id, "incidents", incidents("7,2025-01-08T00:00Z,x"))
    intake.remove_source(who, one(Source, Source.kind == "files").id)
    assert not derive.load(service_id).incidents_collected


def test_removing_a_source_cancels_what_waits_for_it(both, who, repo, monkeypatch):
    source_id = added(who, repo).source_id
    monkeypatch.setattr(jobs, "push", lambda job_id, delay=0: job_id)
    waiting = intake.resync(who, source_id)
    intake.remove_source(who, source_id)
    assert jobs.progress(waiting).state == "cancelled"


def test_a_source_that_never_worked_can_be_removed(both, who, tmp_path):
    job = added(who, RepoBuilder(tmp_path / "code" / "new"))
    assert jobs.progress(intake.remove_source(who, job.source_id)).state == "done"
    assert count(Source, Service) == (0, 1)


def test_rules_are_proposed_and_tried_before_anything_is_saved(both, who, repo):
    service_id = added(who, repo).service_id
    rule = intake.proposals(service_id)[0]
    tried = intake.dry_run(service_id, Settings(rule=rule))
    assert (rule.kind, tried.filter("counts")["ref"].to_list()) == ("tag", ["v1"])
    assert one(Service).settings is None


def test_an_upload_that_fills_the_disk_leaves_nothing_of_it(who, repo):
    service_id = added(who, repo).service_id

    class Endless:
        def seek(self, place):
            pass

        def read(self, size):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        intake.add_files(who, service_id, "deployments", Endless(), "d.csv")
    assert list(loading.uploads().iterdir()) == []
