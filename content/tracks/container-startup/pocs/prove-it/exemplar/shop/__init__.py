"""A small shop: articles from a catalogue, with offers and stock from two other services."""
