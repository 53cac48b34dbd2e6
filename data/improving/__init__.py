"""What a team sets out to do, and whether it worked: tracks, goals, interventions, and the series that judge them."""
