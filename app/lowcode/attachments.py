"""Attachments: pictures that hang on a row of any document whose entry asks for them.

The row in the database is the truth; the bytes lie under `INSTANCE_DIR/files/attachments` by a random name. They are
written before the unit of work that hangs them on a row, and go again where it did not commit; those of removed rows go
after it has committed, so that no row ever lacks its file.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import current_app
from sqlalchemy import String, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.errors import N_, DomainError
from app.kernel.pictures import StoredPicture, read_picture
from app.lowcode import clock, history
from app.lowcode.actors import current_actor
from app.lowcode.db import Key, writing
from app.lowcode.document import About, DocumentBase, OfficeOrCommunityScoped
from app.lowcode.fields import integer, moment, text
from app.lowcode.scope import UNSCOPED

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_OF_A_ROW: Final = 60
LONGEST_NAME: Final = 100
FOLDER: Final = "attachments"


class NothingSent(DomainError):
    code = "nothing_sent"
    message = N_("请先选择图片。")


class FileTooLarge(DomainError):
    code = "file_too_large"
    message = N_("图片超过 %(most)d MB，请缩小后再传。")


class TooManyAttachments(DomainError):
    code = "too_many_attachments"
    message = N_("附件已有 %(most)d 个，不能再加。")


@dataclass(frozen=True, slots=True)
class AttachmentKind:
    """A kind of attachment of a document: its name, and how it is called (维修前, 维修后)."""

    name: str
    label: str


PICTURES: Final = (AttachmentKind("picture", N_("图片")),)
"""For documents that tell no kinds apart."""


@dataclass(frozen=True, slots=True)
class Attaching:
    """What hangs on a document's rows.

    `kinds` are sent on the row's page by who may `attach`, `kept` come from operations alone and stay. `allowed` says
    of a row whether the person at the page may change what hangs there.
    """

    kinds: Sequence[AttachmentKind] = PICTURES
    kept: Sequence[AttachmentKind] = ()
    allowed: Callable[[Any], bool] = lambda row: True


class Attachment(OfficeOrCommunityScoped, DocumentBase):
    """附件: shown on its row's page, and to nobody who may not read that row."""

    __about__ = About(N_("附件"), "name", icon="paperclip", readonly=True, menu=False)
    __table_args__ = (UniqueConstraint("document", "row_id", "kind", "sha256"),)

    document: Mapped[str] = text(N_("单据"), 60, required=True, listed=True)
    row_id: Mapped[int] = mapped_column(Key, nullable=False)
    kind: Mapped[str] = text(N_("种类"), 30, required=True, listed=True)
    name: Mapped[str] = text(N_("名称"), LONGEST_NAME, required=True, listed=True)
    content_type: Mapped[str] = text(N_("类型"), 60, required=True, listed=True)
    size: Mapped[int] = integer(N_("字节数"), required=True, listed=True)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False)
    stored: Mapped[str] = mapped_column(String(60), nullable=False, unique=True)
    at: Mapped[Any] = moment(N_("时间"), default=clock.now, required=True, listed=True)
    who: Mapped[str] = text(N_("上传人"), 100, required=True, listed=True)
    user_id: Mapped[int | None] = mapped_column(Key)

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return _folder() / self.stored[:2] / self.stored


@dataclass(slots=True)
class StoredFile:
    """A clean picture that lies in the folder already; it stays when a unit of work that hangs it on a row commits."""

    picture: StoredPicture
    sha256: str
    stored: str
    kept: bool = False

    @classmethod
    def of(cls, picture: StoredPicture) -> "StoredFile":
        """Give a picture its place, not written yet."""
        digest = hashlib.sha256(picture.content).hexdigest()
        return cls(picture, digest, f"{secrets.token_hex(16)}.{picture.ending}")

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return _folder() / self.stored[:2] / self.stored

    def write(self) -> None:
        """Write the bytes to their place, for nobody else of this machine to read."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        self.path.write_bytes(self.picture.content)


@contextmanager
def stored_files(contents: Sequence[bytes]) -> Iterator[list[StoredFile]]:
    """Clean and write pictures before the unit of work that takes them; what none took is removed afterwards.

    Raises FileTooLarge, NotAPicture, PictureTooLarge.
    """
    if writing.get():
        raise RuntimeError("files are written before the unit of work, not inside it")
    pictures = [_read(content) for content in contents]
    files: list[StoredFile] = []
    try:
        for picture in pictures:
            files.append(StoredFile.of(picture))
            files[-1].write()
        yield files
    finally:
        for file in files:
            if not file.kept:
                file.path.unlink(missing_ok=True)


def attach(
    *, session: Session, row: DocumentBase, kind: AttachmentKind, content: StoredFile | bytes, name: str
) -> Attachment:
    """Hang a picture on a row; the same picture again is the one that hangs there.

    `name` is what its sender calls it, for people only. Views hand in what `stored_files` wrote; bytes are written
    here, while the unit of work is open, which only a command may do.
    Raises FileTooLarge, NotAPicture, PictureTooLarge, TooManyAttachments.
    """
    if isinstance(content, bytes):
        file = StoredFile.of(_read(content))
        session.info.setdefault(_WRITTEN, []).append(file.path)
        file.write()
    else:
        file = content
    picture = file.picture
    hanging = attachments_of(session=session, row=row)
    for one in hanging:
        if one.kind == kind.name and one.sha256 == file.sha256:
            return one
    if len(hanging) >= MOST_OF_A_ROW:
        raise TooManyAttachments(field="file", most=MOST_OF_A_ROW)
    actor = current_actor()
    found = Attachment(
        community_id=getattr(row, "community_id", None),
        document=type(row).__name__,
        row_id=row.id,
        kind=kind.name,
        name=_shown_name(name) or f"{kind.name}.{picture.ending}",
        content_type=picture.content_type,
        size=len(picture.content),
        sha256=file.sha256,
        stored=file.stored,
        who=actor.name or "?",
        user_id=actor.user_id,
    )
    session.info.setdefault(_TAKEN, []).append(file)
    session.add(found)
    history.note(row, label=N_("加附件"), reason=found.name)
    session.flush()
    return found


def detach(*, session: Session, row: DocumentBase, attachment: Attachment) -> None:
    """Take an attachment off its row, its bytes with it."""
    session.info.setdefault(_REMOVED, []).append(attachment.path)
    history.note(row, label=N_("去掉附件"), reason=attachment.name)
    session.delete(attachment)
    session.flush()


def detach_all(*, session: Session, row: DocumentBase) -> None:
    """Take off all that hangs on a row that is deleted itself."""
    for one in attachments_of(session=session, row=row):
        session.info.setdefault(_REMOVED, []).append(one.path)
        session.delete(one)


def attachments_of(*, session: Session, row: DocumentBase) -> Sequence[Attachment]:
    """Return what hangs on a row within the actor's reach, in its order of coming."""
    return session.scalars(
        select(Attachment)
        .where(Attachment.document == type(row).__name__, Attachment.row_id == row.id)
        .order_by(Attachment.id),
        # Who reaches the row reaches what hangs on it.
        execution_options={UNSCOPED: True},
    ).all()


def attachment_of(*, session: Session, row: DocumentBase, attachment_id: int) -> Attachment | None:
    """One of a row's attachments; None where it hangs elsewhere."""
    found = (one for one in attachments_of(session=session, row=row) if one.id == attachment_id)
    return next(found, None)


def _read(content: bytes) -> StoredPicture:
    if len(content) > MOST_BYTES:
        raise FileTooLarge(field="file", most=MOST_BYTES // 1024**2)
    return read_picture(content)


def _shown_name(name: str) -> str:
    """Return the last part of a sender's file name, without what a terminal or a header would obey."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-LONGEST_NAME:]


def _folder() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / "files" / FOLDER


_TAKEN: Final = "attachments taken"
_WRITTEN: Final = "attachments written"
_REMOVED: Final = "attachments removed"


@event.listens_for(Session, "after_commit")
def _keep_new(session: Session) -> None:
    session.info.pop(_WRITTEN, None)
    for file in session.info.pop(_TAKEN, []):
        file.kept = True
    for path in session.info.pop(_REMOVED, []):
        path.unlink(missing_ok=True)


@event.listens_for(Session, "after_soft_rollback")
def _keep_old(session: Session, _previous: object) -> None:
    session.info.pop(_REMOVED, None)
    session.info.pop(_TAKEN, None)
    for path in session.info.pop(_WRITTEN, []):
        path.unlink(missing_ok=True)
