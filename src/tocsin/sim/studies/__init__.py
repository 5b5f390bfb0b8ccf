"""Studies: the same days played as things are and as changed, in a process of its own, and what came of it in one answer."""
