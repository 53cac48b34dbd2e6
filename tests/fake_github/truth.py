"""What a perfect collector would know: plain rows, times in seconds since 1970, lag and faults left aside."""

from typing import TYPE_CHECKING

from tests.fake_github.records import Row

if TYPE_CHECKING:
    from tests.fake_github.world import World


def truth(world: "World") -> dict[str, list[Row]]:
    """repositories, pulls, issues, deployments (with statuses), runs, attempts, jobs, releases, tags, branches.

    Every row of a repository has `repository`, its numeric id. Deleted things are absent. Releases
    that are drafts are there, though who may not write does not see them.
    """
    found: dict[str, list[Row]] = {
        name: []
        for name in (
            "repositories", "pulls", "issues", "deployments", "runs", "attempts", "jobs", "releases", "tags",
            "branches",
        )
    }  # fmt: skip
    for repository in world.repositories.truth():
        found["repositories"].append(repository)
        contents, here = world.contents[repository["id"]], {"repository": repository["id"]}
        for row in contents.issues.truth():
            if row["pull_id"]:
                commits = [contents.commits[sha] for sha in row["commits"]]
                found["pulls"].append({**row, **here, "commits": commits})
            else:
                found["issues"].append({**row, **here})
        found["deployments"] += [{**row, **here} for row in contents.deployments.truth()]
        for row in contents.runs.truth():
            last = row["attempts"][-1]
            found["runs"].append({
                **{name: value for name, value in row.items() if name != "attempts"}, **here,
                "attempt": last["attempt"],
                "status": last["status"], "conclusion": last["conclusion"], "started_at": last["started_at"],
                "updated_at": last["updated_at"],
            })  # fmt: skip
            for attempt in row["attempts"]:
                plain = {name: value for name, value in attempt.items() if name != "jobs"}
                found["attempts"].append({**plain, **here, "run": row["id"]})
                found["jobs"] += [{**job, **here, "run": row["id"]} for job in attempt["jobs"]]
        found["releases"] += [{**row, **here} for row in contents.releases.truth()]
        for row in contents.refs.truth():
            kind, _, name = row["name"].removeprefix("refs/").partition("/")
            found["tags" if kind == "tags" else "branches"].append({"name": name, "sha": row["sha"], **here})
    return found
