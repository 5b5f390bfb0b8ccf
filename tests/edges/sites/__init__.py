"""Remote sites over a real NATS."""
