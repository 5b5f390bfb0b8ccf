"""How busy each unit of a fleet will be and who will go where, when calls come by chance: exact for few units, near for many."""

from tocsin.engines.workload.approximation import correction, near
from tocsin.engines.workload.fleet import Fleet, Workload
from tocsin.engines.workload.hypercube import MOST_UNITS, exact
from tocsin.engines.workload.lines import erlang_b, erlang_c, numbers_busy

__all__ = ["MOST_UNITS", "Fleet", "Workload", "correction", "erlang_b", "erlang_c", "exact", "near", "numbers_busy"]
