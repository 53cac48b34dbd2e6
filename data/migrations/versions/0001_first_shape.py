"""first shape"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_version'))
    )
    op.create_table('organization',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('provider', 'subject', name=op.f('uq_person_provider_subject'))
    )
    op.create_table('audit_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('organization_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_audit_event_organization_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_audit_event_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event'))
    )
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_event_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_event_organization_id'), ['organization_id'], unique=False)

    op.create_table('person_role',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_person_role_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_role_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'organization_id', 'role', name=op.f('pk_person_role'))
    )
    op.create_table('repository',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('path', sa.Text(), nullable=True),
    sa.Column('web_url', sa.Text(), nullable=True),
    sa.Column('default_branch', sa.String(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_repository_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repository')),
    sa.UniqueConstraint('organization_id', 'key', name=op.f('uq_repository_organization_id_key'))
    )
    with op.batch_alter_table('repository', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_repository_organization_id'), ['organization_id'], unique=False)

    op.create_table('team',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_team_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('organization_id', 'name', name=op.f('uq_team_organization_id_name'))
    )
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_organization_id'), ['organization_id'], unique=False)

    op.create_table('membership',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_membership_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'team_id', name=op.f('pk_membership'))
    )
    op.create_table('service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('repository_id', sa.Integer(), nullable=False),
    sa.Column('settings', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('facts_version', sa.Integer(), nullable=False),
    sa.Column('derived_version', sa.Integer(), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.Column('derived_with', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('existed_from', sa.BigInteger(), nullable=True),
    sa.Column('collected_until', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_service_repository_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_service_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service')),
    sa.UniqueConstraint('team_id', 'name', name=op.f('uq_service_team_id_name'))
    )
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_repository_id'), ['repository_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_team_id'), ['team_id'], unique=False)

    op.create_table('cell',
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('of', sa.Integer(), nullable=True),
    sa.Column('rolling_state', sa.String(), nullable=False),
    sa.Column('rolling_value', sa.Float(), nullable=True),
    sa.Column('rolling_low', sa.Float(), nullable=True),
    sa.Column('rolling_high', sa.Float(), nullable=True),
    sa.Column('rolling_n', sa.Integer(), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_cell_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'week', 'metric', name=op.f('pk_cell'))
    )
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('undone_at', sa.BigInteger(), nullable=True),
    sa.Column('undone_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_correction_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_correction_service_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['undone_by'], ['person.id'], name=op.f('fk_correction_undone_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_service_id'), ['service_id'], unique=False)

    op.create_table('failure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('deployment_id', sa.String(), nullable=True),
    sa.Column('signal', sa.String(), nullable=False),
    sa.Column('confidence', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('evidence_id', sa.String(), nullable=True),
    sa.Column('evidence_title', sa.Text(), nullable=True),
    sa.Column('evidence_url', sa.Text(), nullable=True),
    sa.Column('began_at', sa.BigInteger(), nullable=True),
    sa.Column('recovered_at', sa.BigInteger(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_failure_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failure'))
    )
    with op.batch_alter_table('failure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_failure_service_id'), ['service_id'], unique=False)

    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('args', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('heartbeat_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_job_created_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_job_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_job_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_service_id'), ['service_id'], unique=False)

    op.create_table('judged_deployment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('deployment_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('environment', sa.String(), nullable=True),
    sa.Column('ref', sa.Text(), nullable=True),
    sa.Column('sha', sa.String(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('week', sa.Date(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('previous_id', sa.String(), nullable=True),
    sa.Column('ships', sa.Integer(), nullable=True),
    sa.Column('reached_users', sa.Boolean(), nullable=False),
    sa.Column('failed', sa.Boolean(), nullable=False),
    sa.Column('candidate', sa.Boolean(), nullable=False),
    sa.Column('recovered_at', sa.BigInteger(), nullable=True),
    sa.Column('candidate_recovered_at', sa.BigInteger(), nullable=True),
    sa.Column('rework', sa.Boolean(), nullable=False),
    sa.Column('rework_candidate', sa.Boolean(), nullable=False),
    sa.Column('unplanned', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_judged_deployment_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judged_deployment'))
    )
    with op.batch_alter_table('judged_deployment', schema=None) as batch_op:
        batch_op.create_index('ix_judged_deployment_service_finished', ['service_id', 'finished_at'], unique=False)

    op.create_table('shipped_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('change_id', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('merge_sha', sa.String(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('merged_at', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('deployment_id', sa.String(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('week', sa.Date(), nullable=True),
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('lead_us', sa.BigInteger(), nullable=True),
    sa.Column('coding_us', sa.BigInteger(), nullable=True),
    sa.Column('draft_us', sa.BigInteger(), nullable=True),
    sa.Column('waiting_for_review_us', sa.BigInteger(), nullable=True),
    sa.Column('review_us', sa.BigInteger(), nullable=True),
    sa.Column('waiting_to_merge_us', sa.BigInteger(), nullable=True),
    sa.Column('waiting_to_deploy_us', sa.BigInteger(), nullable=True),
    sa.Column('deploying_us', sa.BigInteger(), nullable=True),
    sa.Column('clamped', sa.Boolean(), nullable=False),
    sa.Column('reviewed', sa.Boolean(), nullable=True),
    sa.Column('paths_unknown', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_shipped_change_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipped_change'))
    )
    with op.batch_alter_table('shipped_change', schema=None) as batch_op:
        batch_op.create_index('ix_shipped_change_service_finished', ['service_id', 'finished_at'], unique=False)
        batch_op.create_index('ix_shipped_change_service_merged', ['service_id', 'merged_at'], unique=False)

    op.create_table('source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('repository_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('cursor', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('notes', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('collected_until', sa.BigInteger(), nullable=True),
    sa.Column('history_start', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_source_created_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_source_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_source_repository_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_source_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source'))
    )
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_source_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_source_repository_id'), ['repository_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_source_service_id'), ['service_id'], unique=False)

    op.create_table('change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('repository_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('change_id', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('merge_sha', sa.String(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('authored_at', sa.BigInteger(), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=True),
    sa.Column('ready_at', sa.BigInteger(), nullable=True),
    sa.Column('first_review_at', sa.BigInteger(), nullable=True),
    sa.Column('first_approval_at', sa.BigInteger(), nullable=True),
    sa.Column('merged_at', sa.BigInteger(), nullable=True),
    sa.Column('reverts', sa.Text(), nullable=True),
    sa.Column('paths', sa.Text(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_change_repository_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_change_service_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_change_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change')),
    sa.UniqueConstraint('repository_id', 'source_id', 'change_id', name=op.f('uq_change_repository_id_source_id_change_id'))
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_repository_id'), ['repository_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_source_id'), ['source_id'], unique=False)

    op.create_table('deployment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('repository_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('deployment_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('environment', sa.String(), nullable=True),
    sa.Column('ref', sa.Text(), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('sha', sa.String(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=True),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('unplanned', sa.Boolean(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_deployment_repository_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_deployment_service_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_deployment_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deployment')),
    sa.UniqueConstraint('repository_id', 'source_id', 'deployment_id', name=op.f('uq_deployment_repository_id_source_id_deployment_id'))
    )
    with op.batch_alter_table('deployment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deployment_repository_id'), ['repository_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deployment_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deployment_source_id'), ['source_id'], unique=False)

    op.create_table('incident',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.String(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('acknowledged_at', sa.BigInteger(), nullable=True),
    sa.Column('resolved_at', sa.BigInteger(), nullable=True),
    sa.Column('deployment', sa.Text(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_incident_service_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_incident_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('service_id', 'source_id', 'incident_id', name=op.f('uq_incident_service_id_source_id_incident_id'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_service_id'), ['service_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_source_id'), ['source_id'], unique=False)

    op.create_table('trunk_commit',
    sa.Column('repository_id', sa.Integer(), nullable=False),
    sa.Column('sha', sa.String(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('on_trunk', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_trunk_commit_repository_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_trunk_commit_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('repository_id', 'sha', name=op.f('pk_trunk_commit'))
    )
    with op.batch_alter_table('trunk_commit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trunk_commit_source_id'), ['source_id'], unique=False)

    op.execute("INSERT INTO data_version (id, version) VALUES (1, 0)")


def downgrade() -> None:
    with op.batch_alter_table('trunk_commit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trunk_commit_source_id'))

    op.drop_table('trunk_commit')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_source_id'))
        batch_op.drop_index(batch_op.f('ix_incident_service_id'))

    op.drop_table('incident')
    with op.batch_alter_table('deployment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deployment_source_id'))
        batch_op.drop_index(batch_op.f('ix_deployment_service_id'))
        batch_op.drop_index(batch_op.f('ix_deployment_repository_id'))

    op.drop_table('deployment')
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_change_source_id'))
        batch_op.drop_index(batch_op.f('ix_change_service_id'))
        batch_op.drop_index(batch_op.f('ix_change_repository_id'))

    op.drop_table('change')
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_source_service_id'))
        batch_op.drop_index(batch_op.f('ix_source_repository_id'))
        batch_op.drop_index(batch_op.f('ix_source_organization_id'))

    op.drop_table('source')
    with op.batch_alter_table('shipped_change', schema=None) as batch_op:
        batch_op.drop_index('ix_shipped_change_service_merged')
        batch_op.drop_index('ix_shipped_change_service_finished')

    op.drop_table('shipped_change')
    with op.batch_alter_table('judged_deployment', schema=None) as batch_op:
        batch_op.drop_index('ix_judged_deployment_service_finished')

    op.drop_table('judged_deployment')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_service_id'))
        batch_op.drop_index(batch_op.f('ix_job_organization_id'))

    op.drop_table('job')
    with op.batch_alter_table('failure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_failure_service_id'))

    op.drop_table('failure')
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_correction_service_id'))

    op.drop_table('correction')
    op.drop_table('cell')
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_team_id'))
        batch_op.drop_index(batch_op.f('ix_service_repository_id'))

    op.drop_table('service')
    op.drop_table('membership')
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_team_organization_id'))

    op.drop_table('team')
    with op.batch_alter_table('repository', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_repository_organization_id'))

    op.drop_table('repository')
    op.drop_table('person_role')
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_event_organization_id'))
        batch_op.drop_index(batch_op.f('ix_audit_event_at'))

    op.drop_table('audit_event')
    op.drop_table('person')
    op.drop_table('organization')
    op.drop_table('data_version')
