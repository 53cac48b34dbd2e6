"""How facts get in. Each source reads one kind of origin and returns frames shaped as in `assessments.delivery.facts`."""
