"""Find repair orders by number"""

import sqlalchemy as sa
from alembic import op

revision = "ca89eeab6e35"
down_revision = "f329ed6959d1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("repair_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_order_number"), ["number"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("repair_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_repair_order_number"))
