"""The sealing's small jobs."""

from sqlalchemy import text

from gateway.audit.checkpoints import Checkpoints
from gateway.audit.sealer import last_seal
from libs.common.database.unit_of_work import Database


def export_checkpoint(database: Database, checkpoints: Checkpoints) -> None:
    """Export the newest seal unless this process has done so."""
    with database.begin(read_only=True) as uow:
        seal = last_seal(uow.session.connection())
    if seal is not None:
        checkpoints.export(seal)


def protect_partitions(database: Database) -> None:
    """Forbid to empty partitions that were made since."""
    with database.begin() as uow:
        uow.session.execute(text("SELECT protect_audit_partitions()"))
        uow.commit()
