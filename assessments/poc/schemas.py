"""Pieces that the schemas of several kinds have in common."""

from typing import Any

from assessments.poc.places import CONDITION

KEYS = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 200}, "minItems": 1}
GLOBS = KEYS | {
    "description": "Globs of files: `*` stops at a slash, `**/` is any number of folders, `{a,b}` one of several."
}
PATTERN = {"type": "string", "minLength": 1, "maxLength": 300}
PATTERNS = {"type": "array", "items": PATTERN, "minItems": 1}


def whole(low: int, text: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "description": text}


def amount(text: str) -> dict[str, Any]:
    return {"type": "number", "description": text}


def text(said: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": 200, "description": said}


def truth(said: str) -> dict[str, Any]:
    return {"const": True, "description": said}


def several(items: Any, said: str) -> dict[str, Any]:
    """A list of at least one."""
    return {"description": said, "type": "array", "minItems": 1, "items": items}


def shape(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
        **more,
    }


def parameters(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """The schema of a kind's parameters."""
    made = shape(properties, required, **more)
    definitions = {"condition": CONDITION} if "#/$defs/condition" in str(made) else {}
    if definitions or "$defs" in made:
        made["$defs"] = definitions | made.get("$defs", {})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
