"""Value parts by week in place of whole packed services; pipeline runs; from when on facts have changed."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('packed_week',
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('deployments', sa.LargeBinary(), nullable=False),
    sa.Column('changes', sa.LargeBinary(), nullable=False),
    sa.Column('merges', sa.LargeBinary(), nullable=False),
    sa.Column('incidents', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_packed_week_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'week', name=op.f('pk_packed_week'))
    )
    op.create_table('pipeline_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('repository_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('workflow', sa.String(), nullable=False),
    sa.Column('event', sa.String(), nullable=True),
    sa.Column('branch', sa.Text(), nullable=True),
    sa.Column('sha', sa.String(), nullable=True),
    sa.Column('queued_at', sa.BigInteger(), nullable=True),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('conclusion', sa.String(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_pipeline_run_repository_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_pipeline_run_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pipeline_run')),
    sa.UniqueConstraint('source_id', 'run_id', 'attempt', name=op.f('uq_pipeline_run_source_id_run_id_attempt'))
    )
    op.create_index('ix_pipeline_run_repository_workflow', 'pipeline_run', ['repository_id', 'workflow', 'finished_at'], unique=False)
    op.drop_table('packed_delivery')
    op.add_column('service', sa.Column('dirty_since', sa.BigInteger(), nullable=True))
    op.add_column('service', sa.Column('environments', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('service', sa.Column('has_changes', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('service', sa.Column('resumable', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('judged_deployment', sa.Column('stands_for', sa.String(), nullable=True))
    naming = sa.text('deployment IS NOT NULL')
    reverting = sa.text('reverts IS NOT NULL')
    op.create_index('ix_judged_deployment_service_position', 'judged_deployment', ['service_id', 'position'], unique=False)
    op.create_index('ix_judged_deployment_service_deployment', 'judged_deployment', ['service_id', 'deployment_id'], unique=False)
    op.create_index('ix_shipped_change_service_position', 'shipped_change', ['service_id', 'position'], unique=False)
    op.create_index('ix_failure_service_began', 'failure', ['service_id', 'began_at'], unique=False)
    op.create_index('ix_failure_service_recovered', 'failure', ['service_id', 'recovered_at'], unique=False)
    op.drop_index('ix_failure_service_id', table_name='failure')
    op.create_index('ix_change_repository_merged', 'change', ['repository_id', 'merged_at'], unique=False)
    op.create_index('ix_change_reverting', 'change', ['repository_id'], unique=False, sqlite_where=reverting, postgresql_where=reverting)
    op.create_index('ix_deployment_repository_finished', 'deployment', ['repository_id', 'finished_at'], unique=False)
    op.create_index('ix_incident_service_opened', 'incident', ['service_id', 'opened_at'], unique=False)
    op.create_index('ix_incident_naming', 'incident', ['service_id'], unique=False, sqlite_where=naming, postgresql_where=naming)
    op.drop_index('ix_change_repository_id', table_name='change')
    op.drop_index('ix_deployment_repository_id', table_name='deployment')
    op.drop_index('ix_incident_service_id', table_name='incident')
    op.execute("UPDATE service SET derived_version = -1")  # to be packed by week


def downgrade() -> None:
    op.create_index('ix_incident_service_id', 'incident', ['service_id'], unique=False)
    op.create_index('ix_deployment_repository_id', 'deployment', ['repository_id'], unique=False)
    op.create_index('ix_change_repository_id', 'change', ['repository_id'], unique=False)
    op.create_index('ix_failure_service_id', 'failure', ['service_id'], unique=False)
    op.drop_index('ix_failure_service_recovered', table_name='failure')
    op.drop_index('ix_failure_service_began', table_name='failure')
    op.drop_index('ix_shipped_change_service_position', table_name='shipped_change')
    op.drop_index('ix_judged_deployment_service_deployment', table_name='judged_deployment')
    op.drop_index('ix_incident_naming', table_name='incident')
    op.drop_index('ix_incident_service_opened', table_name='incident')
    op.drop_index('ix_deployment_repository_finished', table_name='deployment')
    op.drop_index('ix_change_reverting', table_name='change')
    op.drop_index('ix_change_repository_merged', table_name='change')
    op.drop_index('ix_judged_deployment_service_position', table_name='judged_deployment')
    op.drop_column('judged_deployment', 'stands_for')
    op.drop_column('service', 'resumable')
    op.drop_column('service', 'has_changes')
    op.drop_column('service', 'environments')
    op.drop_column('service', 'dirty_since')
    op.create_table('packed_delivery',
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('deployments', sa.LargeBinary(), nullable=False),
    sa.Column('changes', sa.LargeBinary(), nullable=False),
    sa.Column('failures', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_packed_delivery_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', name=op.f('pk_packed_delivery'))
    )
    op.execute("UPDATE service SET derived_version = -1")  # to be packed whole
    op.drop_table('pipeline_run')
    op.drop_table('packed_week')
