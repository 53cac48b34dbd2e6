"""What changes are worth."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('worth_input',
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('low', sa.Float(), nullable=True),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('high', sa.Float(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('intervention_id', sa.Integer(), nullable=True),
    sa.Column('set_by', sa.Integer(), nullable=True),
    sa.Column('set_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_worth_input_intervention_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_worth_input_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['set_by'], ['person.id'], name=op.f('fk_worth_input_set_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('organization_id', 'key', name=op.f('pk_worth_input'))
    )
    op.create_index('ix_worth_input_intervention_id', 'worth_input', ['intervention_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_worth_input_intervention_id', table_name='worth_input')
    op.drop_table('worth_input')
