"""The bounded contexts, all of one shape; no door between them."""
