"""What a team is asked and says: waves, answers, consensus, pain points, workflow maps, and what is kept of that."""
