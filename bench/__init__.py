"""`make bench`: each figure that the docs quote is printed by a script here, beside a named peer in the same run."""
