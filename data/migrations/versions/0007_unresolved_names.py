"""What incidents name and nothing is called yet stands with the service, in place of an index to look for it."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('service', sa.Column('unresolved', sa.JSON(none_as_null=True), nullable=True))
    op.drop_index('ix_incident_naming', table_name='incident')


def downgrade() -> None:
    naming = sa.text('deployment IS NOT NULL')
    op.create_index('ix_incident_naming', 'incident', ['service_id'], unique=False, sqlite_where=naming, postgresql_where=naming)
    op.drop_column('service', 'unresolved')
