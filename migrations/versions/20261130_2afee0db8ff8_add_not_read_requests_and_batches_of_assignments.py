"""Add not-read requests and batches of assignments"""

import sqlalchemy as sa
from alembic import op

revision = "2afee0db8ff8"
down_revision = "ca17d44f4607"
branch_labels = None
depends_on = None

KEY_INDEX = "fk_billing_line_assignment_id"


def upgrade() -> None:
    op.create_table(
        "reading_exemption",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=30), server_default="pending", nullable=False),
        sa.Column("requested_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("requested_by", sa.String(length=100), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_reading_exemption_state_known"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR requested_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_reading_exemption_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_reading_exemption_community_id")
        ),
        sa.ForeignKeyConstraint(["meter_id"], ["meter.id"], name=op.f("fk_reading_exemption_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_exemption")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("reading_exemption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_exemption_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_exemption_meter_id"), ["meter_id"], unique=False)
        batch_op.create_index(
            "ix_reading_exemption_month", ["community_id", "period", "meter_id"], unique=False
        )

    with op.batch_alter_table("billing_line", schema=None) as batch_op:
        batch_op.create_index("ix_billing_line_assignment_id", ["assignment_id"], unique=False)
    # MariaDB drops the index that it made for the foreign key, but not the one that the way down made.
    if KEY_INDEX in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("billing_line")}:
        op.drop_index(KEY_INDEX, "billing_line")

    with op.batch_alter_table("fee_assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("fee_assignment", schema=None) as batch_op:
        batch_op.drop_column("batch")

    if op.get_bind().dialect.name == "mysql":
        # The foreign key stands on an index of its column; MariaDB keeps the last one.
        op.create_index(KEY_INDEX, "billing_line", ["assignment_id"], unique=False)
    with op.batch_alter_table("billing_line", schema=None) as batch_op:
        batch_op.drop_index("ix_billing_line_assignment_id")

    op.drop_table("reading_exemption")
