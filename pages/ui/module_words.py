"""What the pages of a module leave for each other."""

#: A note that is shown once, on the next page.
NOTE = "module_note"
