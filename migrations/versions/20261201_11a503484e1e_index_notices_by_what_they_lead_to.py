"""Index notices by what they lead to"""

import sqlalchemy as sa
from alembic import op

revision = "11a503484e1e"
down_revision = "5c1e0f7a9b34"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_url_read_at", ["url", "read_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_url_read_at")
