"""People are called by means that are really there: servers on loopback that take what is sent."""
