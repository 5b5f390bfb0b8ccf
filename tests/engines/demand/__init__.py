"""Tests of demand: what may come in, what is learnt from made records whose truth is known, and how often intervals cover."""
