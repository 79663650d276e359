"""Pictures that people send: known by their bytes, and kept without anything that is no picture.

PNG and JPEG are read from start to end. What stands between the parts that draw (texts, thumbnails, the place where a
photo was taken) and what follows the end is left out, so that no other file can travel inside; of a camera's notes only
which way is up is kept.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.kernel.errors import N_, DomainError

MOST_PIXELS: Final = 100_000_000
LONGEST_SIDE: Final = 20_000

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"iCCP",
        b"pHYs",
        b"bKGD",
        b"sBIT",
    }
)
_EXIF: Final = b"Exif\0\0"
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_RESTARTS: Final = frozenset(range(0xD0, 0xD8))
_ORIENTATION: Final = 0x0112


class NotAPicture(DomainError):
    """Bytes that are neither a whole PNG nor a whole JPEG."""

    code = "not_a_picture"
    message = N_("这不是完整的 PNG 或 JPEG 图片。请重新拍照或另存为图片后再传。")


class PictureTooLarge(DomainError):
    """More pixels than a camera takes."""

    code = "picture_too_large"
    message = N_("图片的长宽太大，请缩小后再传。")


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture as it is kept: its media type, file ending, size in pixels, and bytes."""

    content_type: str
    ending: str
    width: int
    height: int
    content: bytes


def read_picture(content: bytes) -> StoredPicture:
    """Return the picture that the bytes are, clean. Raises NotAPicture, PictureTooLarge."""
    try:
        if content.startswith(_PNG):
            found = _png(content)
        elif content.startswith(bytes((0xFF, _SOI))):
            found = _jpeg(content)
        else:
            raise NotAPicture
    except (IndexError, ValueError) as error:
        raise NotAPicture from error
    if found.width < 1 or found.height < 1:
        raise NotAPicture
    if max(found.width, found.height) > LONGEST_SIDE or found.width * found.height > MOST_PIXELS:
        raise PictureTooLarge
    return found


def _png(content: bytes) -> StoredPicture:
    kept, drawn, size = [_PNG], False, (0, 0)
    for place, (kind, data) in enumerate(_chunks(content)):
        if (place == 0) != (kind == b"IHDR"):
            raise NotAPicture
        if kind == b"IHDR":
            if len(data) != 13:
                raise NotAPicture
            size = int.from_bytes(data[:4]), int.from_bytes(data[4:8])
        drawn |= kind == b"IDAT"
        if kind in _PNG_KEPT:
            kept.append(len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4))
    if not drawn:
        raise NotAPicture
    return StoredPicture("image/png", "png", *size, b"".join(kept))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each part of a PNG as (kind, data), the last being IEND. Raises NotAPicture for a torn or damaged one."""
    at = len(_PNG)
    while True:
        length, kind = int.from_bytes(_taken(content, at, 4)), _taken(content, at + 4, 4)
        data = _taken(content, at + 8, length)
        if int.from_bytes(_taken(content, at + 8 + length, 4)) != zlib.crc32(kind + data):
            raise NotAPicture
        yield kind, data
        if kind == b"IEND":
            return
        at += 12 + length


def _jpeg(content: bytes) -> StoredPicture:
    kept, size, drawn, at = [content[:2]], (0, 0), False, 2
    while True:
        if content[at] != 0xFF:
            raise NotAPicture
        while content[at] == 0xFF:
            at += 1
        marker = content[at]
        at += 1
        if marker == _EOI:
            break
        length = int.from_bytes(_taken(content, at, 2))
        if length < 2:
            raise NotAPicture
        data = _taken(content, at + 2, length - 2)
        at += length
        if marker in _FRAMES:
            size = int.from_bytes(_taken(data, 3, 2)), int.from_bytes(_taken(data, 1, 2))
        part = _kept(marker, data)
        if part is not None:
            kept.append(bytes((0xFF, marker)) + (len(part) + 2).to_bytes(2) + part)
        if marker == _SOS:
            end = _end_of_scan(content, at)
            kept.append(content[at:end])
            drawn, at = True, end
    if not drawn:
        raise NotAPicture
    kept.append(bytes((0xFF, _EOI)))
    return StoredPicture("image/jpeg", "jpg", *size, b"".join(kept))


def _kept(marker: int, data: bytes) -> bytes | None:
    """Return what is kept of a segment; None: it goes."""
    if marker == _APP1:
        return _upright(data)
    if marker == _APP0:
        return data[:14] if data.startswith(b"JFIF\0") else None
    if marker == _APP2:
        return data if data.startswith(b"ICC_PROFILE\0") else None
    is_note = 0xE0 <= marker <= 0xEF or marker == _COMMENT
    return data if marker == _APP14 or not is_note else None


def _upright(data: bytes) -> bytes | None:
    """Return a camera's notes cut down to the orientation; None where they do not say."""
    if not data.startswith(_EXIF):
        return None
    tiff = data[len(_EXIF) :]
    order: dict[bytes, str] = {b"II": "little", b"MM": "big"}
    if tiff[:2] not in order:
        return None
    big = order[tiff[:2]] == "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(_taken(tiff, at, length), "big" if big else "little")

    try:
        first = number(4, 4)
        for entry in range(first + 2, first + 2 + 12 * number(first, 2), 12):
            if number(entry, 2) == _ORIENTATION and 1 <= number(entry + 8, 2) <= 8:
                turned = number(entry + 8, 2).to_bytes(2)
                entry_of_it = _ORIENTATION.to_bytes(2) + (3).to_bytes(2) + (1).to_bytes(4) + turned + b"\0\0"
                return _EXIF + b"MM\0\x2a\0\0\0\x08\0\x01" + entry_of_it + bytes(4)
    except NotAPicture:  # notes that make no sense are none
        return None
    return None


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands after the drawn part that begins at `at`."""
    while True:
        at = content.index(0xFF, at)
        following = content[at + 1]
        if following != 0 and following not in _RESTARTS:
            return at
        at += 2


def _taken(content: bytes, at: int, length: int) -> bytes:
    part = content[at : at + length]
    if len(part) != length:
        raise NotAPicture
    return part
