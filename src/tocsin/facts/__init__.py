"""Everything that can be kept: one module per room; frozen, past tense, additive, never edited."""

from tocsin.facts import (
    access,
    aid,
    calling,
    calls,
    command,
    coverage,
    dispatch,
    field,
    fleet,
    handling,
    hazards,
    messages,
    planning,
    proof,
    running,
    sites,
    timers,
)

__all__ = ["access", "aid", "calling", "calls", "command", "coverage", "dispatch", "field", "fleet", "handling", "hazards", "messages", "planning", "proof", "running", "sites", "timers"]
