"""How long things are kept, and what deleted people leave in the audit log."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('retention',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('done_rows', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_retention_changed_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_retention_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention')),
    sa.UniqueConstraint('organization_id', 'kind', name=op.f('uq_retention_organization_id_kind'))
    )
    op.create_index('ix_retention_organization_id', 'retention', ['organization_id'], unique=False)
    op.add_column('audit_event', sa.Column('was_person', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_audit_event_person_at', 'audit_event', ['person_id', 'at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_audit_event_person_at', table_name='audit_event')
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.drop_column('was_person')
    op.drop_table('retention')
