"""How facts get in. Each source reads one kind of origin and returns frames in the shapes of `assessments.delivery.facts`."""
