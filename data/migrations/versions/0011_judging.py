"""What repositories show, how a team wants that judged, and what it sets out to do: findings, marks, goals, tracks."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table('practice_model',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('plain', JSON, nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_practice_model'))
    )
    op.create_table('enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('track_id', sa.String(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('chosen_by', sa.Integer(), nullable=True),
    sa.Column('chosen_at', sa.BigInteger(), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['chosen_by'], ['person.id'], name=op.f('fk_enrolment_chosen_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_enrolment_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment'))
    )
    op.create_index('ix_enrolment_team_id', 'enrolment', ['team_id'], unique=False)
    op.create_table('evaluation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('repository_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('tool', sa.Text(), nullable=False),
    sa.Column('commit', sa.String(), nullable=True),
    sa.Column('as_of', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('facts_read_at', sa.BigInteger(), nullable=True),
    sa.Column('unread', JSON, nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_evaluation_job_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_evaluation_made_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['repository_id'], ['repository.id'], name=op.f('fk_evaluation_repository_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_evaluation_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation'))
    )
    op.create_index('ix_evaluation_due_at', 'evaluation', ['due_at'], unique=False)
    op.create_index('ix_evaluation_job_id', 'evaluation', ['job_id'], unique=False)
    op.create_index('ix_evaluation_repository_id', 'evaluation', ['repository_id'], unique=False)
    op.create_index('ix_evaluation_team_id', 'evaluation', ['team_id'], unique=False)
    op.create_table('practice_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('capability', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('undone_by', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_practice_mark_made_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_practice_mark_team_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['undone_by'], ['person.id'], name=op.f('fk_practice_mark_undone_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practice_mark'))
    )
    op.create_index('ix_practice_mark_team_id', 'practice_mark', ['team_id'], unique=False)
    op.create_table('finding',
    sa.Column('evaluation_id', sa.Integer(), nullable=False),
    sa.Column('probe', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('because', sa.Text(), nullable=False),
    sa.Column('remedy', sa.Text(), nullable=False),
    sa.Column('effort', sa.String(), nullable=True),
    sa.Column('evidence', JSON, nullable=True),
    sa.Column('since', sa.BigInteger(), nullable=True),
    sa.Column('since_open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_finding_evaluation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('evaluation_id', 'probe', name=op.f('pk_finding'))
    )
    op.create_table('goal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('capability', sa.String(), nullable=True),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('pain_id', sa.Integer(), nullable=True),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('target', sa.Float(), nullable=False),
    sa.Column('counter_metric', sa.String(), nullable=False),
    sa.Column('counter_limit', sa.Float(), nullable=False),
    sa.Column('baseline', JSON, nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_goal_created_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['pain_id'], ['pain_point.id'], name=op.f('fk_goal_pain_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_goal_service_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_goal_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal'))
    )
    op.create_index('ix_goal_pain_id', 'goal', ['pain_id'], unique=False)
    op.create_index('ix_goal_service_id', 'goal', ['service_id'], unique=False)
    op.create_index('ix_goal_state', 'goal', ['state'], unique=False)
    op.create_index('ix_goal_team_id', 'goal', ['team_id'], unique=False)
    op.create_table('intervention',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=True),
    sa.Column('goal_id', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('settle_weeks', sa.Integer(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('counter_metric', sa.String(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_intervention_created_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_intervention_enrolment_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_intervention_goal_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_intervention_service_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_intervention_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intervention'))
    )
    op.create_index('ix_intervention_enrolment_id', 'intervention', ['enrolment_id'], unique=False)
    op.create_index('ix_intervention_goal_id', 'intervention', ['goal_id'], unique=False)
    op.create_index('ix_intervention_service_id', 'intervention', ['service_id'], unique=False)
    op.create_index('ix_intervention_team_id', 'intervention', ['team_id'], unique=False)
    op.add_column('change', sa.Column('lines', sa.Integer(), nullable=True))
    op.add_column('change', sa.Column('automatic', sa.Boolean(), nullable=True))
    op.add_column('assessment', sa.Column('kind', sa.String(), server_default='survey', nullable=False))


def downgrade() -> None:
    op.drop_column('assessment', 'kind')
    op.drop_column('change', 'automatic')
    op.drop_column('change', 'lines')
    op.drop_index('ix_intervention_enrolment_id', table_name='intervention')
    op.drop_index('ix_intervention_goal_id', table_name='intervention')
    op.drop_index('ix_intervention_service_id', table_name='intervention')
    op.drop_index('ix_intervention_team_id', table_name='intervention')
    op.drop_table('intervention')
    op.drop_index('ix_goal_pain_id', table_name='goal')
    op.drop_index('ix_goal_service_id', table_name='goal')
    op.drop_index('ix_goal_state', table_name='goal')
    op.drop_index('ix_goal_team_id', table_name='goal')
    op.drop_table('goal')
    op.drop_table('finding')
    op.drop_index('ix_practice_mark_team_id', table_name='practice_mark')
    op.drop_table('practice_mark')
    op.drop_index('ix_evaluation_due_at', table_name='evaluation')
    op.drop_index('ix_evaluation_job_id', table_name='evaluation')
    op.drop_index('ix_evaluation_repository_id', table_name='evaluation')
    op.drop_index('ix_evaluation_team_id', table_name='evaluation')
    op.drop_table('evaluation')
    op.drop_index('ix_enrolment_team_id', table_name='enrolment')
    op.drop_table('enrolment')
    op.drop_table('practice_model')
