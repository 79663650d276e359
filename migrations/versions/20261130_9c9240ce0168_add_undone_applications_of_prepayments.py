"""Add undone applications of prepayments"""

import sqlalchemy as sa
from alembic import op

revision = "9c9240ce0168"
down_revision = "2afee0db8ff8"
branch_labels = None
depends_on = None

BEFORE = "'in', 'applied', 'refunded', 'taken_back'"
NOW = "'in', 'applied', 'unapplied', 'refunded', 'taken_back'"


def upgrade() -> None:
    with op.batch_alter_table("prepayment_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=200), nullable=True))
        batch_op.drop_constraint(op.f("ck_prepayment_entry_kind_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_prepayment_entry_kind_known"), f"kind IN ({NOW})")


def downgrade() -> None:
    with op.batch_alter_table("prepayment_entry", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_prepayment_entry_kind_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_prepayment_entry_kind_known"), f"kind IN ({BEFORE})")
        batch_op.drop_column("reason")
