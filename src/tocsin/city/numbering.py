"""House numbers entered into a survey: one entry per number and place, streets without a road counted, doubles counted."""

from tocsin.city.doubles import Doubles
from tocsin.city.survey import Number, StreetNames, Survey, fold


class NumberBook:
    """Enters numbers under street names; the roads' names must all be known before."""

    def __init__(self, survey: Survey, names: StreetNames) -> None:
        self._survey, self._names = survey, names
        self._with_road = len(names.streets)
        self._doubles = Doubles()

    def enter(self, street: str, number: str, lon: float, lat: float) -> None:
        """Enter a number under a street's name; a street that no road has is kept, and counted."""
        index = self._names.add(street)
        if index >= self._with_road:
            self._survey.odd.note("address_on_unknown_street", f"{street} {number}")
        self.enter_at(index, number, lon, lat)

    def enter_at(self, street: int, number: str, lon: float, lat: float) -> None:
        """Enter a number under a street's index; the same number within 250 m is a double, one farther off another house."""
        if self._doubles.again(f"{street} {fold(number)}", "", lon, lat):
            self._survey.odd.note("address_repeated", f"{self._names.streets[street].name} {number}")
        else:
            self._survey.numbers.append(Number(street, number, lon, lat))
