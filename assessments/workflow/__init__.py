"""Value stream maps: how work gets from idea to production and back from failure, as the team says it does."""
