"""The office's two keys, and what the data key does: identity numbers encrypted, and comparable by an HMAC."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from app.kernel.errors import N_, DomainError
from app.kernel.presence import present
from app.lowcode.engine import current_engine


class UnableToDecrypt(DomainError):
    code = "wrong_data_key"
    message = N_("数据密钥与数据库不符，无法解密。请恢复原来的数据密钥文件。")


class UnusableKey(Exception):
    """A key file that is empty or no text: a full disk, a copy that failed. Another key would not fit the data."""


def kept_key(path: Path) -> str | None:
    """Read the key kept at `path`, or None where there is no such file. Raises UnusableKey, OSError."""
    try:
        kept = path.read_bytes().decode("utf-8").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise UnusableKey(path) from error
    if not kept.isprintable() or not kept:
        raise UnusableKey(path)
    return kept


def key_from(*, given: str | None, path: Path) -> str:
    """Return the key given, else the one kept at `path`, made (0600) when there is none yet. Raises UnusableKey."""
    kept = given or kept_key(path)
    if kept:
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
    return present(kept_key(path))


def _derived(purpose: bytes) -> bytes:
    return derived_from(current_engine().data_key.in_use(), purpose)


def derived_from(key: str, purpose: bytes) -> bytes:
    """Derive the key of one purpose from the data key."""
    return hmac.new(key.encode(), purpose, hashlib.sha256).digest()


def fernet_of(key: str) -> Fernet:
    """Make the cipher of a data key."""
    return Fernet(base64.urlsafe_b64encode(derived_from(key, b"encrypt")))


def _fernet() -> Fernet:
    engine = current_engine()
    if engine.fernet is None:
        engine.fernet = fernet_of(engine.data_key.in_use())
    return engine.fernet


def encrypt(text: str) -> str:
    """Encrypt with the data key; the same text gives another result each time."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Reverse of encrypt. Raises UnableToDecrypt when the data key is another one."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise UnableToDecrypt from error


def encrypt_bytes(content: bytes) -> bytes:
    """Encrypt a file with the data key."""
    return _fernet().encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """Reverse of encrypt_bytes. Raises UnableToDecrypt when the data key is another one."""
    try:
        return _fernet().decrypt(token)
    except InvalidToken as error:
        raise UnableToDecrypt from error


def fingerprint(text: str) -> str:
    """HMAC-SHA256 of the text under the data key, hex: equal for equal text, tells nothing of it."""
    return hmac.new(_derived(b"fingerprint"), text.encode(), hashlib.sha256).hexdigest()
