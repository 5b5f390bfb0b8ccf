"""The ledger: append, read, prove, checkpoint; and the vault, one key per record that can be destroyed."""
