"""Invented facility quarters for the comparison of the engine with oracle.py: any quarter and Fassung, rich in border cases, from a pseudo-random source."""
import datetime
from fractions import Fraction

import fassungen
import oracle
from oracle_numbers import PERIODS, day, days_in, period_shape, r
from oracle_rules import proof_days

QUARTERS = [(year, quarter) for year in range(2020, 2028) for quarter in range(1, 5)]
# Quarters at which something begins or ends: steps, areas, ceilings, credit of c, suspension, night duty, sanctions, deadlines.
TURNS = [(2020, 1), (2021, 4), (2022, 1), (2022, 4), (2023, 1), (2023, 4), (2024, 1), (2024, 2), (2024, 3), (2024, 4), (2025, 1), (2025, 4), (2026, 1),
         (2026, 4), (2027, 1)]
LATER = [(year, quarter) for year in range(2028, 2031) for quarter in range(1, 5)]  # the quarters of the further steps
FIELDS = {"29": "ASG", "30": "K", "31": "P"}  # field -> first letters of its areas
NIGHT = ["Nachtdienst", "VKS-Ist_Nacht", "Naechte", "Betten", "BT_intensiv_Q1-Q3_Vorjahr", "BT_vollstationaer_Q1-Q3_Vorjahr", "Naechte_erfuellt"]
CENT = Fraction(1, 100)


def decimals(number):
    """A number of hours with two decimals."""
    return f"{int(number * 100) // 100},{int(number * 100) % 100:02d}"


def make_areas(rnd, fassung, rec):
    """Codes of the field of this record; those whose minutes are not all known are rare, for one of them leaves the whole facility undecided."""
    known, rare = [], []
    for area in sorted(fassung.areas()):
        if area[0] in FIELDS[rec.facility]:
            minutes = fassung.minutes.get(area, ((),))[0]
            (rare if None in minutes or area in fassungen.REHABILITATION else known).append(area)
    return [a for a in known if rnd.random() < 0.6] + [a for a in rare if rnd.random() < 0.06]


def make_days(rnd, fassung, rec):
    """Days of the base year and now by area: often inside, often exactly on the border of 2.5 %, sometimes opened, closed or tiny."""
    calm = rnd.random() < 0.5
    for area in make_areas(rnd, fassung, rec):
        size = rnd.choice([3, 40, 400, 4000, 20000])
        before = rnd.randrange(size) if rnd.random() < 0.7 else size // 40 * 40
        edge = before // 40
        after = before + (rnd.choice([0, edge, -edge]) if calm else rnd.choice([edge + 1, -edge - 1, rnd.randrange(-before, before + 2)]))
        after = max(after, 0)
        if not calm and rnd.random() < 0.05:
            before = 0
        if rnd.random() < 0.99:  # otherwise the record is refused
            if area in fassungen.REHABILITATION or area in fassung.ended_areas:
                after = 0
            if area in fassungen.REHABILITATION and rec.base > 2019 or area in fassung.ended_areas and rec.base > fassung.days_until:
                before = 0
        rec.last[area], rec.now[area] = before, after
    if rec.year == 2021 and rnd.random() < 0.5:  # the year before is no base year here: not read
        rec.ignored = {area: rnd.randrange(500) for area in rec.last if area not in fassungen.REHABILITATION}


def make_hours(rnd, fassung, rec, readings):
    """Reported hours near and on the steps, with and without the credits; credits near and on the ceilings."""
    days = rec.now if rnd.random() < 0.7 else rec.last
    share = Fraction(fassung.step(rec.year, rec.quarter), 100)
    claims = 0.1 if rnd.random() < 0.5 else 0.4
    for p in fassung.professions:
        least = oracle.minimum(fassung, p, days, rec.duty, readings)[0]
        if least is None:
            least = Fraction(rnd.randrange(300))
        goal = least * rnd.choice([share, share, share, Fraction(1), Fraction(rnd.randrange(50, 140), 100)])
        goal = r(goal, 2) + rnd.choice([0, 0, -CENT, CENT])
        parts = []
        for kind in "567":
            part = Fraction(0)
            if rnd.random() < claims:
                ceiling = least * (fassung.caps.get(p) or 10) / 100
                part = r(rnd.choice([ceiling, ceiling + CENT, goal * rnd.randrange(1, 30) / 100]), 2)
            if part > 0:
                givers = [q for q in fassung.professions]
                giver = "" if kind == "6" else rnd.choice(givers + ["c"] * 3) if kind == "5" else rnd.choice([p, p, p, rnd.choice(givers)])
                rec.claims[kind][giver, p] += part
            parts.append(part)
        total = max(goal, sum(parts)) if rnd.random() < 0.6 else max(goal, Fraction(0)) + sum(parts)
        if rnd.random() < 0.004:
            parts[1] += total + 1  # refused: more credited than reported
        rec.reported[p] = (total, *parts)


def make_training(rnd, fassung, rec):
    """Hours of persons in training, mostly where they count; halves of the last decimal among them."""
    while rnd.random() < 0.15:
        kind = rnd.choice(oracle.TRAINING)
        p = rnd.choice(sorted(fassung.professions) if rnd.random() < 0.1 else ["b"] if kind[1] in "123" else ["c"])
        rec.trained[kind, p] += rnd.choice([Fraction(19, 200), Fraction(95, 10), Fraction(rnd.randrange(1, 99999), 100)])


def make_faults(rnd, fassung, rec):
    """Now and then something this text refuses: an area of another field or of another time, a profession it does not have or another one lacks."""
    what = rnd.random()
    if what < 0.01:
        rec.now[rnd.choice(sorted(a for a in fassung.areas() if a[0] not in FIELDS[rec.facility]))] += rnd.randrange(3)
    elif what < 0.02:
        rec.last[rnd.choice(["A3", "A4", "A5", "A8", "KJ5", "P3"])] += rnd.randrange(3)
    elif what < 0.03:
        rec.reported["e"] = (Fraction(100), *[Fraction(0)] * 3)
    elif what < 0.04:
        rec.reported.pop("e", None)


def make_night(rnd, rec):
    """A row of A5.4 at the borders of 0, 20, 35 % and of 90 % of the nights; sometimes without an entry or without night duty."""
    nights = days_in(rec.year, rec.quarter)
    kind = rnd.random()
    if kind < 0.1:
        return
    if kind < 0.2:
        rec.night = {"Nachtdienst": "nein"}
        return
    inpatient = rnd.choice([0, 99999, 10000, rnd.randrange(1, 30000)])
    share = rnd.choice([0, 4, 5, 20000, 20004, 20005, 20010, 35000, 35004, 35005, rnd.randrange(100000)])
    rec.night = {"Nachtdienst": "ja", "VKS-Ist_Nacht": "2000", "Naechte": str(nights), "Betten": str(rnd.randrange(120)),
                 "BT_intensiv_Q1-Q3_Vorjahr": str(inpatient * share // 100000), "BT_vollstationaer_Q1-Q3_Vorjahr": str(inpatient),
                 "Naechte_erfuellt": str(rnd.choice([81, 82, 83, rnd.randrange(nights + 1)]))}
    if rnd.random() < 0.1:
        del rec.night[rnd.choice(["Betten", "BT_intensiv_Q1-Q3_Vorjahr", "BT_vollstationaer_Q1-Q3_Vorjahr", "Naechte_erfuellt"])]


def make_exceptions(rnd, fassung, rec, readings):
    """Claims at the borders of 15 and 110 %, for whole quarters and parts, sometimes for another quarter."""
    year, quarter = rec.year, rec.quarter
    own = [p for p in PERIODS if period_shape(p, year, quarter)]
    minima = {p: oracle.minimum(fassung, p, rec.now, rec.duty, readings)[0] for p in fassung.professions}
    minima = {p: least or Fraction(0) for p, least in minima.items()}
    staff = sum(minima.values())
    for _ in range(rnd.choice([0, 0, 1, 2])):
        period = rnd.choice(own + ["Q1"])
        thirds, days = period_shape(period, year, quarter) or (1, Fraction(30))
        what = rnd.randrange(3)
        if what == 0:
            rec.sick[period] = int(staff * thirds / 3 * 15 / 100) + rnd.randrange(-1, 3) if staff > 50 else rnd.randrange(3)
        elif what == 1:
            last = rnd.choice([0, 3650, 3660, rnd.randrange(40000)])
            rec.committed[period] = max(0, int(last * days / 365 * 110 / 100) + rnd.randrange(-2, 3)), last
        else:
            rec.change.add(period)
    for p, least in minima.items():
        if rnd.random() < 0.8:
            part = r(least * rnd.choice([1, 2]) / 3, 0)
            rec.rest[p] = max(r(part * rnd.choice([90, 95, 100]) / 100, 2) + rnd.choice([0, 0, -CENT]), Fraction(0))
    if rnd.random() < 0.3:
        rec.day_clinic = True
        rec.later = [rnd.choice([None, True, False]) for _ in range(2)]
        rec.earlier = rnd.choice([[None, None], [rnd.choice([None, True, False]) for _ in range(2)]])


def make_arrivals(rnd, fassung, rec):
    """Rows of Eingang for the quarters of the year, near the deadline and near its 90th day; the proof of a quarter may be missing, then the day up to
    which arrivals are known may tell."""
    year, rows = rec.year, []
    due = proof_days(fassung, year, rec.quarter)[0]
    if rnd.random() < 0.3:
        rec.owed.append(f"{';'.join(rec.key[:4])};{day(due + datetime.timedelta(rnd.choice([-10, 0, 90, 91, rnd.randrange(300)])))}")
    for quarter in range(1, 5):
        due = proof_days(fassung, year, quarter)[0]
        came = due + datetime.timedelta(rnd.choice([-3, 0, 1, 89, 90, 91, 92, rnd.randrange(200)]))
        if rnd.random() < 0.95:
            rows.append(f"{';'.join(rec.key[:3])};{quarter};{came.strftime('%d.%m.%Y') if rnd.random() < 0.95 else ''};{rnd.randrange(60000)}")
    return rows


def records(rnd, count, readings, as_of, quarters=QUARTERS + TURNS):
    """`count` records as the hospitals would hand them in under the text in force for somebody with the knowledge of `as_of` (None: all)."""
    out = []
    for i in range(count):
        facility = rnd.choice(["29", "29", "30", "31"])
        year, quarter = rnd.choice(quarters)
        fassung = fassungen.in_force(year, quarter, as_of)
        rec = oracle.Record((f"99{i:07d}", str(770000 + i), str(year), str(quarter), facility))
        rec.duty = rnd.random() < 0.6
        rec.ignored, rec.arrivals, rec.owed = {}, [], []
        make_days(rnd, fassung, rec)
        make_hours(rnd, fassung, rec, readings)
        make_training(rnd, fassung, rec)
        if fassung.night:
            make_night(rnd, rec)
        make_exceptions(rnd, fassung, rec, readings)
        rec.arrivals = make_arrivals(rnd, fassung, rec)
        make_faults(rnd, fassung, rec)
        out.append(rec)
    return out


def verdict_cell(verdict):
    return {True: "ja", False: "nein", None: ""}[verdict]


def write(folder, population):
    """The tables of the Nachweis for these records."""
    tables = {"A1": ["Pflichtversorgung;BT_Unterbringung;BT_Pflichtaufnahme"], "A3.1": ["Bezugsjahr;Behandlungstage"],
              "A3.3": ["Bezugsjahr;Behandlungsbereich;Behandlungstage"], "A5.1": ["Berufsgruppe;VKS-Ist;Anrechnung_5;Anrechnung_6;Anrechnung_7"],
              "A5.3": ["Dienst;Tatbestand;Von;Auf;VKS;Erlaeuterung"], "A5.4": [";".join(NIGHT)], "A6.1": ["Zeitraum;Ausfallstunden"],
              "A6.2": ["Zeitraum;BT_aktuell;BT_Vorjahr_gesamt"], "A6.3": ["Zeitraum;Gruende"], "A6.4": ["NurTagesklinik;Erfuellt_Q-1;Erfuellt_Q-2"],
              "Folgequartale": ["Erfuellt_Q+1;Erfuellt_Q+2"], "A6.5.2": ["Berufsgruppe;VKS-Ist"],
              "A5.1-Ausbildung": ["Ausbildung;Berufsgruppe;VKS"]}
    arrivals, sites = ["IK;Standort;Jahr;Quartal;Eingangsdatum;Berechnungstage"], ["IK;Standort;Name;NurTagesklinik"]
    owed = ["IK;Standort;Jahr;Quartal;Stand"]
    for rec in population:
        key = ";".join(rec.key) + ";"
        tables["A1"].append(f"{key}{'ja' if rec.duty else 'nein'};0;0")
        for base, days in ((rec.base, rec.last), (rec.year, rec.now)):
            tables["A3.1"].append(f"{key}{base};{min(sum(days.values()), 99999)}")
            tables["A3.3"] += [f"{key}{base};{area};{n}" for area, n in days.items()]
        tables["A3.3"] += [f"{key}2020;{area};{n}" for area, n in rec.ignored.items()]
        tables["A5.1"] += [f"{key}{p};" + ";".join(decimals(v) for v in hours) for p, hours in rec.reported.items()]
        for kind, claims in rec.claims.items():
            tables["A5.3"] += [f"{key}T;{kind};{giver or 'Hilfskraft'};{taker};{decimals(n)};Anlage 4" for (giver, taker), n in claims.items()]
        tables["A5.1-Ausbildung"] += [f"{key}{kind};{p};{decimals(n)}" for (kind, p), n in rec.trained.items()]
        if rec.night:
            tables["A5.4"].append(key + ";".join(rec.night.get(c, "") for c in NIGHT))
        tables["A6.1"] += [f"{key}{p};{n}" for p, n in rec.sick.items()]
        tables["A6.2"] += [f"{key}{p};{now};{last}" for p, (now, last) in rec.committed.items()]
        tables["A6.3"] += [f"{key}{p};Umbau" for p in sorted(rec.change)]
        tables["A6.5.2"] += [f"{key}{p};{decimals(n)}" for p, n in rec.rest.items()]
        sites.append(f"{rec.key[0]};{rec.key[1]};Haus;{'ja' if rec.day_clinic and int(rec.key[1]) % 2 else 'nein'}")
        arrivals += rec.arrivals
        owed += rec.owed
        if rec.day_clinic and (rec.earlier != [None, None] or int(rec.key[1]) % 2 == 0):
            tables["A6.4"].append(f"{key}ja;" + ";".join(map(verdict_cell, rec.earlier)))
        if rec.day_clinic:
            tables["Folgequartale"].append(key + ";".join(map(verdict_cell, rec.later)))
    (folder / "Standorte.csv").write_text("\n".join(sites) + "\n", encoding="utf-8")
    (folder / "Standortliste.csv").write_text("\n".join(owed) + "\n", encoding="utf-8")
    (folder / "Eingang.csv").write_text("\n".join(arrivals) + "\n", encoding="utf-8")
    for name, (header, *rows) in tables.items():
        (folder / f"{name}.csv").write_text(f"{';'.join(oracle.KEYS)};{header}\n" + "".join(r + "\n" for r in rows), encoding="utf-8")
