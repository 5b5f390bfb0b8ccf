"""The same house under our own clock and seed: generated demand, crews, travel, and real days replayed; it only does and sees."""
