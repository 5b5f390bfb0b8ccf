"""Remote sites over NATS: the floor's end (publishing, answering) and the site's (following, going on by itself, joining again)."""
