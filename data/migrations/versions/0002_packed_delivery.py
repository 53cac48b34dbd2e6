"""The derived rows of a service as whole frames."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('packed_delivery',
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('deployments', sa.LargeBinary(), nullable=False),
    sa.Column('changes', sa.LargeBinary(), nullable=False),
    sa.Column('failures', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_packed_delivery_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', name=op.f('pk_packed_delivery'))
    )
    op.execute("UPDATE service SET derived_version = -1")  # to be packed


def downgrade() -> None:
    op.drop_table('packed_delivery')
