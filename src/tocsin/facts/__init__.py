"""Everything that can be kept: one module per room; frozen, past tense, additive, never edited."""

from tocsin.facts import access, calls, dispatch, fleet, messages, timers

__all__ = ["access", "calls", "dispatch", "fleet", "messages", "timers"]
