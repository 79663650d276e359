"""The office's two keys, and what the data key does: identity numbers encrypted, and comparable by an HMAC."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from app.kernel.errors import N_, DomainError


class UnableToDecrypt(DomainError):
    code = "wrong_data_key"
    message = N_("数据密钥与数据库不符，无法解密。请恢复原来的数据密钥文件。")


class EmptyKey(Exception):
    """A key file without a key in it: a full disk, a copy that failed. Another key would not fit the data."""


def key_from(*, given: str | None, path: Path) -> str:
    """The key that was given, else the one kept at `path`, made (0600) when there is none yet. Raises EmptyKey."""
    if given:
        return given
    if path.exists():
        kept = path.read_text().strip()
        if not kept:
            raise EmptyKey(path)
        return kept
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(48)
    # Two processes may start at once: one file wins whole (a link cannot be half-written), both read it.
    draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(fresh)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()


def _derived(purpose: bytes) -> bytes:
    return hmac.new(current_app.config["DATA_KEY"].encode(), purpose, hashlib.sha256).digest()


def _fernet() -> Fernet:
    found = current_app.extensions.get("data_fernet")
    if found is None:
        found = Fernet(base64.urlsafe_b64encode(_derived(b"encrypt")))
        current_app.extensions["data_fernet"] = found
    return found


def encrypt(text: str) -> str:
    """Encrypt with the data key; the same text gives another result each time."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Reverse of encrypt. Raises UnableToDecrypt when the data key is another one."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise UnableToDecrypt from error


def fingerprint(text: str) -> str:
    """HMAC-SHA256 of the text under the data key, hex: equal for equal text, tells nothing of it."""
    return hmac.new(_derived(b"fingerprint"), text.encode(), hashlib.sha256).hexdigest()
