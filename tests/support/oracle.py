#!/usr/bin/env python3
"""Slow reference of the PPP-RL day shift (Tagdienst) in Python integers and Fractions, written from the norm and independent of the engine.

    oracle.py INPUT OUTPUT [--lesart NAME=VARIANT ...]  tables of the Nachweis -> A5.1.csv, A5.2.csv, Anrechnung.csv
    oracle.py --compare DIR DIR                                           byte comparison of the three files

Paragraphs are those of the PPP-RL in force from 1 July 2024. The readings are those of rules/ppp-rl; their defaults stand in READINGS.
"""
import csv
import os
import sys
from collections import defaultdict
from fractions import Fraction

PROFESSIONS = "abcdef"
KEYS = ["IK", "Standort", "Jahr", "Quartal", "Einrichtung"]
RESULTS = ["A5.1.csv", "A5.2.csv", "Anrechnung.csv"]

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
        self.claims = {kind: defaultdict(Fraction) for kind in "567"}  # (from, to) -> hours; from is "" for kind 6


def read(folder):
    def table(name):
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
    return a51, a52, rows


HEADERS = [
    KEYS + ["Berufsgruppe", "VKS-Mind", "VKS-Ist", "Umsetzungsgrad", "erfuellt"],
    KEYS + ["Fassung", "Bezugsjahr", "Einfuehrungsstufe", "Umsetzungsgrad", "erfuellt"],
    KEYS + ["Tatbestand", "Von", "Auf", "beantragt", "angerechnet", "Grund"],
]


def run(source, target, readings):
    os.makedirs(target, exist_ok=True)
    tables = ([], [], [])
    for rec in read(source).values():
        if not refused(rec):
            for table, rows in zip(tables, evaluate(rec, readings)):
                table.extend(rows)
    for name, header, rows in zip(RESULTS, HEADERS, tables):
        with open(os.path.join(target, name), "w", encoding="utf-8", newline="") as f:
            for row in [header] + rows:
                f.write(";".join(row) + "\n")


def compare(left, right):
    """0 when the three files are equal; the first differing line of each is printed."""
    differ = 0
    for name in RESULTS:
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
    if len(args) == 3 and args[0] == "--compare":
        return compare(args[1], args[2])
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
