"""Tests of the ledger: what is kept, what is refused, what is proved, and what happens when the machine fails."""
