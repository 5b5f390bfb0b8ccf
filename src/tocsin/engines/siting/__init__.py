"""Where to wait: which sites to hold, for seven meanings of well placed, each answer with a bound that certifies how good it is."""

from tocsin.engines.siting.conflict import Conflict
from tocsin.engines.siting.curves import de_maio, larsen
from tocsin.engines.siting.problem import Answer, District, Effort, Problem, Undecided, Watch
from tocsin.engines.siting.questions import backup, lscp, mclp, mexclp, p_center, p_median, survival

__all__ = ["Answer", "Conflict", "District", "Effort", "Problem", "Undecided", "Watch", "backup", "de_maio", "larsen", "lscp", "mclp", "mexclp", "p_center",
           "p_median", "survival"]
