"""Who is signed in until when, and the roles that came with their groups."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('person', sa.Column('signed_in_at', sa.BigInteger(), nullable=True))
    op.create_table('provided_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_provided_role_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_provided_role_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_provided_role_team_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provided_role'))
    )
    op.create_index('ix_provided_role_organization_id', 'provided_role', ['organization_id'], unique=False)
    op.create_index('ix_provided_role_person_id', 'provided_role', ['person_id'], unique=False)
    op.create_index('ix_provided_role_team_id', 'provided_role', ['team_id'], unique=False)
    op.create_table('sign_in',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_sign_in'))
    )
    op.create_index('ix_sign_in_ends_at', 'sign_in', ['ends_at'], unique=False)
    op.create_index('ix_sign_in_person_id', 'sign_in', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_sign_in_person_id', table_name='sign_in')
    op.drop_index('ix_sign_in_ends_at', table_name='sign_in')
    op.drop_table('sign_in')
    op.drop_index('ix_provided_role_team_id', table_name='provided_role')
    op.drop_index('ix_provided_role_person_id', table_name='provided_role')
    op.drop_index('ix_provided_role_organization_id', table_name='provided_role')
    op.drop_table('provided_role')
    op.drop_column('person', 'signed_in_at')
