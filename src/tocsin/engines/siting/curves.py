"""How the chance to survive a cardiac arrest falls with the minutes until help; both curves as ambulance siting uses them.

Both are put in the form of one time by Erkut, Ingolfsson, Erdoğan 2008, 'Ambulance location for maximum survival', Naval
Research Logistics 55, 42–58. They say how places compare; they are no forecast for a person.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def larsen(minutes: Floats) -> Floats:
    """Larsen, Eisenberg, Cummins, Hallstrom 1993, Ann Emerg Med 22, 1652–1658: a straight line in three times.

    67 % less 2.3 % a minute to CPR, 1.1 % to the first shock and 2.1 % to advanced care; CPR and shock are taken to begin one
    minute and advanced care two minutes after `minutes`, so that 59.4 % less 5.5 % a minute is left, and never less than nothing.
    """
    line = 0.67 - 0.023 * (minutes + 1) - 0.011 * (minutes + 1) - 0.021 * (minutes + 2)
    return np.maximum(line, 0.0)


def de_maio(minutes: Floats) -> Floats:
    """De Maio, Stiell, Wells, Spaite 2003, Ann Emerg Med 42, 242–250: a logistic curve over the minutes from call to arrival."""
    with np.errstate(over="ignore"):    # a place that nobody reaches has the chance 0
        return np.asarray(1.0 / (1.0 + np.exp(0.679 + 0.262 * minutes)))
