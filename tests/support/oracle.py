#!/usr/bin/env python3
"""Slow reference of the PPP-RL in Python integers and Fractions, written from the norm and independent of the engine: day shift, night duty (§ 6 Abs. 7
and 8), exceptions (§ 10), consequences (§ 13 Abs. 3 to 5), deadlines and the ladder of § 13 Abs. 8.

    oracle.py INPUT OUTPUT [--lesart NAME=VARIANT ...]  tables of the Nachweis -> the files of RESULTS
    oracle.py --compare DIR DIR [Nachweis|Standort]                       byte comparison of these files, of one kind of record

Paragraphs are those of the PPP-RL in force from 1 July 2024. The readings are those of rules/ppp-rl; their defaults stand in READINGS.
"""
import calendar
import csv
import datetime
import os
import sys
from collections import defaultdict
from fractions import Fraction

PROFESSIONS = "abcdef"
KEYS = ["IK", "Standort", "Jahr", "Quartal", "Einrichtung"]
RESULTS = ["A5.1.csv", "A5.2.csv", "Anrechnung.csv", "A5.4.csv", "A6.csv", "A6.5.2.csv", "Sanktion.csv"]

# Anlage 1 Nr. 1 and 2, minutes per patient and week, columns a to f. A9, S9, G9, KJ9 have no values.
MINUTES = {
    "A1": (207, 856, 49, 122, 28, 76), "A2": (257, 1536, 35, 117, 29, 74), "A6": (114, 329, 107, 176, 17, 67),
    "A7": (265, 509, 132, 102, 50, 49), "A8": (265, 201, 132, 102, 50, 49),
    "S1": (226, 835, 61, 72, 35, 109), "S2": (256, 1562, 68, 51, 34, 153), "S6": (115, 318, 105, 154, 16, 101),
    "G1": (183, 1270, 56, 102, 35, 75), "G2": (211, 1645, 37, 78, 40, 51), "G6": (115, 372, 107, 167, 26, 68),
    "P1": (154, 476, 107, 103, 31, 14), "P2": (265, 509, 132, 102, 50, 49), "P3": (114, 329, 107, 176, 17, 67),
    "P4": (265, 201, 132, 102, 50, 49),
    "KJ1": (270, 2015, 193, 179, 86, 165), "KJ2": (264, 1874, 190, 182, 78, 128), "KJ3": (337, 2495, 173, 62, 22, 77),
    "KJ6": (277, 845, 209, 142, 80, 155), "KJ7": (259, 799, 196, 161, 66, 140),
}
DAY_CLINIC = {"A6", "A8", "S6", "G6", "P3", "P4", "KJ7"}  # § 3: tagesklinisch, teilstationär
HOME_TREATMENT = {"A9", "S9", "G9", "KJ9"}  # § 3: stationsäquivalent
SITE_RESULTS = ["Fristen.csv", "Abschlag.csv"]  # by site and quarter (record kind Standort)
PERIODS = ["Q1", "Q2", "Q3", "Q4"] + [f"{m:02d}" for m in range(1, 13)] + ["1.3", "2.3"]  # Anlage 3 Tab. A6.1 Sp. 2
CAP = {"b": 10, "c": 10, "d": 10, "e": 5, "f": 5}  # § 8 Abs. 5 Satz 6, percent of VKS-Mind

READINGS = {
    "Zwischenwerte": "Wochen-und-Minuten",
    "Korridorumfang": "irgendein-Bereich",
    "Korridorfolge": "ganze-Einrichtung",
    "Bereich ohne Vorjahrestage": "löst-aus",
    "Korridor stationsäquivalent": "außer-Betracht",
    "Schwellenvergleich": "exakt",
    "Mittelwert": "exakt-gewichtet",
    "Mindestvorgabe null": "ohne-Umsetzungsgrad",
    "Höchstgrenze Psychosomatik": "keine-Höchstgrenze",
    "Stunden des Gebers": "bereits-abgezogen",
    "Einstufung des Intensivanteils": "Anteil-gerundet",
    "Zwischenwerte im Nachtdienst": "schrittweise",
    "vorzuhaltendes Personal": "volle-Mindestvorgabe",
    "Vergleichswert des Vorjahres": "ganze-Tage",
    "Ausnahmequote": "Quote-genau",
    "Anteil des Kalendermonats": "ein-Drittel-je-Monat",
    "gravierende Veränderung": "wie-angegeben",
    "Wiedereinhaltung": "spätere-Quartale",
    "Rundung des fehlenden Anteils": "Anteil-ungerundet",
    "Wegfall bei Ausnahme": "kein-Wegfall",
}

# Anrechnung.csv, column Grund
ALLOWED = "anrechenbar"
EXPIRED = "Anrechnung von c nach § 8 Abs. 3 Satz 4 ausgelaufen"
TEMPORARY = "anrechenbar nach § 8 Abs. 3 Satz 4"
NO_PAIR = "zwischen diesen Berufsgruppen nicht anrechenbar"
OTHER_PROFESSION = "nur innerhalb derselben Berufsgruppe anrechenbar"
DOCTORS = "auf Berufsgruppe a ausgeschlossen"
CAPPED = "auf die Höchstgrenze gekürzt"
NO_CAP = "anrechenbar, Höchstgrenze für Psychosomatik nicht festgelegt"


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
    n = rounded(x, places)
    assert Fraction(n, 10**places) == x, x
    s = "%0*d" % (places + 1, abs(n))
    s = s if places == 0 else s[:-places] + "," + s[-places:]
    return "-" + s if n < 0 else s


def number(s):
    return Fraction(s.replace(",", "."))


class Record:
    def __init__(self, key):
        self.key = key
        self.duty = None
        self.last, self.now = defaultdict(Fraction), defaultdict(Fraction)  # days by area
        self.reported = {}  # profession -> (VKS-Ist, credited 5, 6, 7)
        self.night = {}  # column of A5.4 -> cell, empty cells left out
        self.sick, self.committed, self.change = {}, {}, set()  # period -> hours (A6.1), (days, days of last year) (A6.2), periods of A6.3
        self.day_clinic, self.later, self.earlier = False, [None, None], [None, None]
        self.rest = {}  # profession -> hours outside the exceptions (A6.5.2)
        self.claims = {kind: defaultdict(Fraction) for kind in "567"}  # (from, to) -> hours; from is "" for kind 6


def read(folder):
    def table(name):
        if not os.path.exists(os.path.join(folder, name + ".csv")) and name not in ("A1", "A3.3", "A5.1", "A5.3"):
            return
        with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as f:
            yield from csv.DictReader(f, delimiter=";")

    records = {}
    for row in table("A1"):
        key = tuple(row[k] for k in KEYS)
        records[key] = rec = Record(key)
        rec.duty = row["Pflichtversorgung"] == "ja"
    for row in table("A3.3"):
        key = tuple(row[k] for k in KEYS)
        year, base = int(row["Jahr"]), int(row["Bezugsjahr"])
        if base in (year, year - 1):
            days = records[key].now if base == year else records[key].last
            days[row["Behandlungsbereich"]] += int(row["Behandlungstage"])
    for row in table("A5.1"):
        key = tuple(row[k] for k in KEYS)
        records[key].reported[row["Berufsgruppe"]] = tuple(number(row[c]) for c in ("VKS-Ist", "Anrechnung_5", "Anrechnung_6", "Anrechnung_7"))
    for row in table("A5.3"):
        if row["Dienst"] == "T":
            key = tuple(row[k] for k in KEYS)
            kind = row["Tatbestand"]
            records[key].claims[kind]["" if kind == "6" else row["Von"], row["Auf"]] += number(row["VKS"])

    def records_of(name):
        for row in table(name):
            yield records[tuple(row[k] for k in KEYS)], row

    for rec, row in records_of("A5.4"):
        rec.night = {k: v for k, v in row.items() if v and k not in KEYS}
    for rec, row in records_of("A6.1"):
        rec.sick[row["Zeitraum"]] = int(row["Ausfallstunden"])
    for rec, row in records_of("A6.2"):
        rec.committed[row["Zeitraum"]] = int(row["BT_aktuell"]), int(row["BT_Vorjahr_gesamt"])
    for rec, row in records_of("A6.3"):
        rec.change.add(row["Zeitraum"])
    day_clinics = {(row["IK"], row["Standort"]): row["NurTagesklinik"] == "ja" for row in table("Standorte")}
    for key, rec in records.items():
        rec.day_clinic = day_clinics.get(key[:2], False)
    verdict = {"ja": True, "nein": False, "": None}
    for rec, row in records_of("A6.4"):
        if row["NurTagesklinik"]:
            rec.day_clinic = row["NurTagesklinik"] == "ja"
        rec.earlier = [verdict[row["Erfuellt_Q-1"]], verdict[row["Erfuellt_Q-2"]]]
    for rec, row in records_of("Folgequartale"):
        rec.later = [verdict[row["Erfuellt_Q+1"]], verdict[row["Erfuellt_Q+2"]]]
    for rec, row in records_of("A6.5.2"):
        rec.rest[row["Berufsgruppe"]] = number(row["VKS-Ist"])
    return records


def step(year, quarter):
    """§ 16 Abs. 1 with the Fassung in force in the quarter: (Fassung, share)."""
    if (year, quarter) < (2024, 3):
        return "2024-01", Fraction(95, 100)  # text of 19.10.2023: 95 % from 01.01.2024 (G-BA FAQ I.6)
    if year < 2027:
        return "2024-07", Fraction(90, 100)  # Nr. 2
    return "2024-07", Fraction(95 if year < 2029 else 100, 100)  # Nr. 3; Satz 1


def leaves_corridor(last, now, readings):
    """§ 6 Abs. 4: more than 2.5 % above or below; exactly 2.5 % does not."""
    if last == 0 and readings["Bereich ohne Vorjahrestage"] == "löst-nicht-aus":
        return False
    return abs(now - last) * 1000 > last * 25


def minimum(profession, days, duty, readings):
    """§ 6 Abs. 1, 2, 5, 6: VKS-Mind of one profession."""
    how = readings["Zwischenwerte"]
    total = Fraction(0)
    for area, minutes in MINUTES.items():
        value = Fraction(minutes[PROFESSIONS.index(profession)])
        if not duty:
            value -= value / 10
        weeks = days[area] / (5 if area in DAY_CLINIC else 7)
        if how not in ("ungerundet", "ungerundete-Wochen"):
            weeks = r(weeks, 2)
        part = weeks * value
        if how in ("Wochen-und-Minuten", "ungerundete-Wochen"):
            part = r(part, 2)
        elif how == "Stunden-je-Bereich":
            part = r(part / 60, 2) * 60
        total += part
    if how == "Minutensumme":
        total = r(total, 2)
    elif how == "ganze-Minuten":
        total = r(total, 0)
    return r(total / 60, 0)


def credit(rec, minima, readings):
    """§ 8 Abs. 3 to 5. Returns {(kind, from, to): (claimed, allowed, reason)} for claims above 0."""
    _, _, year, _, facility = rec.key
    out = {}
    for (giver, taker), hours in rec.claims["5"].items():
        if giver != taker and (giver in "ac") == (taker in "ac"):
            out["5", giver, taker] = hours, hours, ALLOWED
        elif giver == "c" and taker in "bdef":
            still = int(year) <= 2024
            out["5", giver, taker] = hours, hours if still else Fraction(0), TEMPORARY if still else EXPIRED
        else:
            out["5", giver, taker] = hours, Fraction(0), NO_PAIR
    for (giver, taker), hours in rec.claims["6"].items():
        if taker == "a":
            out["6", "", taker] = hours, Fraction(0), DOCTORS
        elif facility == "31" and readings["Höchstgrenze Psychosomatik"] == "keine-Höchstgrenze":
            out["6", "", taker] = hours, hours, NO_CAP
        else:
            cap = minima[taker] * CAP[taker] / 100
            out["6", "", taker] = hours, min(hours, cap), CAPPED if hours > cap else ALLOWED
    for (giver, taker), hours in rec.claims["7"].items():
        same = giver == taker
        out["7", giver, taker] = hours, hours if same else Fraction(0), ALLOWED if same else OTHER_PROFESSION
    return {k: v for k, v in out.items() if v[0] > 0}


def days_in(year, quarter):
    return sum(calendar.monthrange(year, m)[1] for m in range(3 * quarter - 2, 3 * quarter + 1))


def night_duty(rec, readings):
    """§ 6 Abs. 7 and 8, § 7 Abs. 5: (share of intensive treatment or None, minimum per night or None, cell of the nights, verdict)."""
    _, _, year, quarter, facility = rec.key
    year, quarter, row = int(year), int(quarter), rec.night
    if facility == "31" or row.get("Nachtdienst") == "nein":
        return None, None, "", "entfällt"
    intensive, inpatient = (row.get(f"BT_{k}_Q1-Q3_Vorjahr") for k in ("intensiv", "vollstationaer"))
    share = exact = None
    if intensive is not None and inpatient is not None and int(inpatient):
        exact = Fraction(100 * int(intensive), int(inpatient))
        share = r(exact, 2)
    if not (2024, 1) <= (year, quarter) <= (2025, 4):
        return share, None, "", "entfällt"
    nights = row.get("Naechte_erfuellt")
    if intensive is None or inpatient is None:
        return share, None, nights or "", "fehlt"
    level = (exact if readings["Einstufung des Intensivanteils"] == "Anteil-genau" else share) or 0
    if level == 0:
        return share, None, "", "entfällt"  # Abs. 7 Satz 4 Nr. 4
    places = Fraction(16 if level > 35 else 14 if level > 20 else 12, 10)
    if "Betten" not in row:
        return share, None, nights or "", "fehlt"
    wards = Fraction(int(row["Betten"]), 18 if facility == "29" else 12)
    if readings["Zwischenwerte im Nachtdienst"] == "nur-Ergebnis":
        least = r(wards * places * 10, 0)
    else:
        least = r(r(r(wards, 2) * places, 2) * 10, 0)
    if nights is None:
        return share, least, "", "fehlt"
    return share, least, nights, "ja" if int(nights) * 100 > 90 * days_in(year, quarter) else "nein"


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


def exceptions(rec, minima, fails, share, readings):
    """§ 10 Abs. 1 and 2: (lines for A6 [Nr, Vergleichswert, Quote, verdict], column 6 of A5.2, thirds of the quarter excepted, their days, whole by Nr. 4)."""
    _, _, year, quarter, _ = rec.key
    year, quarter = int(year), int(quarter)
    shapes = {p: period_shape(p, year, quarter) for p in PERIODS}
    here = [p for p in PERIODS if shapes[p]]
    shown = readings["Ausnahmequote"] == "Quote-angezeigt"
    found = {p: False for p in PERIODS}
    lines, open_points = [], False
    staff = sum(minima.values()) * (share if readings["vorzuhaltendes Personal"] == "Mindestvorgabe-der-Stufe" else 1)
    for p in here:
        if p in rec.sick:
            thirds, days = shapes[p]
            part = Fraction(thirds, 3)
            if readings["Anteil des Kalendermonats"] == "nach-Kalendertagen" and p.isdigit():
                part = days / days_in(year, quarter)
            base = r(staff * part, 0)
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
            lines.append(["3", "", "", "ja" if stated else "unbestimmt"])
    fourth = False
    if rec.day_clinic and fails and year <= 2025:
        others = rec.later if readings["Wiedereinhaltung"] == "spätere-Quartale" else rec.earlier
        fourth = True in others
        undecided = not fourth and None in others
        open_points |= undecided
        lines.append(["4", "", "", "ja" if fourth else "unbestimmt" if undecided else "nein"])
    verdict = "ja" if fourth or any(found.values()) else "unbestimmt" if open_points else "nein"
    excepted = [shapes[p] for p in here if found[p]]
    return lines, verdict, min(3, sum(s[0] for s in excepted)), sum((s[1] for s in excepted), Fraction(0)), fourth


def rest_of_quarter(rec, minima, share, thirds, days, readings):
    """§ 10 Abs. 2 Satz 4: {profession: (minimum, verdict)} outside the exceptions."""
    whole = days_in(int(rec.key[2]), int(rec.key[3]))
    part = Fraction(3 - thirds, 3) if readings["Anteil des Kalendermonats"] == "ein-Drittel-je-Monat" else Fraction(whole - days, whole)
    out = {}
    for p in PROFESSIONS:
        least = r(minima[p] * part, 0)
        if least == 0:
            out[p] = least, "entfällt"
        elif p in rec.rest:
            out[p] = least, "ja" if rec.rest[p] >= share * least else "nein"
        else:
            out[p] = least, "fehlt"
    return out


def loss_of_pay(year, missing, wanted, verdict, thirds, fourth, rest, readings):
    """§ 13 Abs. 5: cell of the loss in percent."""
    if year <= 2025:
        return ""
    if year >= 2028:
        return "unbestimmt" if missing else text(Fraction(0), 4)
    if missing and readings["Wegfall bei Ausnahme"] == "kein-Wegfall" and verdict != "nein":
        kept = all(v in ("ja", "entfällt") for _, v in rest.values())
        free = verdict == "ja" and (thirds == 3 or fourth or kept)
        return text(Fraction(0), 4) if free else "unbestimmt"
    part = missing * 100 / wanted if wanted else Fraction(0)
    if readings["Rundung des fehlenden Anteils"] == "zwei-Nachkommastellen":
        part = r(part, 2)
    return text(r(part * Fraction(65, 100), 4), 4)


def refused(rec):
    """Records without a meaningful result: a group without hours, or more credited than reported (Anlage 3 Tab. A5.1: "davon")."""
    if set(rec.reported) != set(PROFESSIONS):
        return True
    return any(sum(v[1:]) > v[0] for v in rec.reported.values())


def evaluate(rec, readings):
    ik, site, year, quarter, facility = rec.key
    year, quarter = int(year), int(quarter)
    fassung, share = step(year, quarter)
    areas = [a for a in set(rec.last) | set(rec.now) if a not in HOME_TREATMENT or readings["Korridor stationsäquivalent"] == "einbezogen"]
    outside = {a for a in areas if leaves_corridor(rec.last[a], rec.now[a], readings)}
    if readings["Korridorumfang"] == "Gesamtzahl":
        current = leaves_corridor(sum(rec.last[a] for a in areas), sum(rec.now[a] for a in areas), readings)
        parts = False
    else:
        current = bool(outside)
        parts = readings["Korridorfolge"] == "betroffene-Bereiche"
    days = defaultdict(Fraction)
    for a in MINUTES:
        days[a] = rec.now[a] if (a in outside if parts else current) else rec.last[a]

    minima = {p: minimum(p, days, rec.duty, readings) for p in PROFESSIONS}
    credits = credit(rec, minima, readings)
    hours = {}
    for p in PROFESSIONS:
        total, five, six, seven = rec.reported[p]
        hours[p] = total - five - six - seven + sum(v[1] for k, v in credits.items() if k[2] == p)
        if readings["Stunden des Gebers"] == "noch-enthalten":
            hours[p] -= sum(v[1] for k, v in credits.items() if k[0] == "5" and k[1] == p)

    as_met = readings["Mindestvorgabe null"] == "gilt-als-erfüllt"
    degree, met = {}, {}
    for p in PROFESSIONS:
        if minima[p] == 0:
            degree[p], met[p] = (Fraction(100), "ja") if as_met else (None, "entfällt")
            continue
        degree[p] = r(hours[p] / minima[p] * 100, 2)
        if readings["Schwellenvergleich"] == "exakt":
            met[p] = "ja" if hours[p] >= share * minima[p] else "nein"
        else:
            met[p] = "ja" if degree[p] >= share * 100 else "nein"

    whole = sum(minima.values())
    if whole == 0:
        mean = Fraction(100) if as_met else None
    elif readings["Mittelwert"] == "exakt-gewichtet":
        mean = r(sum(hours[p] for p in PROFESSIONS if minima[p] > 0) / whole * 100, 2)
    else:
        mean = r(sum(degree[p] * minima[p] for p in PROFESSIONS if minima[p] > 0) / whole, 2)

    key = list(rec.key)
    a51 = [key + [p, text(minima[p], 0), text(hours[p], 2), "" if degree[p] is None else text(degree[p], 2), met[p]] for p in PROFESSIONS]
    a52 = [key + [fassung, "2" if current else "1", text(share * 100, 0), "" if mean is None else text(mean, 2),
                  "nein" if "nein" in met.values() else "ja"]]
    rows = [key + [k[0], k[1], k[2], text(v[0], 2), text(v[1], 2), v[2]] for k, v in sorted(credits.items())]

    fails = "nein" in met.values()
    share_of_intensive, least, nights, night_met = night_duty(rec, readings)
    lines, exception, thirds, days_out, fourth = exceptions(rec, minima, fails, share, readings)
    rest = rest_of_quarter(rec, minima, share, thirds, days_out, readings)
    a52[0] += ["bestätigt", night_met, exception]  # every value of the text of July 2024 is in its printed version
    a54 = [key + ["" if share_of_intensive is None else text(share_of_intensive, 2), "" if least is None else text(least, 0), nights, night_met]]
    a6 = [key + line for line in lines]
    a652 = [key + [p, text(rest[p][0], 0), text(rec.rest[p], 2) if p in rec.rest else "", rest[p][1]] for p in PROFESSIONS] if 0 < thirds < 3 else []
    missing = sum((share * minima[p] - hours[p] for p in PROFESSIONS if met[p] == "nein"), Fraction(0))
    wanted = share * whole
    loss = loss_of_pay(year, missing, wanted, exception, thirds, fourth, rest, readings)
    penalty = [key + [text(missing, 2), text(r(missing * 100 / wanted, 4), 4) if wanted else "", loss, "bestätigt"]]
    return a51, a52, rows, a54, a6, a652, penalty


HEADERS = [
    KEYS + ["Berufsgruppe", "VKS-Mind", "VKS-Ist", "Umsetzungsgrad", "erfuellt"],
    KEYS + ["Fassung", "Bezugsjahr", "Einfuehrungsstufe", "Umsetzungsgrad", "erfuellt", "Beleg", "Nachtdienst_erfuellt", "Ausnahmetatbestand"],
    KEYS + ["Tatbestand", "Von", "Auf", "beantragt", "angerechnet", "Grund"],
    KEYS + ["Anteil_Intensiv", "Mindestvorgabe", "Naechte_erfuellt", "erfuellt"],
    KEYS + ["Nr", "Vergleichswert", "Quote", "zulaessig"],
    KEYS + ["Berufsgruppe", "VKS-Mind", "VKS-Ist", "erfuellt"],
    KEYS + ["Fehlende_VKS", "Anteil", "Wegfall", "Beleg"],
]


def site_rows(source):
    """§ 11 and § 13 Abs. 8: lines of Fristen and Abschlag for every site and quarter of A1."""
    def table(name):
        path = os.path.join(source, name + ".csv")
        if os.path.exists(path):
            with open(path, encoding="utf-8", newline="") as f:
                yield from csv.DictReader(f, delimiter=";")

    arrived = {tuple(row[k] for k in KEYS[:4]): row for row in table("Eingang")}
    deadlines, deductions = [], []
    for key in dict.fromkeys(tuple(row[k] for k in KEYS[:4]) for row in table("A1")):
        year, own = int(key[2]), int(key[3])
        late = {}
        for quarter in range(1, own + 1):
            after = datetime.date(year + quarter // 4, 3 * quarter % 12 + 1, 1)  # the day after the quarter
            if year <= 2024:
                month = after.month % 12 + 1
                due, fix = after.replace(month=month, day=15), after.replace(month=month + 1)
                notice = due
            else:
                due, fix, notice = datetime.date(year + 1, 2, 15), datetime.date(year + 1, 3, 1), after + datetime.timedelta(13)
            row = arrived.get((*key[:3], str(quarter)), {})
            came = row.get("Eingangsdatum") or None
            late[quarter] = max(0, (datetime.datetime.strptime(came, "%d.%m.%Y").date() - due).days) if came else None
        days = row.get("Berechnungstage")
        verdict = "fehlt" if late[own] is None else "ja" if late[own] > 90 else "nein"
        deadlines.append([*key, *(d.strftime("%d.%m.%Y") for d in (due, fix, notice)), came or "", "" if late[own] is None else str(late[own]), verdict])
        rate = None
        if verdict == "nein":
            rate = 0
        elif verdict == "ja" and None not in late.values():
            rate = (2, 5, 10, 20)[sum(d > 90 for d in late.values()) - 1]
        deductions.append([*key, "" if rate is None else str(rate), "" if rate is None or not days else text(Fraction(rate * int(days), 4), 2)])
    return deadlines, deductions


SITE_HEADERS = [
    KEYS[:4] + ["Nachweis", "Korrektur", "Nichterfuellung", "Eingang", "Tage_verspaetet", "verletzt"],
    KEYS[:4] + ["Satz", "Abschlag"],
]


def run(source, target, readings):
    os.makedirs(target, exist_ok=True)
    tables = [[] for _ in RESULTS]
    for rec in read(source).values():
        if not refused(rec):
            for table, rows in zip(tables, evaluate(rec, readings)):
                table.extend(rows)
    for name, header, rows in zip(RESULTS + SITE_RESULTS, HEADERS + SITE_HEADERS, (*tables, *site_rows(source))):
        with open(os.path.join(target, name), "w", encoding="utf-8", newline="") as f:
            for row in [header] + rows:
                f.write(";".join(row) + "\n")


def compare(left, right, names=tuple(RESULTS)):
    """0 when the files are equal; the first differing line of each is printed."""
    differ = 0
    for name in names:
        with open(os.path.join(left, name), "rb") as f:
            a = f.read()
        with open(os.path.join(right, name), "rb") as f:
            b = f.read()
        if a == b:
            continue
        differ = 1
        x, y = a.split(b"\n"), b.split(b"\n")
        line = next((i for i in range(min(len(x), len(y))) if x[i] != y[i]), min(len(x), len(y)))
        show = [(v[line].decode("utf-8", "replace") if line < len(v) else "(end of file)") for v in (x, y)]
        print("%s line %d:\n  %s\n  %s\n  (%d and %d lines)" % (name, line + 1, show[0], show[1], len(x), len(y)))
    return differ


def main(args):
    if len(args) in (3, 4) and args[0] == "--compare":
        return compare(args[1], args[2], SITE_RESULTS if args[3:] == ["Standort"] else RESULTS)
    readings = dict(READINGS)
    while len(args) >= 2 and args[-2] == "--lesart":
        name, _, variant = args[-1].partition("=")
        if name not in readings:
            sys.exit("unknown reading: " + name)
        readings[name] = variant
        args = args[:-2]
    if len(args) != 2:
        sys.exit(__doc__)
    run(args[0], args[1], readings)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
