"""Numbers, their text in the result files, and periods, for the reference in oracle.py."""
import calendar
from fractions import Fraction

UNKNOWN = "unbestimmt"
PERIODS = ["Q1", "Q2", "Q3", "Q4"] + [f"{m:02d}" for m in range(1, 13)] + ["1.3", "2.3"]  # Anlage 3 Tab. A6.1 Sp. 2


def rounded(x, places):
    """Half away from zero to `places` decimals, as an integer scaled by 10 ** places (§ 6 Abs. 1 Satz 3: kaufmännisch)."""
    x = Fraction(x) * 10**places
    n, d = abs(x.numerator), x.denominator
    q = (2 * n + d) // (2 * d)
    return q if x >= 0 else -q


def r(x, places):
    return Fraction(rounded(x, places), 10**places)


def text(x, places):
    """Decimal comma with exactly `places` decimals; x must fit."""
    if x is None:
        return UNKNOWN
    n = rounded(x, places)
    assert Fraction(n, 10**places) == x, x
    s = "%0*d" % (places + 1, abs(n))
    s = s if places == 0 else s[:-places] + "," + s[-places:]
    return "-" + s if n < 0 else s


def cell(x, places):
    """As text(), empty where there is nothing to tell."""
    return "" if x == "" else text(x, places)


def number(s):
    return Fraction(s.replace(",", "."))


def day(date):
    return date.strftime("%d.%m.%Y") if date else ""


def days_in(year, quarter):
    return sum(calendar.monthrange(year, m)[1] for m in range(3 * quarter - 2, 3 * quarter + 1))


def period_shape(period, year, quarter):
    """(thirds of the quarter, days) of a period of Tab. A6.1 Sp. 2, or None where it lies in another quarter."""
    whole = days_in(year, quarter)
    if period in ("1.3", "2.3"):
        thirds = int(period[0])
        return thirds, Fraction(whole * thirds, 3)
    if period[0] == "Q":
        return (3, Fraction(whole)) if int(period[1]) == quarter else None
    month = int(period)
    return (1, Fraction(calendar.monthrange(year, month)[1])) if (month + 2) // 3 == quarter else None
