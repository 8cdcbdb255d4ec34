"""Service accounts and their tokens: the OAuth 2.0 JWT bearer grant.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

PROJECT = "rowshot-simulator"
PROJECT_NUMBER = "415926535897"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE = "https://oauth2.googleapis.com/token"  # "always", whatever the token_uri is
_LIFETIME = 3600  # seconds, the longest that Google allows for the assertion and the token
_SKEW = 300  # seconds by which clocks may differ


class TokenError(Exception):
    """A refused grant, in the OAuth 2.0 shape.

    Args:
        error: ``invalid_grant``, ``invalid_scope`` or ``unsupported_grant_type``.
        description: Google's sentence.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


@dataclass
class Account:
    """One service account with its key."""

    email: str
    key_id: str
    private_key_pem: str
    disabled: bool = False

    def info(self, token_uri: str) -> dict[str, str]:
        """The service account file, as Google's console hands it out."""
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": self.key_id,
            "private_key": self.private_key_pem,
            "client_email": self.email,
            "client_id": str(int(self.key_id, 16))[:21],
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_uri,
            "universe_domain": "googleapis.com",
        }


@dataclass(frozen=True)
class Token:
    """A bearer token that was given out."""

    email: str
    scopes: frozenset[str]
    expires_at: float


@dataclass
class Accounts:
    """Every account and token; ``now`` counts Unix seconds."""

    by_email: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def account(self, name: str) -> Account:
        """The account of a short name or address, made (with a key) on first use."""
        email = name if "@" in name else f"{name}@{PROJECT}.iam.gserviceaccount.com"
        if email not in self.by_email:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            pem = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ).decode()
            self.by_email[email] = Account(email, secrets.token_hex(20), pem)
        return self.by_email[email]

    def grant(self, form: dict[str, str], token_uri: str) -> dict[str, Any]:
        """Answers a token request.

        Raises:
            TokenError: As Google refuses a bad grant type, assertion, signature or scope.
        """
        if form.get("grant_type") != GRANT:
            raise TokenError(
                "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}"
            )
        claims = self._verified(form.get("assertion", ""), token_uri)
        scopes = frozenset(str(claims.get("scope") or "").split())
        if not scopes:
            raise TokenError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        token = "ya29.c." + secrets.token_urlsafe(48)
        self.tokens[token] = Token(claims["iss"], scopes, time.time() + _LIFETIME)
        return {"access_token": token, "expires_in": _LIFETIME - 1, "token_type": "Bearer"}

    def caller(self, header: str | None) -> Token | None:
        """The live token of an ``Authorization`` header."""
        kind, _, value = (header or "").partition(" ")
        token = self.tokens.get(value) if kind.lower() == "bearer" else None
        if token is None or token.expires_at < time.time():
            return None
        account = self.by_email.get(token.email)
        return None if account is None or account.disabled else token

    def _verified(self, assertion: str, token_uri: str) -> dict[str, Any]:
        """The claims of an assertion after every check that Google documents."""
        parts = assertion.split(".")
        if len(parts) != 3:
            raise TokenError("invalid_grant", "Bad Request")
        try:
            header, claims = (json.loads(_unpadded(part)) for part in parts[:2])
            signature = _unpadded(parts[2])
        except (ValueError, binascii.Error):
            raise TokenError("invalid_grant", "Bad Request") from None
        account = self.by_email.get(str(claims.get("iss")))
        if account is None:
            raise TokenError("invalid_grant", "Invalid grant: account not found")
        if account.disabled:
            raise TokenError("invalid_grant", "Invalid grant: account disabled")
        if header.get("alg") != "RS256" or not _signed(account, parts, signature):
            raise TokenError("invalid_grant", "Invalid JWT Signature.")
        if claims.get("aud") not in (AUDIENCE, token_uri):
            raise TokenError("invalid_grant", "Invalid JWT: Failed audience check.")
        issued, expires, now = claims.get("iat"), claims.get("exp"), time.time()
        timely = isinstance(issued, int) and isinstance(expires, int)
        if not timely or not (
            issued - _SKEW <= now <= expires + _SKEW <= issued + _LIFETIME + 2 * _SKEW
        ):
            raise TokenError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                "timeframe. Check your iat and exp values in the JWT claim.",
            )
        return dict(claims)


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signed(account: Account, parts: list[str], signature: bytes) -> bool:
    key = serialization.load_pem_private_key(account.private_key_pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        return False
    try:
        key.public_key().verify(
            signature, f"{parts[0]}.{parts[1]}".encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature:
        return False
    return True
