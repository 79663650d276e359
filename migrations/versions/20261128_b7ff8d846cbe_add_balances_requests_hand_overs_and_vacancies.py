"""Add balances, requests, hand-overs and vacancies"""

import sqlalchemy as sa
from alembic import op

revision = "b7ff8d846cbe"
down_revision = "846e0bae7d0b"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "'payment', 'void', 'reversal', 'prepayment', 'waiver', 'adjustment'"


def upgrade() -> None:
    op.create_table(
        "cash_handover",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cashier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cashier", sa.String(length=100), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_number", sa.String(length=30), nullable=True),
        sa.Column("last_number", sa.String(length=30), nullable=True),
        sa.Column("receipts", sa.Integer(), nullable=False),
        sa.Column("voids", sa.Integer(), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("wechat", sa.BigInteger(), nullable=False),
        sa.Column("alipay", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.BigInteger(), nullable=False),
        sa.Column("transfer", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=30), server_default="handed", nullable=False),
        sa.Column("signed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signed_by", sa.String(length=100), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("state IN ('handed', 'signed')", name=op.f("ck_cash_handover_state_known")),
        sa.CheckConstraint(
            "total = cash + wechat + alipay + card + transfer", name=op.f("ck_cash_handover_total_adds_up")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_cash_handover_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_handover")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_cash_handover_community_id_number")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("cash_handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cash_handover_cashier_id"), ["cashier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cash_handover_community_id"), ["community_id"], unique=False)

    op.create_table(
        "deposit",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("account", sa.String(length=160), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_deposit_balance_not_negative")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_deposit_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_deposit_customer_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_deposit_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("community_id", "account", name=op.f("uq_deposit_community_id_account")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("deposit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deposit_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deposit_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deposit_room_id"), ["room_id"], unique=False)

    op.create_table(
        "prepayment",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("balance", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_prepayment_balance_not_negative")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_prepayment_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_prepayment_customer_id")),
        sa.ForeignKeyConstraint(["fee_item_id"], ["fee_item.id"], name=op.f("fk_prepayment_fee_item_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_prepayment_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepayment")),
        sa.UniqueConstraint("community_id", "account", name=op.f("uq_prepayment_community_id_account")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("prepayment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prepayment_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepayment_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepayment_fee_item_id"), ["fee_item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepayment_room_id"), ["room_id"], unique=False)

    op.create_table(
        "vacancy",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("factor", sa.BigInteger(), nullable=False),
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
            "state IN ('pending', 'approved', 'refused', 'withdrawn')", name=op.f("ck_vacancy_state_known")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR requested_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_vacancy_two_persons"),
        ),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_vacancy_ends_after_start")),
        sa.CheckConstraint("factor >= 0 AND factor <= 1000000", name=op.f("ck_vacancy_factor_range")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_vacancy_community_id")),
        sa.ForeignKeyConstraint(["fee_item_id"], ["fee_item.id"], name=op.f("fk_vacancy_fee_item_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_vacancy_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("vacancy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vacancy_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vacancy_fee_item_id"), ["fee_item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vacancy_room_id"), ["room_id"], unique=False)

    op.create_table(
        "refund",
        sa.Column("number", sa.String(length=30), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("prepayment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deposit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tender", sa.String(length=30), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("posting_period", sa.String(length=7), nullable=True),
        sa.Column("cashier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handover_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
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
        sa.CheckConstraint("kind IN ('prepayment', 'deposit')", name=op.f("ck_refund_kind_known")),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused', 'withdrawn')", name=op.f("ck_refund_state_known")
        ),
        sa.CheckConstraint(
            "tender IN ('cash', 'wechat', 'alipay', 'card', 'transfer')", name=op.f("ck_refund_tender_known")
        ),
        sa.CheckConstraint(
            "(prepayment_id IS NULL) <> (deposit_id IS NULL)", name=op.f("ck_refund_one_account")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR requested_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_refund_two_persons"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_refund_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_refund_customer_id")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_refund_deposit_id")),
        sa.ForeignKeyConstraint(["handover_id"], ["cash_handover.id"], name=op.f("fk_refund_handover_id")),
        sa.ForeignKeyConstraint(["prepayment_id"], ["prepayment.id"], name=op.f("fk_refund_prepayment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_refund_community_id_number")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_cashier_id"), ["cashier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_deposit_id"), ["deposit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_handover_id"), ["handover_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_prepayment_id"), ["prepayment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_room_id"), ["room_id"], unique=False)

    op.create_table(
        "deposit_entry",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deposit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posting_period", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('in', 'returned', 'deducted', 'taken_back')", name=op.f("ck_deposit_entry_kind_known")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_deposit_entry_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_deposit_entry_community_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_deposit_entry_customer_id")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_entry_deposit_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_deposit_entry_receipt_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_deposit_entry_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_entry")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("deposit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deposit_entry_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deposit_entry_deposit_id"), ["deposit_id"], unique=False)
        batch_op.create_index(
            "ix_deposit_entry_month", ["community_id", "posting_period", "kind", "amount"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_deposit_entry_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deposit_entry_refund_id"), ["refund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deposit_entry_room_id"), ["room_id"], unique=False)

    op.create_table(
        "adjustment",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("posting_period", sa.String(length=7), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
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
            "state IN ('pending', 'approved', 'refused', 'withdrawn')", name=op.f("ck_adjustment_state_known")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_adjustment_amount_not_zero")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR requested_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_adjustment_two_persons"),
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_adjustment_charge_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_adjustment_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_adjustment_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustment_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_fee_item_id"), ["fee_item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_room_id"), ["room_id"], unique=False)

    op.create_table(
        "prepayment_entry",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prepayment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posting_period", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('in', 'applied', 'refunded', 'taken_back')", name=op.f("ck_prepayment_entry_kind_known")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_prepayment_entry_amount_not_zero")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_prepayment_entry_charge_id")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_prepayment_entry_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_prepayment_entry_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepayment_id"], ["prepayment.id"], name=op.f("fk_prepayment_entry_prepayment_id")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_prepayment_entry_receipt_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_prepayment_entry_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepayment_entry")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("prepayment_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prepayment_entry_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepayment_entry_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepayment_entry_fee_item_id"), ["fee_item_id"], unique=False)
        batch_op.create_index(
            "ix_prepayment_entry_month", ["community_id", "posting_period", "kind", "amount"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_prepayment_entry_prepayment_id"), ["prepayment_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_prepayment_entry_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepayment_entry_refund_id"), ["refund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_prepayment_entry_room_id"), ["room_id"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("posting_period", sa.String(length=7), nullable=True),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
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
            "state IN ('pending', 'approved', 'refused', 'withdrawn')", name=op.f("ck_waiver_state_known")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_waiver_amount_positive")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR requested_by_id IS NULL OR decided_by_id <> requested_by_id",
            name=op.f("ck_waiver_two_persons"),
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_waiver_charge_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_waiver_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_waiver_customer_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_waiver_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_fee_item_id"), ["fee_item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_room_id"), ["room_id"], unique=False)

    with op.batch_alter_table("accounting_period", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.String(length=100), nullable=True))

    with op.batch_alter_table("allocation") as batch_op:
        batch_op.drop_constraint(op.f("ck_allocation_kind_known"), type_="check")
        for name in ("waiver", "adjustment", "prepayment"):
            batch_op.add_column(sa.Column(f"{name}_id", KEY, nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_allocation_{name}_id"), name, [f"{name}_id"], ["id"])
            batch_op.create_index(op.f(f"ix_allocation_{name}_id"), [f"{name}_id"])
        batch_op.create_check_constraint(op.f("ck_allocation_kind_known"), f"kind IN ({KINDS})")
        batch_op.drop_index(op.f("ix_allocation_month"))
        batch_op.create_index(
            op.f("ix_allocation_month"),
            ["community_id", "posting_period", "building_id", "fee_item_id", "period", "kind", "amount"],
        )

    with op.batch_alter_table("receipt") as batch_op:
        batch_op.drop_constraint(op.f("ck_receipt_state_known"), type_="check")
        for name in ("settled", "prepaid", "deposited"):
            batch_op.add_column(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("handover_id", KEY, nullable=True))
        batch_op.create_foreign_key(op.f("fk_receipt_handover_id"), "cash_handover", ["handover_id"], ["id"])
        batch_op.create_index(op.f("ix_receipt_handover_id"), ["handover_id"])
        batch_op.create_check_constraint(op.f("ck_receipt_state_known"), "state IN ('valid', 'void', 'reversed')")
    # Every receipt so far was for charges alone.
    op.execute("UPDATE receipt SET settled = total")
    with op.batch_alter_table("receipt") as batch_op:
        batch_op.alter_column("settled", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None)
        batch_op.create_check_constraint(op.f("ck_receipt_total_adds_up"), "total = settled + prepaid + deposited")
        batch_op.create_check_constraint(
            op.f("ck_receipt_parts_not_negative"), "settled >= 0 AND prepaid >= 0 AND deposited >= 0"
        )

    with op.batch_alter_table("receipt_void") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=30), server_default="void", nullable=False))
        batch_op.add_column(sa.Column("number", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("posting_period", sa.String(length=7), nullable=True))
        batch_op.add_column(sa.Column("total", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("cashier_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("handover_id", KEY, nullable=True))
        batch_op.create_foreign_key(op.f("fk_receipt_void_handover_id"), "cash_handover", ["handover_id"], ["id"])
        batch_op.create_index(op.f("ix_receipt_void_cashier_id"), ["cashier_id"])
        batch_op.create_index(op.f("ix_receipt_void_handover_id"), ["handover_id"])
        batch_op.create_unique_constraint(op.f("uq_receipt_void_community_id_number"), ["community_id", "number"])
    # A receipt was voided on its own day, by its cashier or another.
    for column in ("posting_period", "total", "cashier_id"):
        op.execute(
            f"UPDATE receipt_void SET {column} ="
            f" (SELECT receipt.{column} FROM receipt WHERE receipt.id = receipt_void.receipt_id)"
        )
    with op.batch_alter_table("receipt_void") as batch_op:
        batch_op.alter_column("posting_period", existing_type=sa.String(length=7), nullable=False)
        batch_op.alter_column("total", existing_type=sa.BigInteger(), nullable=False)
        batch_op.create_check_constraint(op.f("ck_receipt_void_kind_known"), "kind IN ('void', 'reversal')")
        batch_op.create_check_constraint(
            op.f("ck_receipt_void_reversal_numbered"), "(kind = 'reversal') = (number IS NOT NULL)"
        )


def downgrade() -> None:
    with op.batch_alter_table("receipt_void") as batch_op:
        batch_op.drop_constraint(op.f("ck_receipt_void_kind_known"), type_="check")
        batch_op.drop_constraint(op.f("ck_receipt_void_reversal_numbered"), type_="check")
        batch_op.drop_constraint(op.f("fk_receipt_void_handover_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_receipt_void_community_id_number"), type_="unique")
        batch_op.drop_index(op.f("ix_receipt_void_handover_id"))
        batch_op.drop_index(op.f("ix_receipt_void_cashier_id"))
        for name in ("handover_id", "cashier_id", "total", "posting_period", "number", "kind"):
            batch_op.drop_column(name)

    with op.batch_alter_table("receipt") as batch_op:
        batch_op.drop_constraint(op.f("ck_receipt_state_known"), type_="check")
        batch_op.drop_constraint(op.f("ck_receipt_total_adds_up"), type_="check")
        batch_op.drop_constraint(op.f("ck_receipt_parts_not_negative"), type_="check")
        batch_op.drop_constraint(op.f("fk_receipt_handover_id"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_receipt_handover_id"))
        for name in ("handover_id", "deposited", "prepaid", "settled"):
            batch_op.drop_column(name)
        batch_op.create_check_constraint(op.f("ck_receipt_state_known"), "state IN ('valid', 'void')")

    with op.batch_alter_table("allocation") as batch_op:
        batch_op.drop_constraint(op.f("ck_allocation_kind_known"), type_="check")
        for name in ("adjustment", "waiver", "prepayment"):
            batch_op.drop_constraint(op.f(f"fk_allocation_{name}_id"), type_="foreignkey")
            batch_op.drop_index(op.f(f"ix_allocation_{name}_id"))
            batch_op.drop_column(f"{name}_id")
        batch_op.drop_index(op.f("ix_allocation_month"))
        batch_op.create_index(
            op.f("ix_allocation_month"),
            ["community_id", "posting_period", "building_id", "fee_item_id", "period", "amount"],
        )
        batch_op.create_check_constraint(op.f("ck_allocation_kind_known"), "kind IN ('payment', 'void')")

    with op.batch_alter_table("accounting_period", schema=None) as batch_op:
        for name in ("closed_by", "closed_at", "version"):
            batch_op.drop_column(name)

    op.drop_table("waiver")
    op.drop_table("prepayment_entry")
    op.drop_table("adjustment")
    op.drop_table("deposit_entry")
    op.drop_table("refund")
    op.drop_table("vacancy")
    op.drop_table("prepayment")
    op.drop_table("deposit")
    op.drop_table("cash_handover")
