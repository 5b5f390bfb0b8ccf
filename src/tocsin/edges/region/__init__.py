"""A region: one picture of several cities, followed by their live streams. It decides nothing and keeps nothing of its own."""
