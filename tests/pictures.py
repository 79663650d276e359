"""Small pictures as bytes, for whatever takes photos and signatures."""

import struct
import zlib


def png(width: int = 4, height: int = 3, *, shade: int = 128) -> bytes:
    """A grey PNG of this size."""
    lines = b"".join(b"\0" + bytes([shade]) * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    )


def jpeg(width: int = 8, height: int = 8, *, filling: bytes = b"") -> bytes:
    """What has the parts of a JPEG; no eye could make anything of it."""
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xDB, b"\0" + bytes(range(1, 65))),
            _segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\1\1\x11\0"),
            _segment(0xC4, b"\0" + bytes(16)),
            _segment(0xDA, b"\1\1\0\0\x3f\0"),
            b"\x12\x34\xff\x00\x56" + filling,
            b"\xff\xd9",
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2) + data
