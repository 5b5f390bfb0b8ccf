"""Residents' own calls to come, by place, hour and kind, with intervals that cover what they say: place, time and kind go in and nothing else."""

from tocsin.engines.demand.calls import Calls, admit, began_themselves, refuse_columns, refuse_people
from tocsin.engines.demand.coming import Expected, Forecast, forecast
from tocsin.engines.demand.counted import HOUR_US, Calendar, Counted, count
from tocsin.engines.demand.levels import LEVELS, Level
from tocsin.engines.demand.model import Model, fit
from tocsin.engines.demand.past import Past
from tocsin.engines.demand.spread import covered, ends
from tocsin.engines.demand.trial import LEAST_DAYS, PEERS, Score, Tried, back_test

__all__ = ["HOUR_US", "LEAST_DAYS", "LEVELS", "PEERS", "Calendar", "Calls", "Counted", "Expected", "Forecast", "Level", "Model", "Past", "Score", "Tried", "admit", "back_test",
           "began_themselves", "count", "covered", "ends", "fit", "forecast", "refuse_columns", "refuse_people"]
