"""Reports that are sent by themselves."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('report_subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('shown', sa.String(), nullable=False),
    sa.Column('rhythm', sa.String(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_why', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_report_subscription_created_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_report_subscription_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_report_subscription_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_report_subscription_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_subscription'))
    )
    op.create_index('ix_report_subscription_organization_id', 'report_subscription', ['organization_id'], unique=False)
    op.create_index('ix_report_subscription_person_id', 'report_subscription', ['person_id'], unique=False)
    op.create_index('ix_report_subscription_team_id', 'report_subscription', ['team_id'], unique=False)
    op.create_table('report_sending',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('quarter', sa.String(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('stop_digest', sa.String(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_report_sending_job_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['subscription_id'], ['report_subscription.id'], name=op.f('fk_report_sending_subscription_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_sending')),
    sa.UniqueConstraint('stop_digest', name=op.f('uq_report_sending_stop_digest')),
    sa.UniqueConstraint('subscription_id', 'period', name=op.f('uq_report_sending_subscription_id_period')),
    sa.UniqueConstraint('uid', name=op.f('uq_report_sending_uid'))
    )
    op.create_index('ix_report_sending_job_id', 'report_sending', ['job_id'], unique=False)
    op.create_index('ix_report_sending_state', 'report_sending', ['state'], unique=False)
    op.create_index('ix_report_sending_subscription_id', 'report_sending', ['subscription_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_report_sending_subscription_id', table_name='report_sending')
    op.drop_index('ix_report_sending_state', table_name='report_sending')
    op.drop_index('ix_report_sending_job_id', table_name='report_sending')
    op.drop_table('report_sending')
    op.drop_index('ix_report_subscription_team_id', table_name='report_subscription')
    op.drop_index('ix_report_subscription_person_id', table_name='report_subscription')
    op.drop_index('ix_report_subscription_organization_id', table_name='report_subscription')
    op.drop_table('report_subscription')
