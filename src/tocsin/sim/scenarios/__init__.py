"""A scenario played on the real house by events, and whether what was played is what happened: a file in, figures with intervals out."""
