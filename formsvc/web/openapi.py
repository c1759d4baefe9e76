"""The API described in OpenAPI 3.1, from the register of kinds and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from formsvc import __version__
from formsvc.formats import MEDIA_TYPES
from formsvc.kinds import KINDS, Kind
from formsvc.language import PAPER_LANGUAGES
from formsvc.services import blanks

PROBLEM: Final = "application/problem+json"

#: what each refusal means here
REFUSALS: Final = {
    "400": "The body is not JSON, or a parameter is not understood.",
    "401": "The token is missing, unknown or revoked.",
    "404": "There is no such form, or it does not come in that format.",
    "405": "The address does not answer that method.",
    "406": "The Accept header takes none of the formats.",
    "413": "The body is larger than 4 MB.",
    "415": "The body is not sent as application/json.",
    "422": "Answers are missing or break a rule of the form; `problems` names every one."
    " Without `problems`: the PDF took too long or too much memory; shorten texts or ask for docx.",
    "500": "The document could not be made; none was released.",
    "503": "Others have their PDFs made, and `Retry-After` says when to try again; or something"
    " that documents need is not in order.",
}

_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {
                        "type": "string",
                        "description": "dotted path, such as measures.0.deadline;"
                        " empty for the form as a whole",
                    },
                    "message": {"type": "string", "description": "a sentence that says what to do"},
                },
            },
        },
    },
}

_KIND_SCHEMA: Final = {
    "type": "object",
    "required": ["kind", "title", "version", "formats", "schema", "render"],
    "properties": {
        "kind": {"type": "string"},
        "title": {"type": "object", "additionalProperties": {"type": "string"}},
        "version": {
            "type": "string",
            "description": "Another one when a field comes, goes, or becomes of another kind.",
        },
        "formats": {"type": "array", "items": {"enum": list(MEDIA_TYPES)}},
        "schema": {"type": "string"},
        "render": {"type": ["string", "null"]},
    },
}


def document(root: str = "") -> dict[str, Any]:
    """The whole description.

    :param root: the path under which the service is mounted
    """
    paths: dict[str, Any] = {
        "/api/v1/kinds": {"get": _kinds()},
        "/api/v1/openapi.json": {"get": _openapi()},
    }
    for kind in KINDS:
        paths[f"/api/v1/kinds/{kind.slug}/schema"] = {"get": _schema(kind)}
        if not kind.counted:
            paths[f"/api/v1/render/{kind.slug}"] = {"get": _blank(kind), "post": _render(kind)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "formsvc",
            "version": __version__,
            "description": "Forms around children who get help from several services:"
            " answers in, official documents out.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": root or "/"}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Problem": _PROBLEM_SCHEMA,
                "Kind": _KIND_SCHEMA,
                **{kind.slug: _embedded(kind) for kind in KINDS},
            },
        },
    }


def _kinds() -> dict[str, Any]:
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Kind"}}
    return {
        "operationId": "kinds",
        "summary": "The forms, in the order of the menu",
        "responses": {"200": _json("The forms", listed), **_refusals("405")},
    }


def _openapi() -> dict[str, Any]:
    return {
        "operationId": "openapi",
        "summary": "This description",
        "responses": {"200": _json("OpenAPI 3.1", {"type": "object"}), **_refusals("405")},
    }


def _schema(kind: Kind) -> dict[str, Any]:
    described = {"application/schema+json": {"schema": {"type": "object"}}}
    return {
        "operationId": f"schema_{kind.slug}",
        "summary": f"The JSON Schema of the answers of {kind.slug}",
        "responses": {
            "200": {"description": "JSON Schema 2020-12", "content": described},
            **_refusals("405"),
        },
    }


def _render(kind: Kind) -> dict[str, Any]:
    binary: dict[str, Any] = {MEDIA_TYPES[name]: {} for name in kind.formats}
    answers = {"schema": {"$ref": f"#/components/schemas/{kind.slug}"}}
    return {
        "operationId": f"render_{kind.slug}",
        "summary": f"Make the document {kind.slug} from answers; nothing is stored",
        "security": [{"token": []}],
        "parameters": [
            {
                "name": "format",
                "in": "query",
                "required": False,
                "schema": {"enum": list(kind.formats), "default": "docx"},
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": answers}},
        "responses": {"200": {"description": "The document", "content": binary}, **_refusals()},
    }


def _blank(kind: Kind) -> dict[str, Any]:
    content: dict[str, Any] = {MEDIA_TYPES[name]: {} for name in blanks.FORMATS}
    return {
        "operationId": f"blank_{kind.slug}",
        "summary": f"The blank form {kind.slug}, to be written on by hand",
        "security": [{"token": []}],
        "parameters": [
            _parameter("language", PAPER_LANGUAGES),
            _parameter("format", blanks.FORMATS),
        ],
        "responses": {
            "200": {"description": "The document", "content": content},
            **_refusals("400", "401", "404", "405", "503"),
        },
    }


def _parameter(name: str, known: Sequence[str]) -> dict[str, Any]:
    schema = {"enum": list(known), "default": known[0]}
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refusals(*only: str) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": text, "content": content}
        for status, text in REFUSALS.items()
        if not only or status in only
    }


def _embedded(kind: Kind) -> dict[str, Any]:
    """A form's schema where its own references point into the components."""
    return _moved(kind.form.schema(), f"#/components/schemas/{kind.slug}")  # type: ignore[no-any-return]


def _moved(schema: Any, home: str) -> Any:
    if isinstance(schema, list):
        return [_moved(each, home) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value.replace("#", home, 1) if key == "$ref" else _moved(value, home)
        for key, value in schema.items()
    }
