"""Pictures are known by their bytes, and nothing travels inside or behind them."""

import struct
import zlib

import pytest

from app.kernel.pictures import NotAPicture, PictureTooLarge, read_picture
from tests.pictures import jpeg, png


def test_a_png_is_kept_as_it_is() -> None:
    found = read_picture(png(3, 2))
    assert (found.content_type, found.ending, found.width, found.height) == ("image/png", "png", 3, 2)
    assert found.content == png(3, 2)


def test_a_jpeg_is_kept_as_it_is() -> None:
    found = read_picture(jpeg(640, 480))
    assert (found.content_type, found.ending, found.width, found.height) == ("image/jpeg", "jpg", 640, 480)
    assert found.content == jpeg(640, 480)


@pytest.mark.parametrize("picture", [png(), jpeg()])
def test_what_follows_the_end_is_left_out(picture: bytes) -> None:
    assert read_picture(picture + b"PK\x03\x04<script>alert(1)</script>").content == picture


def test_what_is_written_between_the_lines_is_left_out() -> None:
    note = b"<script>alert(1)</script>"
    chunk = len(note).to_bytes(4) + b"tEXt" + note + zlib.crc32(b"tEXt" + note).to_bytes(4)
    plain = png()
    assert read_picture(plain[:33] + chunk + plain[33:]).content == plain
    comment = b"\xff\xfe" + (len(note) + 2).to_bytes(2) + note
    plain = jpeg()
    assert read_picture(plain[:2] + comment + plain[2:]).content == plain


@pytest.mark.parametrize("order", ["<", ">"])
def test_of_a_cameras_notes_only_which_way_is_up_is_kept(order: str) -> None:
    mark = b"II" if order == "<" else b"MM"
    place = struct.pack(f"{order}HHII", 0x8825, 4, 1, 777)  # GPS
    up = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0)
    tiff = mark + struct.pack(f"{order}HIH", 42, 8, 2) + place + up + struct.pack(f"{order}I", 0) + b"GPSGPS"
    notes = b"Exif\0\0" + tiff
    plain = jpeg()
    kept = read_picture(plain[:2] + b"\xff\xe1" + (len(notes) + 2).to_bytes(2) + notes + plain[2:]).content
    assert b"GPS" not in kept
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in kept
    assert read_picture(kept).content == kept


@pytest.mark.parametrize(
    "notes",
    [
        b"Exif\0\0",
        b"Exif\0\0XX\0\0",
        b"Exif\0\0MM\0\x2a\xff\xff\xff\xff",
        b"http://ns.adobe.com/xap/1.0/\0<x/>",
    ],
)
def test_notes_that_make_no_sense_go(notes: bytes) -> None:
    plain = jpeg()
    sent = plain[:2] + b"\xff\xe1" + (len(notes) + 2).to_bytes(2) + notes + plain[2:]
    assert read_picture(sent).content == plain


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"GIF89a\1\0\1\0",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04",
        b"RIFF\0\0\0\0WEBP",
        png()[:8],
        png()[:-1],
        png()[:40],
        png()[:20] + b"\xff" + png()[21:],
        jpeg()[:2],
        jpeg()[:-2],
        jpeg()[:12],
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff" * 50,
        b"\xff\xd8<script>",
        png(0, 5),
        jpeg(0, 5),
        b"\x89PNG\r\n\x1a\n" + png()[:8] + png()[8:],
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        read_picture(content)


def test_every_torn_picture_is_refused() -> None:
    for whole in (png(), jpeg()):
        for length in range(len(whole)):
            with pytest.raises(NotAPicture):
                read_picture(whole[:length])


@pytest.mark.parametrize("size", [(20_001, 1), (1, 20_001), (19_999, 19_999)])
def test_more_pixels_than_a_camera_takes_are_refused(size: tuple[int, int]) -> None:
    header = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)
    part = b"IHDR" + header
    huge = png()[:8] + len(header).to_bytes(4) + part + zlib.crc32(part).to_bytes(4) + png()[33:]
    with pytest.raises(PictureTooLarge):
        read_picture(huge)
