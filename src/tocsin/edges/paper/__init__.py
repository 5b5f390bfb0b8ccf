"""Paper: what is printed when screens are gone. Pages are drawn in a process of their own, which is nice to the floor."""
