"""What repositories show of a team's practices, where the team stands in them, and how that changes."""
