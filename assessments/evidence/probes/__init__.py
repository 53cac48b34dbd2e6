"""One probe a file: a definition and a pure function. Found by being here."""
