"""Pure computation: arrays in, arrays out; no engine knows another, the world or the time."""
