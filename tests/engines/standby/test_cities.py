"""What the bench reads of the JEMSS city models is what they say."""

import pytest
from bench import jemss

from tests.shared import needs_data


@needs_data("ems", "jemss", "edmonton")
def test_each_city_has_the_rates_of_its_own_model() -> None:
    """gen_config.xml and priorities of each: Edmonton hands patients over by a Weibull of 34.3 minutes, Auckland exponentially in 12."""
    auckland, edmonton = jemss.rates("auckland"), jemss.rates("edmonton")
    assert auckland.per_day == pytest.approx(280) and edmonton.per_day == pytest.approx(192)
    assert (auckland.delay_s, edmonton.delay_s) == pytest.approx((50, 40))
    assert (auckland.carried, edmonton.carried) == (0.8, 0.75)
    assert auckland.handover == pytest.approx((1, 720)) and edmonton.handover == pytest.approx((2.5, 34.3 * 60))
    assert auckland.limits_s == pytest.approx((480, 480, 1_200)) and edmonton.limits_s == pytest.approx((480, 480, 720))
    assert auckland.shares == (0.57, 0.245, 0.185) and edmonton.shares == (0.75, 0, 0.25)
    assert auckland.scene_s == edmonton.scene_s == pytest.approx(720)
