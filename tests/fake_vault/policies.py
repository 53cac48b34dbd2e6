"""What policies of Vault grant, as its documentation and the source of its ACL say: of all paths that fit, the most
specific one counts; what several rules say of that very path is added up; deny takes everything back.

    granted([read_policy(text)], "secret/data/shop/app")     # frozenset({"read"}); empty: nothing

Exact paths, `*` at the end and `+` for one segment are known; parameters and times of a rule are not.
"""

from collections.abc import Iterable

from assessments.evidence.reading.hcl import read_hcl, texts

Policy = dict[str, frozenset[str]]


def read_policy(text: str) -> Policy:
    """Its paths with what they grant; rules for the same path are added up. Raises Malformed for what is no HCL."""
    found: Policy = {}
    for block in read_hcl(text).blocks:
        if block.kind == "path":
            place = block.labels[0].removeprefix("/")
            found[place] = found.get(place, frozenset()) | frozenset(texts(block.get("capabilities")))
    return found


def granted(policies: Iterable[Policy], path: str) -> frozenset[str]:
    """A path with a slash at its end is one of names to be listed: rules without the slash count as well."""
    path = path.removeprefix("/")
    bare = path.removesuffix("/")
    rules = [rule for policy in policies for rule in policy.items()]
    for asked, is_exact in ((path, True), (bare, True), (bare, False), (path, False)):
        given = [(place, said) for place, said in rules if _exact(place) == is_exact and _fits(place, asked)]
        if given:
            break
    else:
        return frozenset()
    best = max((place for place, _ in given), key=_specific)
    together = frozenset().union(*(said for place, said in given if place == best))
    return frozenset() if "deny" in together else together


def _exact(place: str) -> bool:
    return not place.endswith("*") and "+" not in place.split("/")


def _fits(place: str, path: str) -> bool:
    begins = place.endswith("*")
    wanted, parts = place.removesuffix("*").split("/"), path.split("/")
    if len(parts) < len(wanted) or (not begins and len(parts) != len(wanted)):
        return False
    for index, (segment, part) in enumerate(zip(wanted, parts, strict=False)):
        if begins and index == len(wanted) - 1:
            return segment == "+" or "/".join(parts[index:]).startswith(segment)
        if segment not in ("+", part):
            return False
    return True


def _specific(place: str) -> tuple:
    """Greater is more specific, in the order in which Vault decides between patterns: a later first wildcard; no star
    at the end; fewer `+`; longer; later in the alphabet."""
    star, segments = place.endswith("*"), place.split("/")
    first, at = len(place) - star, 0
    for segment in segments:
        if segment.rstrip("*") == "+":
            first = at
            break
        at += len(segment) + 1
    return (first, not star, -segments.count("+"), len(place), place)
