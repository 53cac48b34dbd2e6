"""What people learn, and what teams try out in their repositories: progress, answers, attempts, runs, reviews."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table('module_progress',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('module_id', sa.String(), nullable=False),
    sa.Column('track_id', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_module_progress_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'module_id', name=op.f('pk_module_progress'))
    )
    op.create_table('quiz_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('module_id', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('chosen', JSON, nullable=False),
    sa.Column('is_right', sa.Boolean(), nullable=False),
    sa.Column('sitting', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_quiz_answer_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_answer'))
    )
    op.create_index('ix_quiz_answer_module_id', 'quiz_answer', ['module_id'], unique=False)
    op.create_index('ix_quiz_answer_person_id', 'quiz_answer', ['person_id'], unique=False)
    op.create_table('verification_workflow',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('sha', sa.String(), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.BigInteger(), nullable=False),
    sa.Column('removed_by', sa.Integer(), nullable=True),
    sa.Column('removed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['person.id'], name=op.f('fk_verification_workflow_added_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_verification_workflow_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['removed_by'], ['person.id'], name=op.f('fk_verification_workflow_removed_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verification_workflow'))
    )
    op.create_index('ix_verification_workflow_organization_id', 'verification_workflow', ['organization_id'], unique=False)
    op.create_table('proof_kept',
    sa.Column('repository_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('judgement', JSON, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_proof_kept_repository_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('repository_id', 'key', name=op.f('pk_proof_kept'))
    )
    op.create_index('ix_proof_kept_at', 'proof_kept', ['at'], unique=False)
    op.create_table('learning_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('detail', JSON, nullable=True),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_learning_event_enrolment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_learning_event_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_event'))
    )
    op.create_index('ix_learning_event_at', 'learning_event', ['at'], unique=False)
    op.create_index('ix_learning_event_enrolment_id', 'learning_event', ['enrolment_id'], unique=False)
    op.create_index('ix_learning_event_person_id', 'learning_event', ['person_id'], unique=False)
    op.create_table('proof_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('repository_id', sa.Integer(), nullable=True),
    sa.Column('repository', sa.Text(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('track_id', sa.String(), nullable=False),
    sa.Column('track', sa.String(), nullable=False),
    sa.Column('poc_id', sa.String(), nullable=False),
    sa.Column('poc', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('content', JSON, nullable=False),
    sa.Column('branch', sa.Text(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('begun_by', sa.Integer(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('decision', sa.String(), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('record', JSON, nullable=True),
    sa.Column('intervention_id', sa.Integer(), nullable=True),
    sa.Column('derived_from', sa.String(), nullable=True),
    sa.Column('skipped', JSON, nullable=True),
    sa.Column('again_at', sa.BigInteger(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['begun_by'], ['person.id'], name=op.f('fk_proof_attempt_begun_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_proof_attempt_decided_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_proof_attempt_enrolment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_proof_attempt_intervention_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_proof_attempt_job_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_proof_attempt_repository_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_proof_attempt_service_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_proof_attempt_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proof_attempt')),
    sa.UniqueConstraint('uid', name=op.f('uq_proof_attempt_uid'))
    )
    op.create_index('ix_proof_attempt_again_at', 'proof_attempt', ['again_at'], unique=False)
    op.create_index('ix_proof_attempt_derived_from', 'proof_attempt', ['derived_from'], unique=False)
    op.create_index('ix_proof_attempt_enrolment_id', 'proof_attempt', ['enrolment_id'], unique=False)
    op.create_index('ix_proof_attempt_intervention_id', 'proof_attempt', ['intervention_id'], unique=False)
    op.create_index('ix_proof_attempt_job_id', 'proof_attempt', ['job_id'], unique=False)
    op.create_index('ix_proof_attempt_poc_id', 'proof_attempt', ['poc_id'], unique=False)
    op.create_index('ix_proof_attempt_repository_id', 'proof_attempt', ['repository_id'], unique=False)
    op.create_index('ix_proof_attempt_service_id', 'proof_attempt', ['service_id'], unique=False)
    op.create_index('ix_proof_attempt_state', 'proof_attempt', ['state'], unique=False)
    op.create_index('ix_proof_attempt_team_id', 'proof_attempt', ['team_id'], unique=False)
    op.create_table('attestation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('commit', sa.String(), nullable=False),
    sa.Column('criteria', JSON, nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['attempt_id'], ['proof_attempt.id'], name=op.f('fk_attestation_attempt_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attestation_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attestation'))
    )
    op.create_index('ix_attestation_attempt_id', 'attestation', ['attempt_id'], unique=False)
    op.create_index('ix_attestation_person_id', 'attestation', ['person_id'], unique=False)
    op.create_table('proof_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('branch', sa.Text(), nullable=False),
    sa.Column('commit', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=True),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('strongest', sa.Integer(), nullable=True),
    sa.Column('gates', JSON, nullable=True),
    sa.Column('is_whole', sa.Boolean(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['attempt_id'], ['proof_attempt.id'], name=op.f('fk_proof_run_attempt_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_proof_run_made_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proof_run'))
    )
    op.create_index('ix_proof_run_attempt_id', 'proof_run', ['attempt_id'], unique=False)
    op.create_table('review_request',
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_review_request_asked_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['attempt_id'], ['proof_attempt.id'], name=op.f('fk_review_request_attempt_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_review_request_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('attempt_id', 'person_id', name=op.f('pk_review_request'))
    )
    op.create_index('ix_review_request_person_id', 'review_request', ['person_id'], unique=False)
    op.create_table('proof_result',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.String(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('gate', sa.String(), nullable=False),
    sa.Column('severity', sa.String(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('places', JSON, nullable=True),
    sa.Column('todo', sa.Text(), nullable=False),
    sa.Column('permission', sa.Text(), nullable=False),
    sa.Column('unread', JSON, nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['proof_run.id'], name=op.f('fk_proof_result_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'check_id', name=op.f('pk_proof_result'))
    )


def downgrade() -> None:
    op.drop_table('proof_result')
    op.drop_index('ix_review_request_person_id', table_name='review_request')
    op.drop_table('review_request')
    op.drop_index('ix_proof_run_attempt_id', table_name='proof_run')
    op.drop_table('proof_run')
    op.drop_index('ix_attestation_person_id', table_name='attestation')
    op.drop_index('ix_attestation_attempt_id', table_name='attestation')
    op.drop_table('attestation')
    op.drop_index('ix_proof_attempt_team_id', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_state', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_service_id', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_repository_id', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_poc_id', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_job_id', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_intervention_id', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_enrolment_id', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_derived_from', table_name='proof_attempt')
    op.drop_index('ix_proof_attempt_again_at', table_name='proof_attempt')
    op.drop_table('proof_attempt')
    op.drop_index('ix_learning_event_person_id', table_name='learning_event')
    op.drop_index('ix_learning_event_enrolment_id', table_name='learning_event')
    op.drop_index('ix_learning_event_at', table_name='learning_event')
    op.drop_table('learning_event')
    op.drop_index('ix_proof_kept_at', table_name='proof_kept')
    op.drop_table('proof_kept')
    op.drop_index('ix_verification_workflow_organization_id', table_name='verification_workflow')
    op.drop_table('verification_workflow')
    op.drop_index('ix_quiz_answer_person_id', table_name='quiz_answer')
    op.drop_index('ix_quiz_answer_module_id', table_name='quiz_answer')
    op.drop_table('quiz_answer')
    op.drop_table('module_progress')
