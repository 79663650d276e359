"""order the months index of charges by the month they belong to"""

import sqlalchemy as sa
from alembic import op

revision = "309239370d3c"
down_revision = "ca89eeab6e35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charge_month"))
        batch_op.create_index(
            "ix_charge_month",
            ["community_id", "posting_period", "building_id", "fee_item_id", "period", "amount", "waived"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.drop_index("ix_charge_month")
        batch_op.create_index(
            batch_op.f("ix_charge_month"),
            ["community_id", "posting_period", "building_id", "fee_item_id", "amount", "waived", "period"],
            unique=False,
        )
