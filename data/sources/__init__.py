"""How facts get in. Each source reads one kind of origin; the frames it returns are those of `delivery.facts`."""
