"""Add meters and readings"""

import sqlalchemy as sa
from alembic import op

revision = "271af9bb630e"
down_revision = "187f7ab1d818"
branch_labels = None
depends_on = None

ONE_OF_THREE = (
    "(CASE WHEN room_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN space_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN meter_id IS NULL THEN 0 ELSE 1 END) = 1"
)


def upgrade() -> None:
    op.create_table(
        "meter",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("installed", sa.Date(), nullable=True),
        sa.Column("initial", sa.BigInteger(), nullable=False),
        sa.Column("multiplier", sa.BigInteger(), nullable=False),
        sa.Column("loss", sa.BigInteger(), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('water', 'electricity', 'gas', 'heat')", name=op.f("ck_meter_kind_known")
        ),
        sa.CheckConstraint("digits BETWEEN 1 AND 12", name=op.f("ck_meter_digits_range")),
        sa.CheckConstraint("initial >= 0", name=op.f("ck_meter_initial_sign")),
        sa.CheckConstraint("loss >= 0", name=op.f("ck_meter_loss_sign")),
        sa.CheckConstraint("multiplier > 0", name=op.f("ck_meter_multiplier_positive")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_meter_community_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_meter_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_meter_community_id_number")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("meter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meter_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_meter_kind", ["community_id", "kind", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_meter_room_id"), ["room_id"], unique=False)

    op.create_table(
        "meter_reading",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=30), server_default="read", nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("rollover", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("multiplier", sa.BigInteger(), nullable=False),
        sa.Column("loss", sa.BigInteger(), nullable=False),
        sa.Column("onward", sa.BigInteger(), nullable=True),
        sa.Column("unusual", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("replaced", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("replaces_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "(kind = 'change') = (onward IS NOT NULL)", name=op.f("ck_meter_reading_change_counts_on")
        ),
        sa.CheckConstraint("kind IN ('read', 'change')", name=op.f("ck_meter_reading_kind_known")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_meter_reading_used_sign")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_meter_reading_value_sign")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_meter_reading_community_id")
        ),
        sa.ForeignKeyConstraint(["meter_id"], ["meter.id"], name=op.f("fk_meter_reading_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_reading")),
        sa.UniqueConstraint(
            "meter_id", "day", "kind", "version", name=op.f("uq_meter_reading_meter_id_day_kind_version")
        ),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_meter_reading_replaces_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("meter_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meter_reading_building_id"), ["building_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meter_reading_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_meter_reading_month", ["community_id", "period", "meter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meter_reading_room_id"), ["room_id"], unique=False)

    with op.batch_alter_table("fee_assignment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("meter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_fee_assignment_meter_id"), ["meter_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_fee_assignment_standard_id_meter_id_starts"), ["standard_id", "meter_id", "starts"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_fee_assignment_meter_id"), "meter", ["meter_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_fee_assignment_one_object"), type_="check")
        batch_op.create_check_constraint(op.f("ck_fee_assignment_one_object"), ONE_OF_THREE)

    with op.batch_alter_table("fee_standard", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_fee_standard_method_known"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_fee_standard_method_known"), "method IN ('area', 'fixed', 'metered')"
        )


def downgrade() -> None:
    with op.batch_alter_table("fee_standard", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_fee_standard_method_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_fee_standard_method_known"), "method IN ('area', 'fixed')")

    with op.batch_alter_table("fee_assignment", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_fee_assignment_one_object"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_fee_assignment_one_object"), "(room_id IS NULL) <> (space_id IS NULL)"
        )
        batch_op.drop_constraint(batch_op.f("fk_fee_assignment_meter_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_fee_assignment_standard_id_meter_id_starts"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_fee_assignment_meter_id"))
        batch_op.drop_column("meter_id")

    op.drop_table("meter_reading")
    op.drop_table("meter")
