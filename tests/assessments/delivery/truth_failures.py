"""Truth table: which deployment failed, when it recovered, and which one was rework. Hours since Monday."""

from tests.assessments.delivery.story import deploy, incident, merge, says, sha, story

A, B, C = merge("A", 1), merge("B", 1), merge("C", 1)
D1, D2, D3 = deploy("d1", "A", 2), deploy("d2", "B", 4), deploy("d3", "C", 6)
EU, US = {"environment": "prod-eu"}, {"environment": "prod-us"}

CASES = {
    "an incident goes to the latest success before it": (
        story(A, B, C, D1, D2, D3, incident("i", 5, 7)),
        {
            "d2.failed": True,
            "d1.failed": False,
            "d3.failed": False,
            "d2.recovered_at": 7,
            "because i.signal": "incident",
        },
    ),
    "failed attempts between cause and incident": (
        story(A, B, D1, deploy("d2", "B", 4, status="failure"), incident("i", 5)),
        {"d1.failed": True, "d2.failed": False, "d2.reached_users": False, "coverage.failed_attempts": 1},
    ),
    "an incident after the limit is unlinked": (
        story(A, D1, incident("i", 26.5)),
        {"d1.failed": False, "because i.state": "unlinked", "coverage.incidents_unlinked": 1, "coverage.incidents": 1},
    ),
    "an incident at the limit is linked": (
        story(A, D1, incident("i", 26)),
        {"d1.failed": True, "coverage.incidents_unlinked": 0},
    ),
    "the limit is a setting": (
        story(A, D1, incident("i", 26), attribution_hours=6),
        {"d1.failed": False, "because i.state": "unlinked"},
    ),
    "what finished the moment it opened did not cause it": (
        story(A, B, D1, D2, incident("i", 4)),
        {"d1.failed": True, "d2.failed": False},
    ),
    "an explicit link beats the nearest": (
        story(A, B, D1, D2, incident("i", 5, 6, deployment="d1")),
        {"d1.failed": True, "d2.failed": False, "because i.signal": "explicit_link", "because i.confidence": "high"},
    ),
    "an explicit link has no limit": (
        story(A, D1, incident("i", 200, deployment="d1")),
        {"d1.failed": True},
    ),
    "a link by short sha": (
        story(A, B, D1, D2, incident("i", 5, deployment=sha("A")[:8].upper())),
        {"d1.failed": True, "because i.signal": "explicit_link"},
    ),
    "a link by the sha of a change it shipped": (
        story(A, B, deploy("d1", "B", 2), C, deploy("d2", "C", 4), incident("i", 5, deployment=sha("A"))),
        {"d1.failed": True, "d2.failed": False},
    ),
    "a later deployment of the very commit leaves a link as it was": (
        story(A, B, deploy("d1", "B", 2), incident("i", 5, deployment=sha("A")), deploy("d2", "A", 9)),
        {"d1.failed": True, "d2.failed": False},
    ),
    "a sha deployed twice: the last time before the incident": (
        story(A, D1, deploy("d2", "A", 4), deploy("d3", "A", 9), incident("i", 8, deployment=sha("A"))),
        {"d2.failed": True, "d1.failed": False, "d3.failed": False},
    ),
    "a failed attempt that an incident names reached users": (
        story(A, B, D1, deploy("d2", "B", 4, status="failure"), incident("i", 5, deployment="d2")),
        {"d2.reached_users": True, "d2.failed": True, "change_fail_rate.of": 2, "deployment_frequency.n": 1},
    ),
    "a link to nowhere falls back to the nearest": (
        story(A, D1, incident("i", 5, deployment="elsewhere-7")),
        {"d1.failed": True, "because i.signal": "incident"},
    ),
    "a revert names the deployment that shipped the change": (
        story(A, B, D1, D2, merge("R", 5, reverts="A"), deploy("d3", "R", 6)),
        {"d1.candidate": True, "d2.candidate": False, "d1.candidate_recovered_at": 6, "d3.rework_candidate": True},
    ),
    "a revert by pull request number": (
        story(merge("#7", 1, number=7), deploy("d1", "#7", 2), merge("R", 3, reverts="#7"), deploy("d2", "R", 4)),
        {"d1.candidate": True, "because R.signal": "revert"},
    ),
    "nothing reverts what lies above it on trunk": (
        story(merge("R", 1, reverts="A"), merge("A", 2), deploy("d0", "R", 1.5), deploy("d1", "A", 3)),
        {"d1.candidate": False, "because R.state": None},
    ),
    "reverted before it was deployed is no failure": (
        story(A, merge("R", 2, reverts="A"), deploy("d1", "R", 3)),
        {"d1.candidate": False, "because R.state": None, "d1.rework_candidate": False},
    ),
    "bringing a reverted change back is no failure": (
        story(
            *(A, D1, merge("R", 3, reverts="A"), deploy("d2", "R", 4)),
            *(merge("S", 5, reverts="R"), deploy("d3", "S", 6)),
        ),
        {"d1.candidate": True, "d2.candidate": False, "d3.rework_candidate": False},
    ),
    "a revert that has not shipped leaves the failure open": (
        story(A, D1, merge("R", 5, reverts="A"), until=26),
        {"d1.candidate": True, "d1.candidate_recovered_at": None, "recovery_time_inferred.censored": (24,)},
    ),
    "a rollback: what it undoes failed, until it finished": (
        story(A, B, D1, D2, deploy("d3", "A", 6)),
        {"d2.candidate": True, "d2.candidate_recovered_at": 6, "d3.rework_candidate": True, "d1.candidate": False},
    ),
    "a rollback after a commit nobody knows": (
        story(A, B, D1, D2, deploy("dx", None, 5), deploy("d3", "A", 6)),
        {"d3.role": "rollback", "d2.candidate": True, "dx.candidate": False},
    ),
    "putting the old version back right after a failed attempt": (
        story(A, B, D1, deploy("d2", "B", 4, status="failure"), deploy("d3", "A", 5)),
        {"d2.reached_users": True, "d2.candidate": True, "d3.rework_candidate": True, "coverage.failed_attempts": 0},
    ),
    "a smaller step forward after a failed attempt undoes nothing": (
        story(A, B, C, D1, deploy("d2", "C", 4, status="failure"), deploy("d3", "B", 5)),
        {"d2.reached_users": False, "d2.candidate": False, "coverage.failed_attempts": 1},
    ),
    "a hotfix by its branch": (
        story(A, B, D1, deploy("d2", "B", 4, ref="Hotfix/login")),
        {"d1.candidate": True, "d1.candidate_recovered_at": 4, "d2.rework_candidate": True},
    ),
    "a hotfix by the title of what it ships": (
        story(A, merge("B", 3, title="hotfix for login"), D1, D2),
        {"d1.candidate": True, "because d2.signal": "hotfix", "because d2.confidence": "low"},
    ),
    "a hotfix that is a revert points only at what it reverts": (
        story(A, B, D1, D2, merge("R", 5, reverts="A", title="hotfix: take A back"), deploy("d3", "R", 6)),
        {"d1.candidate": True, "d2.candidate": False},
    ),
    "with incidents collected a rollback stays a candidate": (
        story(A, B, D1, D2, deploy("d3", "A", 6), incidents_collected=True),
        {"d2.failed": False, "d2.candidate": True, "change_fail_rate.n": 0, "change_fail_rate_inferred.n": 1},
    ),
    "an incident confirms the rollback, and the rollback is rework": (
        story(A, B, D1, D2, incident("i", 5, 5.5), deploy("d3", "A", 6)),
        {"d2.failed": True, "d2.candidate": False, "d2.recovered_at": 5.5, "d3.rework": True, "d2.rework": False},
    ),
    "without incidents nothing is known, only inferred": (
        story(A, B, D1, D2, deploy("d3", "A", 6)),
        {
            **{"change_fail_rate.state": "not_collected", "recovery_time.state": "not_collected"},
            **{"rework_rate.state": "not_collected", "change_fail_rate_inferred.n": 1},
            **{"change_fail_rate_inferred.basis": "inferred", "change_fail_rate.n": 0},
        },
    ),
    "the team's word does not stand for incidents nobody collected": (
        story(A, B, D1, D2, says("deployment.failed", "d1", restored=3)),
        {"d1.failed": True, "change_fail_rate.state": "not_collected", "change_fail_rate_inferred.n": 1},
    ),
    "the team says it failed, and when it was well again": (
        story(A, D1, incident("i", 3, 9), says("deployment.failed", "d1", restored=5)),
        {"d1.failed": True, "d1.recovered_at": 5},
    ),
    "the team confirms a candidate, which keeps its recovery": (
        story(A, B, D1, D2, deploy("d3", "A", 6), says("deployment.failed", "d2")),
        {"d2.failed": True, "d2.candidate": False, "d2.recovered_at": 6, "d3.rework": True},
    ),
    "the team says it did not fail": (
        story(A, B, D1, D2, deploy("d3", "A", 6), incident("i", 5), says("deployment.not_failed", "d2")),
        {"d2.failed": False, "d2.candidate": False, "because i.state": "rejected", "d3.rework_candidate": False},
    ),
    "a later correction wins": (
        story(A, D1, says("deployment.not_failed", "d1"), says("deployment.failed", "d1")),
        {"d1.failed": True},
    ),
    "the team links an incident": (
        story(A, B, D1, D2, incident("i", 5, 9, deployment="d2"), says("incident.link", "i", "d1", restored=8)),
        {"d1.failed": True, "d2.failed": False, "d1.recovered_at": 8, "because i.signal": "correction"},
    ),
    "the team says that no change caused an incident": (
        story(A, D1, incident("i", 5), says("incident.not_a_change", "i")),
        {"d1.failed": False, "because i.state": "rejected", "coverage.incidents_unlinked": 0, "coverage.incidents": 1},
    ),
    "a deployment counts once, and is well when its last incident is": (
        story(A, D1, incident("i", 3, 4), incident("j", 3, 9)),
        {"change_fail_rate.n": 1, "d1.recovered_at": 9},
    ),
    "one open incident keeps the failure open": (
        story(A, D1, incident("i", 3, 4), incident("j", 3), until=12),
        {"d1.recovered_at": None, "recovery_time.censored": (10,), "recovery_time.n": 0},
    ),
    "solved before the deployment finished is zero, not negative": (
        story(A, deploy("d1", "A", 6), incident("i", 4, 5, deployment="d1")),
        {"recovery_time.values": (0,), "d1.failed": True},
    ),
    "a success that never reached users is in no share": (
        story(A, B, D1, D2, says("deployment.not_reached_users", "d2"), incidents_collected=True),
        {"change_fail_rate.of": 1, "deployment_frequency.n": 2, "coverage.failed_attempts": 1},
    ),
    "a failed attempt that the team says reached users": (
        story(
            *(A, D1, deploy("d2", "A", 4, status="failure"), says("deployment.reached_users", "d2")),
            incidents_collected=True,
        ),
        {"change_fail_rate.of": 2, "coverage.failed_attempts": 0},
    ),
    "unplanned work stated by the source is rework, without incidents": (
        story(A, B, deploy("d1", "A", 2, unplanned=False), deploy("d2", "B", 4, unplanned=True)),
        {
            "d2.rework": True,
            "rework_rate.n": 1,
            "rework_rate.state": "too_few",
            "change_fail_rate.state": "not_collected",
        },
    ),
    "the team says a rollback was planned": (
        story(A, B, D1, D2, incident("i", 5), deploy("d3", "A", 6), says("deployment.planned", "d3")),
        {"d3.rework": False, "d3.rework_candidate": False, "d2.failed": True},
    ),
    "an incident soon after the second region belongs to the release": (
        story(A, deploy("d1", "A", 2, **EU), deploy("d2", "A", 20, **US), incident("i", 40)),
        {"d1.failed": True, "d2.failed": False, "change_fail_rate.of": 1},
    ),
    "the same incident twice is one": (
        story(A, D1, incident("i", 26.5), incident("i", 26.5)),
        {"coverage.incidents": 1, "coverage.incidents_unlinked": 1},
    ),
}
