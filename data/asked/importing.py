"""A survey that was answered elsewhere becomes a closed wave, with the same protection as one answered here."""

import secrets
from datetime import datetime

from assessments.surveys import questionnaire as shapes
from assessments.surveys.anonymity import K
from assessments.surveys.questionnaire import Questionnaire
from content import catalog
from data import access, audit, store
from data.access import Action
from data.asked import answer_files, closing, waves
from data.asked.answer_files import Collected
from data.people import Who
from data.sources.files_columns import FileError
from data.tables import AnswerSheet, Participation, Wave
from data.teams import clean_name


def preview(questionnaire: str, data: bytes) -> Collected:
    """What a file holds, before anything is kept. Raises FileError, and ValueError for a questionnaire that is none."""
    if questionnaire not in catalog.surveys():
        raise ValueError("There is no such questionnaire: choose one of the list.")
    return answer_files.parse(Questionnaire.of(catalog.surveys()[questionnaire]), data)


def import_answers(
    who: Who, team_id: int, questionnaire: str, title: str, data: bytes, asked: int, at: datetime
) -> int:
    """Keeps the answers of a file as a closed wave of the team; its id. asked: how many people were asked there; at:
    when the last of them answered.

    What the file has no column for was not asked. Who answered is not known, so the wave is shown coarsely beside
    others that asked the same. Raises FileError, Forbidden, NotFound, and ValueError for what cannot be.
    """
    subject = access.of_team(team_id)
    access.check(who, Action.ASK, subject)
    found = preview(questionnaire, data)
    answered = len(found.rows)
    if answered < K:
        raise FileError(f"The file has the answers of {answered}: below {K} nothing could be shown.")
    if not answered <= asked <= waves.MOST_PEOPLE:
        raise ValueError(f"Say how many people were asked: {answered} (who answered) to {waves.MOST_PEOPLE}.")
    at_us, now = store.to_us(at), store.now_us()
    if at_us > now:
        raise ValueError("The answers cannot have been collected in the future: choose another day.")
    plain = waves.plain_questionnaire(questionnaire)
    blocks = [{**b, "items": [item for item in b["items"] if item["key"] in found.keys]} for b in plain["blocks"]]
    plain["blocks"] = [block for block in blocks if block["items"]]
    title = clean_name(title or plain["title"], "survey")
    with store.writing() as session:
        wave = Wave(
            team_id=team_id, kind=waves.SURVEY, title=title, questionnaire=questionnaire, asked=plain,
            digest=shapes.digest(plain), elsewhere=True, opened_by=who.id, opened_at=now, closes_at=at_us,
        )  # fmt: skip
        session.add(wave)
        session.flush()
        for number in range(asked):
            session.add(
                Participation(
                    id=secrets.token_hex(16), wave_id=wave.id, person=f"elsewhere:{wave.id}:{number}",
                    name=f"Asked elsewhere {number + 1}", digest=secrets.token_hex(32), answered=number < answered,
                )
            )  # fmt: skip
        for raw in found.rows:
            session.add(AnswerSheet(id=secrets.token_hex(16), wave_id=wave.id, answers=raw))
        detail = {"team": team_id, "questionnaire": questionnaire, "people": asked, "answered": answered}
        audit.record(session, who, "import_survey", f"wave:{wave.id}", detail, subject.organization_id)
        wave_id = wave.id
    closing.finish(wave_id, at_us)
    return wave_id
