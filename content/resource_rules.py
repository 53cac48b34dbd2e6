"""What others have written: ids, addresses, and when somebody last looked whether it is still there."""

from collections.abc import Collection
from datetime import date
from typing import Any

from content.checking import misshapen, twice

#: Days after which a look is too long ago.
OLD = 180


def problems(data: Any) -> list[str]:
    """Everything wrong with resources.yml, one sentence each."""
    if found := misshapen("resources", data):
        return found
    listed = data["resources"]
    ids = [each["id"] for each in listed]
    found = [f"the resource {name} stands twice" for name in twice(ids)]
    found += [f"the address {url} stands twice" for url in twice([each["url"] for each in listed])]
    for each in listed:
        successor = each.get("replaced_by")
        if successor is not None and (successor not in ids or successor == each["id"]):
            found.append(f"{each['id']}: it is replaced by {successor}, which is no other resource")
        if each["verified"] != "never" and _day(each["verified"]) is None:
            found.append(f"{each['id']}: {each['verified']} is no day")
    return found


def stale(data: Any, used: Collection[str], today: date) -> list[str]:
    """Of the resources that modules name, those that nobody has looked at for long, one sentence each."""
    found = []
    for each in data["resources"]:
        if each["id"] not in used:
            continue
        if (days := age(each, today)) is None:
            found.append(f"{each['id']}: nobody has looked yet whether {each['url']} is there")
        elif days > OLD:
            found.append(f"{each['id']}: {each['url']} was last looked at {days} days ago")
    return found


def age(each: Any, today: date) -> int | None:
    """Days since somebody last saw a resource; None when nobody ever has."""
    return None if each["verified"] == "never" else max(0, (today - date.fromisoformat(each["verified"])).days)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
