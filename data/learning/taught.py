"""What is taught now, by slug or by id; whoever asks gets a sentence when it is not there."""

from collections.abc import Mapping
from typing import Any

from content import catalog
from content.modules import Module
from data import people
from data.access import Forbidden, NotFound
from data.people import Who


def track(slug: str) -> Mapping[str, Any]:
    """The head of a track. Raises NotFound."""
    found = catalog.tracks().get(slug)
    if found is None:
        raise NotFound("There is no such track any more.")
    return found


def modules(slug: str) -> Mapping[str, Module]:
    """The modules of a track by slug, in their order. Raises NotFound."""
    track(slug)
    return catalog.modules(slug)


def module(track_slug: str, slug: str) -> Module:
    """Raises NotFound."""
    found = modules(track_slug).get(slug)
    if found is None:
        raise NotFound("There is no such module any more.")
    return found


def pocs(slug: str) -> Mapping[str, Mapping[str, Any]]:
    """The proofs of concept of a track by slug, in their order. Raises NotFound."""
    track(slug)
    return catalog.pocs(slug)


def poc(track_slug: str, slug: str) -> Mapping[str, Any]:
    """A proof of concept. Raises NotFound."""
    track(track_slug)
    found = catalog.pocs(track_slug).get(slug)
    if found is None:
        raise NotFound("There is no such proof of concept any more.")
    return found


def track_of(track_id: str) -> Mapping[str, Any] | None:
    """The track of that id as it is taught now; it may have another slug than before."""
    return next((each for each in catalog.tracks().values() if each["id"] == track_id), None)


def poc_of(track_id: str, poc_id: str) -> Mapping[str, Any] | None:
    """The proof of concept of that id in that track, as it is taught now."""
    found = track_of(track_id)
    pocs = catalog.pocs(found["slug"]).values() if found else ()
    return next((each for each in pocs if each["id"] == poc_id), None)


def module_of(module_id: str) -> tuple[str, Module] | None:
    """The slug of its track, and the module of that id as it is taught now."""
    for slug in catalog.tracks():
        for each in catalog.modules(slug).values():
            if each.head["id"] == module_id:
                return slug, each
    return None


def reader(who: Who) -> int:
    """The id of a person who is here. Raises Forbidden when they may not come in any more."""
    if not people.of_this_moment(who).is_active:
        raise Forbidden("You are signed out or may not come in any more: sign in again.")
    return who.id
