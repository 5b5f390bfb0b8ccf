"""The same house under our clock and seed; it may only call do and see."""
