"""Error answers in Google's shape: ``{"error": {"code", "message", "status", "details"}}``.

Shapes and sentences follow https://cloud.google.com/apis/design/errors and answers of the live
Sheets API quoted in public issue trackers.
"""

from __future__ import annotations

from typing import Any

_HELP = {
    "@type": "type.googleapis.com/google.rpc.Help",
    "links": [
        {
            "description": "Request a higher quota limit.",
            "url": "https://cloud.google.com/docs/quotas/help/request_increase",
        }
    ],
}


class ApiError(Exception):
    """An answer that is no success.

    Args:
        code: HTTP status.
        status: Google's canonical name for it, such as ``INVALID_ARGUMENT``.
        message: The sentence that Google sends.
        details: Google's typed details, if any.
    """

    def __init__(
        self, code: int, status: str, message: str, details: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        error: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "status": self.status,
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


def invalid(message: str) -> ApiError:
    """400 for a request that can never work."""
    return ApiError(400, "INVALID_ARGUMENT", message)


def not_found() -> ApiError:
    """404 for an id that nobody knows."""
    return ApiError(404, "NOT_FOUND", "Requested entity was not found.")


def forbidden() -> ApiError:
    """403 for a spreadsheet that is not shared (enough) with the caller."""
    return ApiError(403, "PERMISSION_DENIED", "The caller does not have permission")


def insufficient_scope() -> ApiError:
    """403 for a token whose scopes do not cover the method."""
    return ApiError(
        403,
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
                "metadata": {"service": "sheets.googleapis.com"},
            }
        ],
    )


def unauthenticated() -> ApiError:
    """401 for a missing, unknown or expired token."""
    return ApiError(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )


def quota_exceeded(kind: str, *, per_user: bool, limit: int, project: str) -> ApiError:
    """429 as the Sheets API words it.

    Args:
        kind: ``read`` or ``write``.
        per_user: Whether the user's or the project's limit was hit.
        limit: Requests a minute.
        project: The consumer's project number.
    """
    title = kind.capitalize()
    name = f"{title}RequestsPerMinutePer{'User' if per_user else 'Project'}"
    words = f"{title} requests per minute{' per user' if per_user else ''}"
    return ApiError(
        429,
        "RESOURCE_EXHAUSTED",
        f"Quota exceeded for quota metric '{title} requests' and limit '{words}' of service "
        f"'sheets.googleapis.com' for consumer 'project_number:{project}'.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "consumer": f"projects/{project}",
                    "quota_limit": name,
                    "quota_limit_value": str(limit),
                    "quota_location": "global",
                    "quota_metric": f"sheets.googleapis.com/{kind}_requests",
                    "service": "sheets.googleapis.com",
                },
            },
            _HELP,
        ],
    )
