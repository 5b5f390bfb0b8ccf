"""Backups: what is saved, as pieces sealed to a key that the machine does not have, in a folder of chained runs; and the way back."""
