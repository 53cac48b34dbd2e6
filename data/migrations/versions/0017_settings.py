"""Tokens whose secret is replaced, while the one before it stays good."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('api_token') as batch:
        batch.add_column(sa.Column('old_prefix', sa.String(), nullable=True))
        batch.add_column(sa.Column('old_digest', sa.String(), nullable=True))
        batch.add_column(sa.Column('old_until', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('old_used_at', sa.BigInteger(), nullable=True))
        batch.create_index('ix_api_token_old_prefix', ['old_prefix'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('api_token') as batch:
        batch.drop_index('ix_api_token_old_prefix')
        for name in ('old_used_at', 'old_until', 'old_digest', 'old_prefix'):
            batch.drop_column(name)
