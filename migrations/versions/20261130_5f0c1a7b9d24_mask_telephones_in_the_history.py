"""Mask telephones in the history of complaints"""

import sqlalchemy as sa
from alembic import op

from app.kernel.phones import mask_phone

revision = "5f0c1a7b9d24"
down_revision = "bcba75c1921d"
branch_labels = None
depends_on = None

HISTORY = sa.table(
    "history",
    sa.column("id", sa.BigInteger),
    sa.column("document", sa.String),
    sa.column("field", sa.String),
    sa.column("old", sa.Text),
    sa.column("new", sa.Text),
)


def upgrade() -> None:
    connection = op.get_bind()
    lines = connection.execute(
        sa.select(HISTORY.c.id, HISTORY.c.old, HISTORY.c.new).where(
            HISTORY.c.document == "Complaint", HISTORY.c.field == "phone"
        )
    ).all()
    for line in lines:
        connection.execute(
            sa.update(HISTORY)
            .where(HISTORY.c.id == line.id)
            .values(old=line.old and mask_phone(line.old), new=line.new and mask_phone(line.new))
        )


def downgrade() -> None:
    """What is masked cannot be read again."""
