"""The model of capabilities in use, and those by which older assessments were judged: kept once, by their digest."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from assessments import maturity
from assessments.maturity import Capability
from content import catalog
from data.tables import PracticeModel


@lru_cache
def capabilities() -> dict[str, Capability]:
    """The model in use, by key, in the order of its areas."""
    return maturity.capabilities(catalog.practices())


def areas() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The practice areas by key: name, and keys of their capabilities in order."""
    return {
        area["key"]: (area["name"], tuple(each["key"] for each in area["capabilities"]))
        for area in catalog.practices()["areas"]
    }


def version() -> int:
    """Of the model in use."""
    return catalog.practices()["version"]


def keep(session: Session, model: Mapping[str, Capability], number: int) -> str:
    """Keeps a model unless it is kept already; its digest."""
    plain = {key: asdict(capability) for key, capability in model.items()}
    digest = digest_of(plain, number)
    if session.get(PracticeModel, digest) is None:
        session.add(PracticeModel(digest=digest, version=number, plain=plain))
        session.flush()
    return digest


def digest_of(plain: Mapping[str, Any], number: int) -> str:
    """Of a model in plain values, its order included, as pages show it in that order."""
    written = json.dumps([number, list(plain.items())], ensure_ascii=False, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


def kept(session: Session, digests: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Models in plain values as `maturity_change.Snapshot.of` reads them, by digest; one statement."""
    rows = session.execute(select(PracticeModel).where(PracticeModel.digest.in_(set(digests)))).scalars()
    return {row.digest: list(row.plain.values()) for row in rows}
