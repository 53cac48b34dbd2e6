"""The OpenAPI 3.1 document of /api/v1, made from the models that check what is sent and shape what is answered."""

from functools import cache

from pydantic.json_schema import models_json_schema

from data import tokens
from data.api import answers, door, facts, incoming, outgoing

VERSION = "1.0"
_PROBLEMS = {
    "GET": {400: "The query is wrong.", 404: "There is no such service for this token."},
    "POST": {
        400: "The body is not JSON, or a header is wrong.",
        404: "A service is not there for this token; nothing was saved.",
        408: "The body came too slowly.",
        409: "The same request is being done at this moment.",
        413: f"The body is larger than {door.LARGEST:,} bytes.",
        415: "The body is of another kind than JSON.",
        422: "The facts are wrong; nothing was saved. Or the Idempotency-Key belongs to another request.",
    },
}
_ALWAYS = {
    401: "There is no token, or it is not good.",
    403: "The token lacks the scope.",
    429: "The token asks too often; Retry-After says how long to wait.",
    503: "The store is busy or away.",
}


@cache
def document() -> dict:
    """The document, as plain values."""
    models = [(model, "validation") for model in incoming.KINDS.values()]
    given = {endpoint.gives for endpoint in door.ENDPOINTS} | {outgoing.ProblemOut}
    models += [(model, "serialization") for model in sorted(given, key=lambda model: model.__name__)]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")
    paths: dict[str, dict] = {}
    for endpoint in door.ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Milepost",
            "version": VERSION,
            "description": "Send deployments, incidents and changes; read services and their metrics. docs/api.md.",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A service token. Scopes: " + ", ".join(tokens.SCOPES) + ".",
                }
            },
            "schemas": schemas["$defs"],
        },
    }


def _operation(endpoint: door.Endpoint) -> dict:
    kind = endpoint.path.rsplit("/", 1)[1]
    verb = "send" if endpoint.takes else "read"
    problems = {**_PROBLEMS[endpoint.method], **_ALWAYS}
    made = {
        "operationId": f"{verb}_{kind}",
        "summary": endpoint.summary,
        "description": f"Needs the scope `{endpoint.scope}`.",
        "parameters": _parameters(endpoint),
        "responses": {
            "200": _response("What was asked.", endpoint.gives, answers.JSON),
            **{str(status): _response(said, outgoing.ProblemOut, answers.PROBLEM) for status, said in problems.items()},
        },
    }
    if endpoint.takes:
        one = _schema(endpoint.takes)
        many = {"type": "array", "items": one, "maxItems": facts.MOST}
        made["requestBody"] = {"required": True, "content": {answers.JSON: {"schema": {"oneOf": [one, many]}}}}
    else:
        made["responses"]["304"] = {"description": "Nothing has changed since the answer with that ETag."}
    return made


def _parameters(endpoint: door.Endpoint) -> list[dict]:
    made = [
        {"name": each.name, "in": "query", "required": False, "description": each.about, "schema": each.schema}
        for each in endpoint.query
    ]
    if "{id}" in endpoint.path:
        schema = {"type": "integer", "minimum": 1}
        made.insert(0, {"name": "id", "in": "path", "required": True, "description": "The service.", "schema": schema})
    if endpoint.takes:
        about = "Chosen by the sender; the same key and request again gets the same answer for a day."
        schema = {"type": "string", "minLength": 1, "maxLength": 200}
        made.append({"name": "Idempotency-Key", "in": "header", "description": about, "schema": schema})
    else:
        about = "The ETag of an answer that the asker has."
        made.append({"name": "If-None-Match", "in": "header", "description": about, "schema": {"type": "string"}})
    return made


def _response(said: str, model: type, media_type: str) -> dict:
    return {"description": said, "content": {media_type: {"schema": _schema(model)}}}


def _schema(model: type) -> dict:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
