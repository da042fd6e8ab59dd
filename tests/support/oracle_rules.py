"""What follows from the day shift, for the reference in oracle.py: night duty (§ 6 Abs. 7 and 8), exceptions (§ 10), loss of pay (§ 13 Abs. 5) and days for
proofs (§ 11)."""
import calendar
import datetime
from fractions import Fraction

from fassungen import CONFIRMED, OPEN
from oracle_numbers import PERIODS, UNKNOWN, days_in, period_shape, r, text


def night_duty(fassung, rec, readings):
    """§ 6 Abs. 7 and 8, § 7 Abs. 5: (share of intensive treatment or "", minimum per night or "", cell of the nights, verdict)."""
    year, quarter, row = rec.year, rec.quarter, rec.night
    if rec.facility == "31" or row.get("Nachtdienst") == "nein":
        return "", "", "", "entfällt"
    intensive, inpatient = (row.get(f"BT_{k}_Q1-Q3_Vorjahr") for k in ("intensiv", "vollstationaer"))
    share = exact = ""
    if intensive is not None and inpatient is not None and int(inpatient):
        exact = Fraction(100 * int(intensive), int(inpatient))
        share = r(exact, 2)
    nights = row.get("Naechte_erfuellt")
    if (year, quarter) >= fassung.night_open_from:
        return share, None, nights or "", UNKNOWN
    if not (2024, 1) <= (year, quarter) <= (2025, 4):
        return share, "", "", "entfällt"
    if intensive is None or inpatient is None:
        return share, "", nights or "", "fehlt"
    level = (exact if readings["Einstufung des Intensivanteils"] == "Anteil-genau" else share) or 0
    if level == 0:
        return share, "", "", "entfällt"  # Abs. 7 Satz 4 Nr. 4
    places = Fraction(16 if level > 35 else 14 if level > 20 else 12, 10)
    if "Betten" not in row:
        return share, "", nights or "", "fehlt"
    wards = Fraction(int(row["Betten"]), 18 if rec.facility == "29" else 12)
    if readings["Zwischenwerte im Nachtdienst"] == "nur-Ergebnis":
        least = r(wards * places * 10, 0)
    else:
        least = r(r(r(wards, 2) * places, 2) * 10, 0)
    if nights is None:
        return share, least, "", "fehlt"
    return share, least, nights, "ja" if int(nights) * 100 > 90 * days_in(year, quarter) else "nein"


def exceptions(fassung, rec, minima, verdict, share, readings):
    """§ 10 Abs. 1 and 2: (lines for A6 [Nr, Vergleichswert, Quote, verdict], column 6 of A5.2, thirds of the quarter excepted, their days, whole by Nr. 4)."""
    year, quarter = rec.year, rec.quarter
    shapes = {p: period_shape(p, year, quarter) for p in PERIODS}
    here = [p for p in PERIODS if shapes[p]]
    shown = readings["Ausnahmequote"] == "Quote-angezeigt"
    found = {p: False for p in PERIODS}
    lines, open_points = [], False
    known = None not in minima.values()
    staff_wanted = sum(minima.values()) * (share if readings["vorzuhaltendes Personal"] == "Mindestvorgabe-der-Stufe" else 1) if known else None
    for p in here:
        if p in rec.sick and not known:
            open_points = True
            lines.append(["1", UNKNOWN, UNKNOWN, UNKNOWN])
        elif p in rec.sick:
            thirds, days = shapes[p]
            part = Fraction(thirds, 3)
            if readings["Anteil des Kalendermonats"] == "nach-Kalendertagen" and p.isdigit():
                part = days / days_in(year, quarter)
            base = r(staff_wanted * part, 0)
            quota = r(100 * rec.sick[p] / base, 2) if base else None
            good = (quota is not None and quota > 15) if shown else rec.sick[p] * 100 > 15 * base
            found[p] |= good
            lines.append(["1", text(base, 0), "" if quota is None else text(quota, 2), "ja" if good else "nein"])
    for p in here:
        if p in rec.committed:
            now, last = rec.committed[p]
            mean = last * shapes[p][1] / (366 if calendar.isleap(year - 1) else 365)
            base = r(mean, 0)
            against = base if readings["Vergleichswert des Vorjahres"] == "ganze-Tage" else mean
            quota = r(100 * now / against, 2) if against else None
            good = (quota is not None and quota > 110) if shown else now * 100 > 110 * against
            found[p] |= good
            lines.append(["2", text(base, 0), "" if quota is None else text(quota, 2), "ja" if good else "nein"])
    for p in here:
        if p in rec.change:
            stated = readings["gravierende Veränderung"] == "wie-angegeben"
            found[p] |= stated
            open_points |= not stated
            lines.append(["3", "", "", "ja" if stated else UNKNOWN])
    fourth = False
    if rec.day_clinic and fassung.day_clinics and verdict in ("nein", UNKNOWN) and year <= 2025:
        others = rec.later if readings["Wiedereinhaltung"] == "spätere-Quartale" else rec.earlier
        fourth = True in others
        undecided = not fourth and None in others
        open_points |= undecided
        lines.append(["4", "", "", "ja" if fourth else UNKNOWN if undecided else "nein"])
    none = "entfällt" if year == 2020 else "nein"  # § 10 Abs. 3: nothing had to be proved yet, so silence tells nothing
    exception = "ja" if fourth or any(found.values()) else UNKNOWN if open_points else none
    excepted = [shapes[p] for p in here if found[p]]
    return lines, exception, min(3, sum(s[0] for s in excepted)), sum((s[1] for s in excepted), Fraction(0)), fourth


def rest_of_quarter(rec, minima, share, thirds, days, readings):
    """§ 10 Abs. 2 Satz 4: {profession: (minimum, verdict)} outside the exceptions."""
    whole = days_in(rec.year, rec.quarter)
    part = Fraction(3 - thirds, 3) if readings["Anteil des Kalendermonats"] == "ein-Drittel-je-Monat" else Fraction(whole - days, whole)
    out = {}
    for p in minima:
        least = None if minima[p] is None else r(minima[p] * part, 0)
        if least is None:
            out[p] = least, UNKNOWN
        elif least == 0:
            out[p] = least, "entfällt"
        elif p in rec.rest:
            out[p] = least, "ja" if rec.rest[p] >= share * least else "nein"
        else:
            out[p] = least, "fehlt"
    return out


def loss_of_pay(fassung, rec, minima, missing, wanted, found, verdict, exception, thirds, fourth, rest, looked_at, readings):
    """§ 13 Abs. 5: (the loss in percent, "" where there is none by law, None where it is not known; evidence)."""
    factors = [entry[1:] for entry in fassung.loss if entry[0] <= rec.year]
    if not factors:
        return "", looked_at
    if rec.facility == "31" and rec.year < fassung.psm_loss_from:
        return "", max(looked_at, fassung.psm_loss_evidence)  # it does not matter what is missing
    factor, how_well = factors[-1]
    known = max([v[2] for v in found.values() if v[1] != UNKNOWN] + [looked_at])
    if factor is not None and verdict != "ja" and readings["Wegfall bei Ausnahme"] == "kein-Wegfall" and exception in ("ja", UNKNOWN):
        return free_by_exception(rec, minima, known if verdict == "nein" else looked_at, exception, thirds, fourth, rest)
    if missing == 0:
        return Fraction(0), known
    if missing is None or factor is None:
        return None, OPEN if missing is None else max(known, how_well)
    part = missing * 100 / wanted
    if readings["Rundung des fehlenden Anteils"] == "zwei-Nachkommastellen":
        part = r(part, 2)
    return r(part * Fraction(factor, 100), 4), max(known, how_well)


def free_by_exception(rec, minima, known, exception, thirds, fourth, rest):
    """The loss where an exception is claimed and the minima are not met, or perhaps not: nothing for a whole quarter, else it depends on the rest."""
    if exception == UNKNOWN:
        return None, known
    evidence = max(v[1] for v in minima.values())
    if any(period_shape(p, rec.year, rec.quarter) for p in rec.sick) and evidence != OPEN:
        known = max(known, evidence)  # hours of absence are compared with the minima; where those are not known, they decide nothing
    if thirds == 3 or fourth:
        return Fraction(0), known
    kept = all(v in ("ja", "entfällt") for _, v in rest.values())
    return Fraction(0) if kept else None, max(known, evidence)


def proof_days(fassung, year, quarter):
    """§ 11: (proof, correction, notice of non-fulfilment or None, must the state authority have it too?)."""
    after = datetime.date(year + quarter // 4, 3 * quarter % 12 + 1, 1)  # the day after the quarter
    if year == 2020:
        return datetime.date(2021, 4, 30), datetime.date(2021, 7, 1), None, ""  # Abs. 13 Nr. 2 Satz 1, Nr. 3 Satz 2
    if year <= fassung.quarterly_until:
        month = after.month % 12 + 1
        due, fix = after.replace(month=month, day=15), after.replace(month=month + 1)
        notice = due
    else:
        due, fix, notice = datetime.date(year + 1, 2, 15), datetime.date(year + 1, 3, 1), after + datetime.timedelta(fassung.notice_days - 1)
    return due, fix, notice, "ja" if notice >= datetime.date(2022, 1, 1) else "nein"
