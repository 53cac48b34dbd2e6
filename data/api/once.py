"""Idempotency-Key: a request that is sent again, because its answer was lost, is done once.

A key belongs to a token for a day. Same request: the answer of the first time. Another: 422. One that is being done at
this moment: 409. What was refused leaves no key behind, so that it can be sent again once it is mended. The answer is
saved with the facts, in one transaction: a process that dies in between leaves neither, and its key after a minute.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session

from data import store
from data.api.answers import Answer, Problem, Request
from data.tables import IdempotencyKey
from data.tokens import Token

KEPT = 24 * 3_600_000_000  # microseconds
DEAD = 90_000_000  # microseconds after which nobody works on a request any more: longer than the store makes us wait
_SHAPE = re.compile(r"[\x21-\x7e]{1,200}")

Save = Callable[[Session, Answer], None]


@dataclass(frozen=True)
class _Attempt:
    token_id: int
    key: str
    id: str

    def save(self, session: Session, answer: Answer) -> None:
        """Part of the transaction that does what was asked. Raises Problem when another has taken over."""
        row = self.mine(session)
        if row is None:
            raise Problem(409, "Another request with this Idempotency-Key was quicker: send it again for its answer.")
        row.answer = json.dumps({"status": answer.status, "body": answer.body.decode()})

    def mine(self, session: Session) -> IdempotencyKey | None:
        row = session.get(IdempotencyKey, (self.token_id, self.key), populate_existing=True)
        return row if row is not None and row.attempt == self.id else None

    def drop(self) -> None:
        with store.writing(quietly=True) as session:
            row = self.mine(session)
            if row is not None and row.answer is None:
                session.delete(row)


def once(token: Token, request: Request, do: Callable[[Save], Answer]) -> Answer:
    """What `do` answers, or what it answered when the same request came first. `do` calls what it is given in the
    transaction of what it saves. Raises Problem."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return do(lambda session, answer: None)
    if not _SHAPE.fullmatch(key):
        raise Problem(400, "An Idempotency-Key has 1 to 200 visible characters of ASCII, no spaces: take a UUID.")
    attempt = _Attempt(token.id, key, uuid.uuid4().hex)
    if (answer := _begin(attempt, request)) is not None:
        return answer
    try:
        return do(attempt.save)
    except BaseException:
        attempt.drop()
        raise


def _begin(attempt: _Attempt, request: Request) -> Answer | None:
    """Takes the key, or returns the answer that it has."""
    digest, now = _digest(request), store.now_us()
    with store.writing(quietly=True) as session:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT))
        row = session.get(IdempotencyKey, (attempt.token_id, attempt.key), populate_existing=True)
        if row is None:
            row = IdempotencyKey(token_id=attempt.token_id, key=attempt.key, digest=digest, attempt="", created_at=now)
            session.add(row)
        elif row.digest != digest:
            raise Problem(422, "This Idempotency-Key was used for another request: choose a new one for each request.")
        elif row.answer is not None:
            kept = json.loads(row.answer)
            headers = {"Idempotency-Replayed": "true"}
            return Answer(kept["status"], kept["body"].encode(), headers=headers)
        elif row.created_at > now - DEAD:
            headers = {"Retry-After": "1"}
            raise Problem(409, "The same request is being done at this moment: ask again shortly.", headers=headers)
        row.attempt, row.created_at = attempt.id, now
    return None


def _digest(request: Request) -> str:
    query = json.dumps(sorted(request.query.items()))
    parts = (request.method.encode(), request.path.encode(), query.encode(), request.body)
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
