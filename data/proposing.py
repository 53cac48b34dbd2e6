"""The first rule proposed, for many services that have none yet: one by one in a job."""

from collections.abc import Collection

from assessments.delivery.settings import Settings
from data import access, intake, jobs, people, store, teams
from data.access import Action, Forbidden, NotFound
from data.people import Who
from data.tables import Service
from data.work import Work, handler

KIND = "rules"


def accept(who: Who, service_ids: Collection[int]) -> int:
    """Takes for each of these services the first rule proposed, unless it has one by then; the job. Its report has
    `without`: the names of those for which nothing could be proposed. Raises Forbidden, NotFound.
    """
    subjects = [access.of_service(service_id) for service_id in service_ids]
    for subject in subjects:
        access.check(who, Action.EDIT_SERVICE, subject)
    args = {"services": sorted(service_ids)}
    return jobs.enqueue(KIND, args, who, subjects[0].organization_id)


@handler(KIND, says=(Forbidden, NotFound), keeps="the rules taken so far stay")
def take(work: Work) -> str:
    """What was done stays when it is broken off, and is not done again."""
    who = people.who(work.person_id)
    wanted, taken, without = work.args["services"], 0, []
    for done, service_id in enumerate(wanted):
        with store.reading() as session:
            service = session.get(Service, service_id)
        if service is None:
            continue
        work.progress(done, len(wanted), f"Choosing what counts as production for {service.name}")
        if service.settings is not None:
            continue
        if proposals := intake.proposals(service_id):
            teams.save_settings(who, service_id, Settings(rule=proposals[0]))
            taken += 1
        else:
            without.append(service.name)
    work.report(without=without)
    left = f" Nothing can be counted yet for {', '.join(without[:5])}{' and others' * (len(without) > 5)}." * bool(
        without
    )
    return f"{taken:,} {'service counts' if taken == 1 else 'services count'} by the first rule proposed.{left}"
