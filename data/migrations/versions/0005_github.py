"""What is needed to fetch facts from GitHub: connections, cursors, what is still to do, and what came as it came."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def _of_source(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f(f'fk_{table}_source_id'), ondelete='CASCADE')


def upgrade() -> None:
    op.create_table('connection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('base_url', sa.Text(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('app_id', sa.String(), nullable=True),
    sa.Column('installation_id', sa.String(), nullable=True),
    sa.Column('login', sa.String(), nullable=True),
    sa.Column('permissions', JSON, nullable=True),
    sa.Column('checked_at', sa.BigInteger(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_connection_created_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_connection_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_connection'))
    )
    op.create_index(op.f('ix_connection_organization_id'), 'connection', ['organization_id'], unique=False)
    op.create_table('feed',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('cursor', JSON, nullable=True),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('checked_at', sa.BigInteger(), nullable=True),
    sa.Column('resume_at', sa.BigInteger(), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    _of_source('feed'),
    sa.PrimaryKeyConstraint('source_id', 'name', name=op.f('pk_feed'))
    )
    op.create_table('todo',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    _of_source('todo'),
    sa.PrimaryKeyConstraint('source_id', 'kind', 'key', name=op.f('pk_todo'))
    )
    op.create_table('issue',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('node_id', sa.String(), nullable=False),
    sa.Column('is_pull', sa.Boolean(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('labels', sa.Text(), nullable=True),
    sa.Column('deployment', sa.Text(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('merged_at', sa.BigInteger(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('detail_version', sa.BigInteger(), nullable=True),
    sa.Column('span', sa.Integer(), nullable=True),
    _of_source('issue'),
    sa.PrimaryKeyConstraint('source_id', 'number', name=op.f('pk_issue'))
    )
    op.create_table('source_commit',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('sha', sa.String(), nullable=False),
    sa.Column('parents', sa.Text(), nullable=False),
    sa.Column('authored_at', sa.BigInteger(), nullable=True),
    sa.Column('committed_at', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('reverts', sa.Text(), nullable=True),
    _of_source('source_commit'),
    sa.PrimaryKeyConstraint('source_id', 'sha', name=op.f('pk_source_commit'))
    )
    op.create_table('repository_settings',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('read_at', sa.BigInteger(), nullable=False),
    sa.Column('data', JSON, nullable=False),
    sa.Column('unknown', JSON, nullable=True),
    _of_source('repository_settings'),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_repository_settings'))
    )
    op.create_table('pipeline_job',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('job_id', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('runner', sa.Text(), nullable=True),
    sa.Column('queued_at', sa.BigInteger(), nullable=True),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('conclusion', sa.String(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    _of_source('pipeline_job'),
    sa.PrimaryKeyConstraint('source_id', 'job_id', name=op.f('pk_pipeline_job'))
    )
    op.add_column('repository', sa.Column('github_id', sa.BigInteger(), nullable=True))
    op.add_column('repository', sa.Column('full_name', sa.Text(), nullable=True))
    op.add_column('deployment', sa.Column('version', sa.BigInteger(), nullable=True))
    op.add_column('pipeline_run', sa.Column('version', sa.BigInteger(), nullable=True))
    with op.batch_alter_table('source') as batch:
        batch.add_column(sa.Column('connection_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('synced_at', sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column('settings', JSON, nullable=True))
        batch.create_foreign_key(op.f('fk_source_connection_id'), 'connection', ['connection_id'], ['id'], ondelete='SET NULL')
        batch.create_index(op.f('ix_source_connection_id'), ['connection_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('source') as batch:
        batch.drop_index(op.f('ix_source_connection_id'))
        batch.drop_constraint(op.f('fk_source_connection_id'), type_='foreignkey')
        batch.drop_column('settings')
        batch.drop_column('synced_at')
        batch.drop_column('connection_id')
    op.drop_column('pipeline_run', 'version')
    op.drop_column('deployment', 'version')
    op.drop_column('repository', 'full_name')
    op.drop_column('repository', 'github_id')
    for table in (
        'pipeline_job', 'repository_settings', 'source_commit', 'issue', 'todo', 'feed', 'connection',
    ):
        op.drop_table(table)
