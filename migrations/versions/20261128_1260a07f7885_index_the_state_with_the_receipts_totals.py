"""Index the state with the receipts' totals"""

import sqlalchemy as sa
from alembic import op

revision = "1260a07f7885"
down_revision = "fff9a8628b93"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_month"))
        batch_op.create_index(
            "ix_receipt_month", ["community_id", "posting_period", "total", "state"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index("ix_receipt_month")
        batch_op.create_index(
            batch_op.f("ix_receipt_month"), ["community_id", "posting_period", "total"], unique=False
        )
