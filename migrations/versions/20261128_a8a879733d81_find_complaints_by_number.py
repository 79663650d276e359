"""Find complaints by number"""

import sqlalchemy as sa
from alembic import op

revision = "a8a879733d81"
down_revision = "a1d1fec680f9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_number"), ["number"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_number"))
