"""HTTP, the live stream and sign-in."""
