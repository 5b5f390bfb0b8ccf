"""Everything that can be kept: one module per room; frozen, past tense, additive, never edited."""

from tocsin.facts import access, calls, command, dispatch, fleet, messages, proof, timers

__all__ = ["access", "calls", "command", "dispatch", "fleet", "messages", "proof", "timers"]
