"""Positions: high-rate, thinned, expiring; never in the ledger."""
