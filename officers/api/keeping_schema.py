"""The document's words for keeping the record by program."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from officers.api import kept_forms
from officers.api.errors import INVALID, NOT_FOUND, TOO_MANY, error
from officers.kinds import Kind

KEEPING = {
    401: error("No key, or one that is not known.", "token_unknown", "This key is not known here."),
    403: error("The key or its person may not do this.", "permission_denied", "You may not do this."),
    404: NOT_FOUND,
    429: TOO_MANY,
}
NOT_POSSIBLE = error(
    "It cannot be done as things are: `exists_already`, or `not_possible` with the reason.",
    "not_possible",
    "It is still used by assignments. Change those first.",
)
CHANGED = error(
    "Somebody changed it since it was read; `changed` names the fields.",
    "changed_meanwhile",
    "Somebody changed it since you read it.",
)
NEEDED = error("`If-Match` is missing.", "version_needed", "Say which version you change.")
UNCHANGED = OpenApiResponse(
    description="Nothing has changed since the answer with the ETag in `If-None-Match`."
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    location=OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the record as it was read.",
)
WRITING = {400: INVALID, 409: NOT_POSSIBLE, 412: CHANGED, 428: NEEDED, **KEEPING}


def documented(kind: Kind, viewset: Any, shapes: dict[str, Any]) -> Any:
    """The words for each act on a kind of record."""
    acts = _reading(kind, shapes) | _writing(kind, shapes)
    return extend_schema(tags=["keeping"])(extend_schema_view(**acts)(viewset))


def _reading(kind: Kind, shapes: dict[str, Any]) -> dict[str, Any]:
    above = OpenApiParameter("above", description=f"What they hang on, such as `{(*kind.above, '')[0]}:1`.")
    drafts = OpenApiParameter("is_published", bool, description="false: drafts alone.")
    return {
        "list": extend_schema(
            summary=f"{kind.many} that you keep",
            parameters=([above] if kind.above else []) + ([drafts] if kind.has_drafts else []),
            responses={200: shapes["row"](many=True), 304: UNCHANGED, 400: INVALID, **KEEPING},
        ),
        "retrieve": extend_schema(
            summary=f"Read {kind.one} to change it",
            responses={200: kept_forms.kept_of(kind), 304: UNCHANGED, **KEEPING},
        ),
    }


def _writing(kind: Kind, shapes: dict[str, Any]) -> dict[str, Any]:
    kept, why = kept_forms.kept_of(kind), OpenApiParameter("why", description="Kept in the history.")
    added = {code: WRITING[code] for code in (400, 409, *KEEPING)}
    acts = {
        "create": extend_schema(
            summary=f"Add {kind.one}", request=kept_forms.addition_of(kind), responses={201: kept, **added}
        ),
        "partial_update": extend_schema(
            summary=f"Change {kind.one}",
            parameters=[IF_MATCH],
            request=kept_forms.change_of(kind),
            responses={200: kept, **WRITING},
        ),
        "destroy": extend_schema(
            summary=f"Delete {kind.one}",
            parameters=[IF_MATCH, why],
            responses={200: shapes["act"], **WRITING},
        ),
    }
    if kind.has_drafts:
        acts["publish"] = extend_schema(
            summary=f"Show {kind.one} to everybody, or no longer",
            parameters=[IF_MATCH],
            request=shapes["publish"],
            responses={200: kept, **WRITING},
        )
    return acts
