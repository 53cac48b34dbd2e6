"""Weekly cells in blocks of a year in place of a row each."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cell_block',
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('block', sa.Integer(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('cells', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_cell_block_service_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'block', name=op.f('pk_cell_block'))
    )
    if op.get_bind().dialect.name == 'postgresql':  # numbers hardly get smaller, and would be unpacked at every look
        op.execute('ALTER TABLE cell_block ALTER COLUMN cells SET STORAGE EXTERNAL')
    op.drop_table('cell')
    op.execute('UPDATE service SET derived_version = -1')  # to be packed


def downgrade() -> None:
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
    op.drop_table('cell_block')
    op.execute('UPDATE service SET derived_version = -1')  # to be rows again
