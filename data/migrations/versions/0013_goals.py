"""Who owns a goal, when somebody looks at it next, and what was seen when somebody did."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('goal', sa.Column('owner', sa.String(), nullable=False, server_default=''))
    op.add_column('goal', sa.Column('look_at', sa.BigInteger(), nullable=True))
    op.create_table('goal_look',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('goal_id', sa.Integer(), nullable=False),
    sa.Column('seen', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('looked_by', sa.Integer(), nullable=True),
    sa.Column('looked_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_goal_look_goal_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['looked_by'], ['person.id'], name=op.f('fk_goal_look_looked_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal_look'))
    )
    op.create_index('ix_goal_look_goal_id', 'goal_look', ['goal_id'], unique=False)


def downgrade() -> None:
    op.drop_table('goal_look')
    op.drop_column('goal', 'look_at')
    op.drop_column('goal', 'owner')
