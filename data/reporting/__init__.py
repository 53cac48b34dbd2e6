"""Quarterly reports: what a team's or an organization's quarter says to one reader, as page, PDF, Markdown and CSV,
and who gets them sent by themselves."""
