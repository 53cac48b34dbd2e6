"""Where the evidence of a repository comes from: its tree and history in a git clone, through git's own plumbing.

with the folder of a clone:   evaluation = evidence(path)
"""
