"""Whether a new call is about an incident that is open already: a probability from distance, time, kind and words, with its reasons."""

from tocsin.engines.likeness.fitting import fit
from tocsin.engines.likeness.kinds import Family, differs, kin, mentions
from tocsin.engines.likeness.model import FEATURES, Likeness, Weights, chances, evidence, far_m, features, stand_in_m
from tocsin.engines.likeness.words import grams, overlap

__all__ = ["FEATURES", "Family", "Likeness", "Weights", "chances", "differs", "evidence", "far_m", "features", "fit", "grams", "kin", "mentions",
           "overlap", "stand_in_m"]
