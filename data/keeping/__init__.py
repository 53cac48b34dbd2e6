"""What is kept and for how long: backups and bringing them back, the audit log, retention, deleting a person."""
