"""Who gains and who pays: the same calls answered under two plans, by district and hour, and the worst-served tenth."""

from tocsin.engines.equity.comparing import Change, Compared, Interval, Service, compare, worst_served
from tocsin.engines.equity.telling import first_line, tenth_line

__all__ = ["Change", "Compared", "Interval", "Service", "compare", "first_line", "tenth_line", "worst_served"]
