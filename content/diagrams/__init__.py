"""Small pictures of what leads to what: written in a part of Graphviz's language, drawn by ourselves."""
