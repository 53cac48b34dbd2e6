"""What a sync needs to go on by itself: turns, lanes and waiting times of jobs, when sources are due, what a connection
may read."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table('connection_repository',
    sa.Column('connection_id', sa.Integer(), nullable=False),
    sa.Column('github_id', sa.BigInteger(), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=False),
    sa.Column('web_url', sa.Text(), nullable=False),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.Column('is_archived', sa.Boolean(), nullable=False),
    sa.Column('pushed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_connection_repository_connection_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('connection_id', 'github_id', name=op.f('pk_connection_repository'))
    )
    with op.batch_alter_table('connection') as batch:
        batch.add_column(sa.Column('problem', sa.Text(), nullable=True))
        batch.add_column(sa.Column('wait_until', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('quota', JSON, nullable=True))
        batch.add_column(sa.Column('listed_at', sa.BigInteger(), nullable=True))
    with op.batch_alter_table('job') as batch:
        batch.add_column(sa.Column('rate', sa.Float(), nullable=True))
        batch.add_column(sa.Column('turns', sa.Integer(), nullable=False, server_default='0'))
        batch.add_column(sa.Column('lane', sa.String(), nullable=True))
        batch.add_column(sa.Column('due_at', sa.BigInteger(), nullable=True))
    with op.batch_alter_table('job') as batch:
        batch.alter_column('turns', server_default=None)
        batch.create_index('ix_job_state', ['state'])
    with op.batch_alter_table('source') as batch:
        batch.add_column(sa.Column('due_at', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('paused_at', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('heard_at', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('job_id', sa.Integer(), nullable=True))
        batch.create_foreign_key('fk_source_job_id', 'job', ['job_id'], ['id'], ondelete='SET NULL')
        batch.create_index('ix_source_due_at', ['due_at'])
        batch.create_index('ix_source_job_id', ['job_id'])


def downgrade() -> None:
    with op.batch_alter_table('source') as batch:
        batch.drop_index('ix_source_job_id')
        batch.drop_index('ix_source_due_at')
        batch.drop_constraint('fk_source_job_id', type_='foreignkey')
        for name in ('job_id', 'heard_at', 'paused_at', 'due_at'):
            batch.drop_column(name)
    with op.batch_alter_table('job') as batch:
        batch.drop_index('ix_job_state')
        for name in ('due_at', 'lane', 'turns', 'rate'):
            batch.drop_column(name)
    with op.batch_alter_table('connection') as batch:
        for name in ('listed_at', 'quota', 'wait_until', 'problem'):
            batch.drop_column(name)
    op.drop_table('connection_repository')
