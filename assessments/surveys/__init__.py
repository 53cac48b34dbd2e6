"""Surveys of a whole team: questionnaires, answers, what they say and how surely, and what of it may be shown."""
