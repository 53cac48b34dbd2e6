"""What a team is asked and says: waves, answer sheets, consensus, pain points, workflow maps, assessments."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table('wave',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('questionnaire', sa.String(), nullable=False),
    sa.Column('asked', JSON, nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('elsewhere', sa.Boolean(), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('closes_at', sa.BigInteger(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('released_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['opened_by'], ['person.id'], name=op.f('fk_wave_opened_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_wave_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wave'))
    )
    op.create_index('ix_wave_state', 'wave', ['state'], unique=False)
    op.create_index('ix_wave_team_id', 'wave', ['team_id'], unique=False)
    op.create_table('answer_sheet',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('wave_id', sa.Integer(), nullable=False),
    sa.Column('answers', JSON, nullable=False),
    sa.Column('signs', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['wave_id'], ['wave.id'], name=op.f('fk_answer_sheet_wave_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_sheet')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_answer_sheet_wave_id', 'answer_sheet', ['wave_id'], unique=False)
    op.create_table('assessment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('wave_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('taken_at', sa.BigInteger(), nullable=False),
    sa.Column('content', JSON, nullable=False),
    sa.Column('versions', JSON, nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_assessment_team_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['wave_id'], ['wave.id'], name=op.f('fk_assessment_wave_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment'))
    )
    op.create_index('ix_assessment_taken_at', 'assessment', ['taken_at'], unique=False)
    op.create_index('ix_assessment_team_id', 'assessment', ['team_id'], unique=False)
    op.create_index('ix_assessment_wave_id', 'assessment', ['wave_id'], unique=False)
    op.create_table('consensus_item',
    sa.Column('wave_id', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('agreed', JSON, nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['wave_id'], ['wave.id'], name=op.f('fk_consensus_item_wave_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('wave_id', 'item', name=op.f('pk_consensus_item'))
    )
    op.create_table('consensus_vote',
    sa.Column('wave_id', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('seat', sa.String(), nullable=False),
    sa.Column('answer', JSON, nullable=False),
    sa.ForeignKeyConstraint(['wave_id'], ['wave.id'], name=op.f('fk_consensus_vote_wave_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('wave_id', 'item', 'seat', name=op.f('pk_consensus_vote')),
    sqlite_with_rowid=False
    )
    op.create_table('draft',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('wave_id', sa.Integer(), nullable=False),
    sa.Column('answers', JSON, nullable=False),
    sa.ForeignKeyConstraint(['wave_id'], ['wave.id'], name=op.f('fk_draft_wave_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_draft')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_draft_wave_id', 'draft', ['wave_id'], unique=False)
    op.create_table('pain_point',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('wave_id', sa.Integer(), nullable=True),
    sa.Column('into_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('capability', sa.String(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('voices', JSON, nullable=False),
    sa.Column('measured', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('apart', JSON, nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_pain_point_created_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_pain_point_team_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['wave_id'], ['wave.id'], name=op.f('fk_pain_point_wave_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pain_point'))
    )
    op.create_index('ix_pain_point_into_id', 'pain_point', ['into_id'], unique=False)
    op.create_index('ix_pain_point_team_id', 'pain_point', ['team_id'], unique=False)
    op.create_index('ix_pain_point_wave_id', 'pain_point', ['wave_id'], unique=False)
    op.create_table('participation',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('wave_id', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('answered', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['wave_id'], ['wave.id'], name=op.f('fk_participation_wave_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participation')),
    sa.UniqueConstraint('digest', name=op.f('uq_participation_digest')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_participation_person', 'participation', ['person'], unique=False)
    op.create_index('ix_participation_wave_id', 'participation', ['wave_id'], unique=False)
    op.create_table('workflow_map',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_workflow_map_service_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_workflow_map_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workflow_map')),
    sa.UniqueConstraint('team_id', 'title', name=op.f('uq_workflow_map_team_id_title'))
    )
    op.create_index('ix_workflow_map_team_id', 'workflow_map', ['team_id'], unique=False)
    op.create_table('map_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('map_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('plain', JSON, nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.Column('saved_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['map_id'], ['workflow_map.id'], name=op.f('fk_map_version_map_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['saved_by'], ['person.id'], name=op.f('fk_map_version_saved_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_map_version')),
    sa.UniqueConstraint('map_id', 'kind', 'version', name=op.f('uq_map_version_map_id_kind_version'))
    )
    op.create_index('ix_map_version_map_id', 'map_version', ['map_id'], unique=False)
    op.create_table('map_draft',
    sa.Column('map_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('base', sa.Integer(), nullable=False),
    sa.Column('typed', JSON, nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['map_id'], ['workflow_map.id'], name=op.f('fk_map_draft_map_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_map_draft_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('map_id', 'kind', 'person_id', name=op.f('pk_map_draft'))
    )
    op.create_table('pain_vote',
    sa.Column('pain_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('votes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['pain_id'], ['pain_point.id'], name=op.f('fk_pain_vote_pain_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_pain_vote_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pain_id', 'person_id', name=op.f('pk_pain_vote'))
    )


def downgrade() -> None:
    op.drop_table('pain_vote')
    op.drop_table('map_draft')
    op.drop_index('ix_map_version_map_id', table_name='map_version')
    op.drop_table('map_version')
    op.drop_index('ix_workflow_map_team_id', table_name='workflow_map')
    op.drop_table('workflow_map')
    op.drop_index('ix_participation_wave_id', table_name='participation')
    op.drop_index('ix_participation_person', table_name='participation')
    op.drop_table('participation')
    op.drop_index('ix_pain_point_wave_id', table_name='pain_point')
    op.drop_index('ix_pain_point_team_id', table_name='pain_point')
    op.drop_index('ix_pain_point_into_id', table_name='pain_point')
    op.drop_table('pain_point')
    op.drop_index('ix_draft_wave_id', table_name='draft')
    op.drop_table('draft')
    op.drop_table('consensus_vote')
    op.drop_table('consensus_item')
    op.drop_index('ix_assessment_wave_id', table_name='assessment')
    op.drop_index('ix_assessment_team_id', table_name='assessment')
    op.drop_index('ix_assessment_taken_at', table_name='assessment')
    op.drop_table('assessment')
    op.drop_index('ix_answer_sheet_wave_id', table_name='answer_sheet')
    op.drop_table('answer_sheet')
    op.drop_index('ix_wave_team_id', table_name='wave')
    op.drop_index('ix_wave_state', table_name='wave')
    op.drop_table('wave')
