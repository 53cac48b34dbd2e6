"""What a team is asked, what it says, and what is kept of that."""
