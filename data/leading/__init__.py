"""What those who lead see: all teams of an organization side by side, each against itself, none ranked."""
