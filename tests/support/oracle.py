#!/usr/bin/env python3
"""Slow reference of the PPP-RL in Python integers and Fractions, written from the norm and independent of the engine: day shift, night duty (§ 6 Abs. 7
and 8), exceptions (§ 10), consequences (§ 13 Abs. 3 to 5), deadlines and the ladder of § 13 Abs. 8, in every Fassung of fassungen.py.

    oracle.py INPUT OUTPUT [--as-of DAY] [--lesart NAME=VARIANT ...]  tables of the Nachweis -> the files of results()
    oracle.py --compare DIR DIR [Nachweis|Standort]                   byte comparison of these files, of one kind of record

Paragraphs are those of the PPP-RL in force from 1 July 2024. The readings are those of rules/ppp-rl; their defaults stand in READINGS.

What no source tells is None, and so is every number that needs it, printed as `unbestimmt`. A verdict is undecided only where the unknown decides: hours
lie between a least and a greatest value. With each verdict goes the evidence of what it rests on, the weakest counts.
"""
import csv
import datetime
import os
import sys
from collections import defaultdict
from fractions import Fraction

import fassungen
from fassungen import CONFIRMED, DAY_CLINIC, EVIDENCE, HOME_TREATMENT, OPEN, REHABILITATION
from oracle_numbers import UNKNOWN, cell, day, number, r, rounded, text
from oracle_rules import exceptions, loss_of_pay, night_duty, proof_days, rest_of_quarter

KEYS = ["IK", "Standort", "Jahr", "Quartal", "Einrichtung"]
RESULTS = ["A5.1.csv", "A5.2.csv", "Anrechnung.csv", "Ausbildung.csv", "A6.csv", "A6.5.2.csv", "Sanktion.csv", "Anzeige.csv"]
NIGHT_RESULT = "A5.4.csv"  # of the Fassungen with rules for the night
SITE_RESULTS = ["Fristen.csv", "Abschlag.csv"]  # by site and quarter (record kind Standort)
TRAINING = ["P1", "P2", "P3", "PT", "PT0"]  # nursing by thirds; psychotherapy paid like the basic profession, and not
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
    "fremde Fachkräfte": "nur-eigene-Berufsgruppe",
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


class Record:
    def __init__(self, key):
        self.key = key
        self.year, self.quarter, self.facility = int(key[2]), int(key[3]), key[4]
        self.base = 2019 if self.year <= 2021 else self.year - 1  # § 16 Abs. 3 Satz 1, § 6 Abs. 3 Satz 1
        self.duty = None
        self.last, self.now = defaultdict(Fraction), defaultdict(Fraction)  # days by area
        self.days_of = defaultdict(set)  # area -> years with days; every area the tables name is here
        self.others = set()  # professions the tables name besides those of A5.1
        self.reported = {}  # profession -> (VKS-Ist, credited 5, 6, 7)
        self.night = {}  # column of A5.4 -> cell, empty cells left out
        self.sick, self.committed, self.change = {}, {}, set()  # period -> hours (A6.1), (days, days of last year) (A6.2), periods of A6.3
        self.day_clinic, self.later, self.earlier = False, [None, None], [None, None]
        self.trained = defaultdict(Fraction)  # (kind of training, profession) -> hours
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
        rec, base = records[tuple(row[k] for k in KEYS)], int(row["Bezugsjahr"])
        area, days = row["Behandlungsbereich"], int(row["Behandlungstage"])
        if base not in (rec.year, rec.year - 1, rec.base):
            continue
        rec.days_of[area] |= {base} if days else set()
        if base == rec.year:
            rec.now[area] += days
        elif base == rec.base:
            rec.last[area] += days
    for row in table("A5.1"):
        key = tuple(row[k] for k in KEYS)
        records[key].reported[row["Berufsgruppe"]] = tuple(number(row[c]) for c in ("VKS-Ist", "Anrechnung_5", "Anrechnung_6", "Anrechnung_7"))
    for row in table("A5.3"):
        rec, kind = records[tuple(row[k] for k in KEYS)], row["Tatbestand"]
        if row["Dienst"] == "T":
            giver = "" if kind == "6" else row["Von"]
            rec.claims[kind][giver, row["Auf"]] += number(row["VKS"])
            rec.others |= {giver, row["Auf"]} - {""}

    for row in table("A5.1-Ausbildung"):
        records[tuple(row[k] for k in KEYS)].trained[row["Ausbildung"], row["Berufsgruppe"]] += number(row["VKS"])

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


def leaves_corridor(last, now, readings):
    """§ 6 Abs. 4: more than 2.5 % above or below; exactly 2.5 % does not."""
    if last == 0 and readings["Bereich ohne Vorjahrestage"] == "löst-nicht-aus":
        return False
    return abs(now - last) * 1000 > last * 25


def minimum(fassung, profession, days, duty, readings):
    """§ 6 Abs. 1, 2, 5, 6: VKS-Mind of one profession and its evidence; None where the minutes of an area with days are not known."""
    how = readings["Zwischenwerte"]
    total, evidence = Fraction(0), CONFIRMED
    for area in fassung.minutes:
        if not days.get(area):
            continue
        minutes, how_well = fassung.minutes[area]
        value = minutes[fassung.professions.index(profession)]
        if value is None:
            total, evidence = None, OPEN
        if total is None:
            continue
        evidence = max(evidence, how_well)
        value = Fraction(value) if duty else Fraction(value * 9, 10)
        weeks = days[area] / (5 if area in DAY_CLINIC else 7)
        if how not in ("ungerundet", "ungerundete-Wochen"):
            weeks = r(weeks, 2)
        part = weeks * value
        if how in ("Wochen-und-Minuten", "ungerundete-Wochen", "ganze-Minuten"):
            part = r(part, 2)
        elif how == "Stunden-je-Bereich":
            part = r(part / 60, 2) * 60
        total += part
    if total is None:
        return None, evidence
    if how == "Minutensumme":
        total = r(total, 2)
    elif how == "ganze-Minuten":
        total = r(total, 0)
    return r(total / 60, 0), evidence


def credit(fassung, rec, minima, readings):
    """§ 8 Abs. 3 to 5. Returns {(kind, from, to): (claimed, allowed, reason, evidence)} for claims above 0; allowed and reason are None where not known.
    `minima` is None where there are none (§ 16 Abs. 4)."""
    out = {}
    still = fassung.credit(rec.year, rec.quarter)
    for (giver, taker), hours in rec.claims["5"].items():
        if giver != taker and (giver in "ac") == (taker in "ac"):
            out["5", giver, taker] = hours, hours, ALLOWED, CONFIRMED
        elif giver != "c" or taker == "c":
            out["5", giver, taker] = hours, Fraction(0), NO_PAIR, CONFIRMED
        elif still is None:
            out["5", giver, taker] = hours, None, None, OPEN
        else:
            out["5", giver, taker] = hours, hours if still else Fraction(0), TEMPORARY if still else EXPIRED, CONFIRMED
    for (giver, taker), hours in rec.claims["6"].items():
        if taker == "a" and fassung.doctors_excluded:
            out["6", "", taker] = hours, Fraction(0), DOCTORS, CONFIRMED
        elif rec.facility == "31" and fassung.psm_ceiling_open:
            out["6", "", taker] = hours, None, None, OPEN
        elif minima is None or not fassung.caps:
            out["6", "", taker] = hours, hours, ALLOWED, CONFIRMED
        elif rec.facility == "31" and readings["Höchstgrenze Psychosomatik"] == "keine-Höchstgrenze":
            out["6", "", taker] = hours, hours, NO_CAP, CONFIRMED
        else:
            least, evidence = minima[taker]
            if fassung.caps[taker] is None or least is None:
                out["6", "", taker] = hours, None, None, OPEN
            else:
                cap = least * fassung.caps[taker] / 100
                out["6", "", taker] = hours, min(hours, cap), CAPPED if hours > cap else ALLOWED, evidence
    for (giver, taker), hours in rec.claims["7"].items():
        wide = readings["fremde Fachkräfte"] == "auch-andere-Berufsgruppe"
        fits = giver == taker or wide and (giver in "ac") == (taker in "ac")
        out["7", giver, taker] = hours, hours if fits else Fraction(0), ALLOWED if fits else NO_PAIR if wide else OTHER_PROFESSION, CONFIRMED
    return {k: v for k, v in out.items() if v[0] > 0}


def training(fassung, rec):
    """§ 8 Abs. 2: {(kind, profession): (hours, credited or None, evidence)} of the hours of persons in training, which A5.1 does not contain."""
    out = {}
    for (kind, p), hours in rec.trained.items():
        ratio, evidence = fassung.trainees.get((kind, p), (0, CONFIRMED))
        if hours > 0:
            out[kind, p] = hours, None if ratio is None else r(hours / ratio, 2) if ratio else Fraction(0), evidence
    return out


def staff(fassung, rec, credits, trained, readings):
    """§ 7 Abs. 1, § 8: {profession: (least hours, greatest hours, evidence of what is known)}; both are the same where every credit is known."""
    out = {}
    for p in fassung.professions:
        total, five, six, seven = rec.reported[p]
        least = greatest = total - five - six - seven
        evidence = CONFIRMED
        for (_, q), (claimed, allowed, how_well) in trained.items():
            if p == q:
                least += allowed or 0
                greatest += claimed if allowed is None else allowed
                evidence = evidence if allowed is None else max(evidence, how_well)
        for (kind, giver, taker), (claimed, allowed, _, how_well) in credits.items():
            if taker == p:
                least += allowed or 0
                greatest += claimed if allowed is None else allowed
            if kind == "5" and giver == p and readings["Stunden des Gebers"] == "noch-enthalten":
                least -= claimed if allowed is None else allowed
                greatest -= allowed or 0
            if p in (giver, taker) and allowed is not None:
                evidence = max(evidence, how_well)
        out[p] = least, greatest, evidence
    return out


def refused(fassung, rec):
    """Records without a meaningful result: a code this text does not have, a group without hours, more credited than reported (Anlage 3 Tab. A5.1: "davon"),
    days in an area of another field or of another time."""
    if set(rec.reported) != set(fassung.professions) or not rec.others <= set(fassung.professions) or not set(rec.days_of) <= fassung.areas():
        return True
    if any(sum(v[1:]) > v[0] for v in rec.reported.values()):
        return True
    initial = {"29": "ASG", "30": "K", "31": "P"}[rec.facility]
    for area, years in rec.days_of.items():
        counted = years & {rec.year, rec.base}
        if area[0] not in initial and counted:
            return True
        if area in REHABILITATION and years - {2019}:
            return True
        if area in fassung.ended_areas and any(year > fassung.days_until for year in counted):
            return True
    return False


def basis(fassung, rec, readings):
    """§ 6 Abs. 3 and 4: (days by area the minima are computed from, do they come from this year?)."""
    areas = [a for a in set(rec.last) | set(rec.now)
             if a not in REHABILITATION and (a not in HOME_TREATMENT or readings["Korridor stationsäquivalent"] == "einbezogen")]
    outside = {a for a in areas if leaves_corridor(rec.last[a], rec.now[a], readings)}
    if readings["Korridorumfang"] == "Gesamtzahl":
        current = leaves_corridor(sum(rec.last[a] for a in areas), sum(rec.now[a] for a in areas), readings)
        parts = False
    else:
        current = bool(outside)
        parts = readings["Korridorfolge"] == "betroffene-Bereiche"
    return {a: rec.now[a] if (a in outside if parts else current) else rec.last[a] for a in fassung.minutes}, current


def verdicts(minima, hours, share, readings):
    """§ 7 Abs. 2 and 4: {profession: (degree, verdict, evidence)}; degree "" where there is none."""
    as_met = readings["Mindestvorgabe null"] == "gilt-als-erfüllt"
    out = {}
    for p, (least, how_well) in minima.items():
        low, high, of_hours = hours[p]

        def enough(amount, least=least):
            degree = amount / least if readings["Schwellenvergleich"] == "exakt" else Fraction(rounded(amount / least * 100, 2), 10000)
            return degree >= share

        if least is None:
            out[p] = None, UNKNOWN, OPEN
        elif least == 0:
            out[p] = (Fraction(100), "ja", how_well) if as_met else ("", "entfällt", how_well)
        elif enough(low) != enough(high):
            out[p] = None, UNKNOWN, OPEN
        else:
            degree = r(low / least * 100, 2) if low == high else None
            out[p] = degree, "ja" if enough(low) else "nein", max(how_well, of_hours)
    return out


def mean_degree(minima, hours, degrees, readings):
    """§ 7 Abs. 3: degree of the facility, None where not known, "" where there is none."""
    if any(least is None for least, _ in minima.values()):
        return None
    counted = [p for p, (least, _) in minima.items() if least > 0]
    whole = sum(minima[p][0] for p in counted)
    if whole == 0:
        return Fraction(100) if readings["Mindestvorgabe null"] == "gilt-als-erfüllt" else ""
    if any(hours[p][0] != hours[p][1] for p in counted):
        return None
    if readings["Mittelwert"] == "exakt-gewichtet":
        return r(sum(hours[p][0] for p in counted) / whole * 100, 2)
    return r(sum(degrees[p] * minima[p][0] for p in counted) / whole, 2)


def evaluate(fassung, rec, readings):
    """Rows of each of the results of this Fassung."""
    key = list(rec.key)
    share = Fraction(fassung.step(rec.year, rec.quarter), 100)
    days, current = basis(fassung, rec, readings)
    suspended, looked_at = fassung.suspension(rec.year, rec.quarter) if rec.facility == "31" else (False, CONFIRMED)
    minima = None if suspended else {p: minimum(fassung, p, days, rec.duty, readings) for p in fassung.professions}
    credits = credit(fassung, rec, minima, readings)
    trained = training(fassung, rec)
    hours = staff(fassung, rec, credits, trained, readings)
    if suspended:
        found = {p: ("", "entfällt", CONFIRMED) for p in fassung.professions}
        mean, verdict = "", "entfällt"
    else:
        found = verdicts(minima, hours, share, readings)
        mean = mean_degree(minima, hours, {p: v[0] for p, v in found.items()}, readings)
        all_of = {v[1] for v in found.values()}
        verdict = "nein" if "nein" in all_of else UNKNOWN if UNKNOWN in all_of else "ja"
    evidence = max([looked_at] + [v[2] for v in found.values() if v[1] != UNKNOWN or verdict == UNKNOWN])

    at_night_counted = fassung.night and rec.year >= 2024  # Anlage 3 Tab. A5.2 Sp. 5, Tab. A5.4 Sp. 5 to 8: from 2024
    share_of_intensive, at_night, nights, night_met = night_duty(fassung, rec, readings) if at_night_counted else ("", "", "", "")
    least = {p: Fraction(0) for p in fassung.professions} if suspended else {p: v[0] for p, v in minima.items()}
    lines, exception, thirds, days_out, fourth = exceptions(fassung, rec, least, verdict, share, readings)
    rest = rest_of_quarter(rec, least, share, thirds, days_out, readings)
    short = [p for p, v in found.items() if v[1] in ("nein", UNKNOWN)]
    counted = all(found[p][0] is not None for p in short)
    missing = sum((share * least[p] - hours[p][0] for p in short), Fraction(0)) if counted else None
    wanted = None if None in least.values() else share * sum(least.values())
    part = "" if wanted == 0 else None if missing is None or wanted is None else r(missing * 100 / wanted, 4)
    if suspended:
        exception, (loss, loss_rests_on) = "entfällt", ("", looked_at)
    else:
        loss, loss_rests_on = loss_of_pay(fassung, rec, minima, missing, wanted, found, verdict, exception, thirds, fourth, rest, looked_at, readings)
        loss_rests_on = max(loss_rests_on, OPEN if missing is None or part is None else max(v[2] for v in found.values()))  # the weakest of the row counts

    given = {p: low if low == high else None for p, (low, high, _) in hours.items()}
    _, _, notice, authority = proof_days(fassung, rec.year, rec.quarter)
    rows = {
        "A5.1.csv": [[p, "" if suspended else text(least[p], 0), text(given[p], 2), cell(found[p][0], 2), found[p][1]] for p in fassung.professions],
        "A5.2.csv": [[fassung.name, "2" if current else "1", text(share * 100, 0), cell(mean, 2), verdict, EVIDENCE[evidence], night_met, exception]],
        "Anrechnung.csv": [[*k, text(v[0], 2), text(v[1], 2), v[2] or UNKNOWN] for k, v in sorted(credits.items())],
        "Ausbildung.csv": [[*k, text(trained[k][0], 2), text(trained[k][1], 2)] for k in sorted(trained, key=lambda k: (TRAINING.index(k[0]), k[1]))],
        NIGHT_RESULT: [[cell(share_of_intensive, 2), cell(at_night, 0), nights, night_met]] if at_night_counted else [],
        "A6.csv": lines,
        "A6.5.2.csv": [[p, "" if suspended else text(v[0], 0), text(rec.rest[p], 2) if p in rec.rest else "", v[1]] for p, v in rest.items()] if 0 < thirds < 3 else [],
        "Sanktion.csv": [[text(missing, 2), cell(part, 4), cell(loss, 4), EVIDENCE[loss_rests_on]]],
        "Anzeige.csv": [[day(notice), authority]] if notice and verdict == "nein" else [],
    }
    return {name: [key + row for row in found_rows] for name, found_rows in rows.items()}


HEADERS = {
    "A5.1.csv": ["Berufsgruppe", "VKS-Mind", "VKS-Ist", "Umsetzungsgrad", "erfuellt"],
    "A5.2.csv": ["Fassung", "Bezugsjahr", "Einfuehrungsstufe", "Umsetzungsgrad", "erfuellt", "Beleg", "Nachtdienst_erfuellt", "Ausnahmetatbestand"],
    "Anrechnung.csv": ["Tatbestand", "Von", "Auf", "beantragt", "angerechnet", "Grund"],
    "Ausbildung.csv": ["Ausbildung", "Berufsgruppe", "VKS", "angerechnet"],
    NIGHT_RESULT: ["Anteil_Intensiv", "Mindestvorgabe", "Naechte_erfuellt", "erfuellt"],
    "A6.csv": ["Nr", "Vergleichswert", "Quote", "zulaessig"],
    "A6.5.2.csv": ["Berufsgruppe", "VKS-Mind", "VKS-Ist", "erfuellt"],
    "Sanktion.csv": ["Fehlende_VKS", "Anteil", "Wegfall", "Beleg"],
    "Anzeige.csv": ["Frist", "Landesaufsichtsbehoerde"],
}
SITE_HEADERS = {
    "Fristen.csv": ["Nachweis", "Korrektur", "Nichterfuellung", "Eingang", "Tage_verspaetet", "verletzt"],
    "Abschlag.csv": ["Satz", "Abschlag"],
}
NIGHT_READINGS = {"Einstufung des Intensivanteils", "Zwischenwerte im Nachtdienst"}


def has_reading(name, as_of=None):
    """Does a text known by that day have this reading?"""
    texts = fassungen.known(as_of)
    if name == "Höchstgrenze Psychosomatik":
        return any(f.caps and not f.psm_ceiling_open for f in texts)
    if name == "Wiedereinhaltung":
        return any(f.day_clinics for f in texts)
    return name not in NIGHT_READINGS or any(f.night for f in texts)


def results(as_of=None):
    """Files of the records of kind Nachweis for somebody with the knowledge of a day."""
    return RESULTS + ([NIGHT_RESULT] if any(f.night for f in fassungen.known(as_of)) else [])


def site_rows(source, as_of=None):
    """§ 11 and § 13 Abs. 8: lines of Fristen and Abschlag for every site and quarter of A1."""
    def table(name):
        path = os.path.join(source, name + ".csv")
        if os.path.exists(path):
            with open(path, encoding="utf-8", newline="") as f:
                yield from csv.DictReader(f, delimiter=";")

    arrived = {tuple(row[k] for k in KEYS[:4]): row for row in table("Eingang")}
    deadlines, deductions = [], []
    listed = {tuple(row[k] for k in KEYS[:4]): row["Stand"] for row in table("Standortliste")}
    for key in dict.fromkeys([tuple(row[k] for k in KEYS[:4]) for row in table("A1")] + list(listed)):
        year, own = int(key[2]), int(key[3])
        fassung = fassungen.in_force(year, own, as_of)
        state = listed.get(key)
        late, broken = {}, {}
        for quarter in range(1, own + 1):
            due, fix, notice, _ = proof_days(fassung, year, quarter)
            row = arrived.get((*key[:3], str(quarter)), {})
            came = row.get("Eingangsdatum") or None
            until = came or state
            late[quarter] = max(0, (datetime.datetime.strptime(until, "%d.%m.%Y").date() - due).days) if until else None
            broken[quarter] = None if late[quarter] is None or not came and late[quarter] <= 90 else late[quarter] > 90  # what has not come may come in time
        days = row.get("Berechnungstage")
        verdict = {None: "fehlt", True: "ja", False: "nein"}[broken[own]]
        deadlines.append([*key, day(due), day(fix), day(notice), came or "", "" if late[own] is None else str(late[own]), verdict])
        rate = None
        if verdict == "nein":
            rate = 0
        elif verdict == "ja" and None not in broken.values():
            rate = (2, 5, 10, 20)[sum(broken.values()) - 1]
        deductions.append([*key, "" if rate is None else str(rate), "" if rate is None or not days else text(Fraction(rate * int(days), 4), 2)])
    return dict(zip(SITE_RESULTS, (deadlines, deductions)))


def run(source, target, readings, as_of=None):
    """Writes the results; returns the keys of the records without."""
    os.makedirs(target, exist_ok=True)
    tables, without = {name: [] for name in results(as_of)}, []
    for rec in read(source).values():
        fassung = fassungen.in_force(rec.year, rec.quarter, as_of)
        if refused(fassung, rec):
            without.append(rec.key)
            continue
        found = evaluate(fassung, rec, readings)
        for name, rows in tables.items():
            rows += found[name]
    written = [(name, KEYS + HEADERS[name], rows) for name, rows in tables.items()]
    written += [(name, KEYS[:4] + SITE_HEADERS[name], rows) for name, rows in site_rows(source, as_of).items()]
    for name, header, rows in written:
        with open(os.path.join(target, name), "w", encoding="utf-8", newline="") as f:
            for row in [header] + rows:
                f.write(";".join(row) + "\n")
    return without


def compare(left, right, names):
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
        return compare(args[1], args[2], SITE_RESULTS if args[3:] == ["Standort"] else results())
    readings, as_of = dict(READINGS), None
    while len(args) >= 2 and args[-2] in ("--lesart", "--as-of"):
        name, _, variant = args[-1].partition("=")
        if args[-2] == "--as-of":
            as_of = datetime.date.fromisoformat(args[-1])
        elif name not in readings:
            sys.exit("unknown reading: " + name)
        else:
            readings[name] = variant
        args = args[:-2]
    if len(args) != 2:
        sys.exit(__doc__)
    run(args[0], args[1], readings, as_of)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
