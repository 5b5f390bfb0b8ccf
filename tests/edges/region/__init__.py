"""A region: what it takes of its cities, and what it says of one that does not answer."""
