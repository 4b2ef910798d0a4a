"""Parts of the description that no document of ours says: the key, problems, and events on their way."""

from typing import Any

from orders.api.problems import CATALOG, INVALID

Schema = dict[str, Any]

REF = "#/components/schemas/{model}"


def event_of(document: Schema) -> Schema:
    """Each event of a stream that tells of such documents: its fields, as OpenAPI 3.2 has them."""
    return {
        "type": "object",
        "required": ["id", "event", "data"],
        "properties": {
            "id": {"type": "string", "description": "As `Last-Event-ID`: what comes behind it."},
            "event": {"type": "string", "description": "What happened."},
            "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": document},
        },
    }


KEY: Schema = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "mw_…",
    "description": "A key, as `orders keys create` prints it.",
}
_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457: what went wrong. A kind of problem may say more, in fields of its own.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "Its kind: it stays the same for ever, so programs go by it.",
            "examples": [kind.type for kind in CATALOG],
        },
        "title": {"type": "string", "description": "For people: it may be worded otherwise one day."},
        "status": {"type": "integer", "description": "That of the answer."},
        "errors": {
            "type": "array",
            "description": "Of a document that does not fit: each field that does not.",
            "items": {"$ref": REF.format(model="FieldError")},
        },
    },
    "examples": [INVALID.example()],
}
_FIELD_ERROR: Schema = {
    "type": "object",
    "description": "A field that does not fit.",
    "required": ["pointer", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "format": "json-pointer",
            "description": "A JSON Pointer to the field, or the parameter of the query.",
        },
        "detail": {"type": "string", "description": "Why it does not fit."},
    },
    "examples": INVALID.more["errors"],
}
OURS: Schema = {"Problem": _PROBLEM, "FieldError": _FIELD_ERROR}
