#!/usr/bin/env python3
"""Engine against the independent reference (tests/support/oracle.py), byte by byte: run_oracle.py PPR-PROGRAM RULES --sample FOLDER | --random RECORDS SEED

--sample: the tables of FOLDER, under the preset readings with blocks of 1, 3, 7, 1024, then under every other variant of every reading.
--random: invented facility quarters of 2024 to 2029, rich in border cases, under readings drawn at random. The seed names the failing run."""
import datetime
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import oracle  # noqa: E402

VARIANTS = {
    "Zwischenwerte": ["Wochen-und-Minuten", "Minutensumme", "Stunden-je-Bereich", "ganze-Minuten", "ungerundete-Wochen", "ungerundet"],
    "Korridorumfang": ["irgendein-Bereich", "Gesamtzahl"],
    "Korridorfolge": ["ganze-Einrichtung", "betroffene-Bereiche"],
    "Bereich ohne Vorjahrestage": ["löst-aus", "löst-nicht-aus"],
    "Korridor stationsäquivalent": ["außer-Betracht", "einbezogen"],
    "Schwellenvergleich": ["exakt", "angezeigt"],
    "Mittelwert": ["exakt-gewichtet", "aus-angezeigten"],
    "Mindestvorgabe null": ["ohne-Umsetzungsgrad", "gilt-als-erfüllt"],
    "Höchstgrenze Psychosomatik": ["keine-Höchstgrenze", "wie-Psychiatrie"],
    "Stunden des Gebers": ["bereits-abgezogen", "noch-enthalten"],
    "Einstufung des Intensivanteils": ["Anteil-gerundet", "Anteil-genau"],
    "Zwischenwerte im Nachtdienst": ["schrittweise", "nur-Ergebnis"],
    "vorzuhaltendes Personal": ["volle-Mindestvorgabe", "Mindestvorgabe-der-Stufe"],
    "Vergleichswert des Vorjahres": ["ganze-Tage", "ungerundete-Tage"],
    "Ausnahmequote": ["Quote-genau", "Quote-angezeigt"],
    "Anteil des Kalendermonats": ["ein-Drittel-je-Monat", "nach-Kalendertagen"],
    "gravierende Veränderung": ["wie-angegeben", "nicht-berechenbar"],
    "Wiedereinhaltung": ["spätere-Quartale", "frühere-Quartale"],
    "Rundung des fehlenden Anteils": ["Anteil-ungerundet", "zwei-Nachkommastellen"],
    "Wegfall bei Ausnahme": ["kein-Wegfall", "Wegfall-trotz-Ausnahme"],
}
NIGHT = ["Nachtdienst", "VKS-Ist_Nacht", "Naechte", "Betten", "BT_intensiv_Q1-Q3_Vorjahr", "BT_vollstationaer_Q1-Q3_Vorjahr", "Naechte_erfuellt"]
KNOWN = "2024-06-01"  # the reference follows the text in force from 1 July 2024, also after 2024; the next decision is of 20.06.2024
AREAS = {"29": [a for a in oracle.MINUTES if a[0] in "ASG"] + ["A9", "S9", "G9"], "30": [a for a in oracle.MINUTES if a[0] == "K"] + ["KJ9"],
         "31": [a for a in oracle.MINUTES if a[0] == "P"]}


def compare(program, rules, source, readings, options, scratch):
    """True when the engine's tables equal the reference's."""
    oracle.run(source, scratch / "oracle", readings)
    for kind, names in (("Nachweis", oracle.RESULTS), ("Standort", oracle.SITE_RESULTS)):
        command = [program, "run", rules, str(source), "-o", str(scratch / kind), "--record", kind, "--quiet", "--as-of", KNOWN, *options]
        for name, variant in readings.items():
            if variant != oracle.READINGS[name]:
                command += ["--reading", f"{name}={variant}"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        if done.returncode not in (0, 3):
            print(f"{' '.join(command)}\nended with {done.returncode}\n{done.stderr}")
            return False
        if oracle.compare(scratch / kind, scratch / "oracle", names):
            print("first line: engine, second line: reference;", " ".join(command[4:]))
            return False
    return True


def hours(number):
    """A number of hours with two decimals."""
    return f"{int(number * 100) // 100},{int(number * 100) % 100:02d}"


def make_days(rnd, areas):
    """Days of last year and now by area: often inside, often exactly on the border of 2.5 %, sometimes opened, closed or tiny."""
    last, now = {}, {}
    calm = rnd.random() < 0.5
    for area in areas:
        if rnd.random() < 0.4:
            continue
        size = rnd.choice([3, 40, 400, 4000, 20000])
        before = rnd.randrange(size) if rnd.random() < 0.7 else size // 40 * 40
        edge = before // 40
        after = before + (rnd.choice([0, edge, -edge]) if calm else rnd.choice([edge + 1, -edge - 1, rnd.randrange(-before, before + 2)]))
        last[area], now[area] = before, max(after, 0)
        if not calm and rnd.random() < 0.05:
            last[area] = 0
    return last, now


def make_hours(rnd, record, readings):
    """Reported hours near and on the thresholds; credits near and on the ceilings."""
    days = record.now if rnd.random() < 0.7 else record.last
    _, share = oracle.step(int(record.key[2]), int(record.key[3]))
    for p in oracle.PROFESSIONS:
        least = oracle.minimum(p, days, record.duty, readings)
        total = least * rnd.choice([share, share, oracle.Fraction(1), oracle.Fraction(rnd.randrange(50, 140), 100)])
        total = max(oracle.r(total, 2) + rnd.choice([0, 0, oracle.Fraction(-1, 100), oracle.Fraction(1, 100)]), oracle.Fraction(0))
        parts, room = [], total
        for kind in "567":
            part = oracle.Fraction(0)
            if rnd.random() < 0.4 and room > 0:
                ceiling = least * oracle.CAP.get(p, 0) / 100
                part = rnd.choice([ceiling, ceiling + oracle.Fraction(1, 100), oracle.r(room * rnd.randrange(1, 30) / 100, 2)])
                part = min(oracle.r(part, 2), room)
            if part > 0:
                giver = "" if kind == "6" else rnd.choice(oracle.PROFESSIONS) if kind == "5" else rnd.choice([p, p, p, rnd.choice(oracle.PROFESSIONS)])
                record.claims[kind][giver, p] += part
            parts.append(part)
            room -= part
        if rnd.random() < 0.004:
            parts[1] += total + 1  # refused: more credited than reported
        record.reported[p] = (total, *parts)


def make_night(rnd, rec):
    """A row of A5.4 at the borders of 0, 20, 35 % and of 90 % of the nights; sometimes without an entry or without night duty."""
    quarter = int(rec.key[3])
    nights = oracle.days_in(int(rec.key[2]), quarter)
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


def make_exceptions(rnd, rec, readings):
    """Claims at the borders of 15 and 110 %, for whole quarters and parts, sometimes for another quarter."""
    year, quarter = int(rec.key[2]), int(rec.key[3])
    own = [p for p in oracle.PERIODS if oracle.period_shape(p, year, quarter)]
    staff = sum(oracle.minimum(p, rec.now, rec.duty, readings) for p in oracle.PROFESSIONS)
    for _ in range(rnd.choice([0, 0, 1, 2])):
        period = rnd.choice(own + ["Q1"])
        thirds, days = oracle.period_shape(period, year, quarter) or (1, oracle.Fraction(30))
        what = rnd.randrange(3)
        if what == 0:
            rec.sick[period] = int(staff * thirds / 3 * 15 / 100) + rnd.randrange(-1, 3) if staff > 50 else rnd.randrange(3)
        elif what == 1:
            last = rnd.choice([0, 3650, 3660, rnd.randrange(40000)])
            rec.committed[period] = max(0, int(last * days / 365 * 110 / 100) + rnd.randrange(-2, 3)), last
        else:
            rec.change.add(period)
    for p in oracle.PROFESSIONS:
        if rnd.random() < 0.8:
            part = oracle.r(oracle.minimum(p, rec.now, rec.duty, readings) * rnd.choice([1, 2]) / 3, 0)
            rec.rest[p] = max(oracle.r(part * rnd.choice([90, 95, 100]) / 100, 2) + rnd.choice([0, 0, oracle.Fraction(-1, 100)]), oracle.Fraction(0))
    if rnd.random() < 0.3:
        rec.day_clinic = True
        rec.later = [rnd.choice([None, True, False]) for _ in range(2)]
        rec.earlier = rnd.choice([[None, None], [rnd.choice([None, True, False]) for _ in range(2)]])


def make_arrivals(rnd, rec):
    """Rows of Eingang for the quarters of the year, near the deadline and near its 90th day; the proof of a quarter may be missing."""
    year, rows = int(rec.key[2]), []
    for quarter in range(1, 5):
        due = datetime.date(year + quarter // 4, 3 * quarter % 12 + 2, 15) if year <= 2024 else datetime.date(year + 1, 2, 15)
        came = due + datetime.timedelta(rnd.choice([-3, 0, 1, 89, 90, 91, 92, rnd.randrange(200)]))
        if rnd.random() < 0.95:
            rows.append(f"{';'.join(rec.key[:3])};{quarter};{came.strftime('%d.%m.%Y') if rnd.random() < 0.95 else ''};{rnd.randrange(60000)}")
    return rows


def cell(verdict):
    return {True: "ja", False: "nein", None: ""}[verdict]


def write(folder, records):
    tables = {"A1": ["Pflichtversorgung;BT_Unterbringung;BT_Pflichtaufnahme"], "A3.1": ["Bezugsjahr;Behandlungstage"],
              "A3.3": ["Bezugsjahr;Behandlungsbereich;Behandlungstage"], "A5.1": ["Berufsgruppe;VKS-Ist;Anrechnung_5;Anrechnung_6;Anrechnung_7"],
              "A5.3": ["Dienst;Tatbestand;Von;Auf;VKS;Erlaeuterung"], "A5.4": [";".join(NIGHT)], "A6.1": ["Zeitraum;Ausfallstunden"],
              "A6.2": ["Zeitraum;BT_aktuell;BT_Vorjahr_gesamt"], "A6.3": ["Zeitraum;Gruende"], "A6.4": ["NurTagesklinik;Erfuellt_Q-1;Erfuellt_Q-2"],
              "Folgequartale": ["Erfuellt_Q+1;Erfuellt_Q+2"], "A6.5.2": ["Berufsgruppe;VKS-Ist"]}
    arrivals, sites = ["IK;Standort;Jahr;Quartal;Eingangsdatum;Berechnungstage"], ["IK;Standort;Name;NurTagesklinik"]
    for rec in records:
        key, year = ";".join(rec.key) + ";", int(rec.key[2])
        tables["A1"].append(f"{key}{'ja' if rec.duty else 'nein'};0;0")
        for base, days in ((year - 1, rec.last), (year, rec.now)):
            tables["A3.1"].append(f"{key}{base};{min(sum(days.values()), 99999)}")
            tables["A3.3"] += [f"{key}{base};{area};{n}" for area, n in days.items()]
        tables["A5.1"] += [f"{key}{p};" + ";".join(hours(v) for v in rec.reported[p]) for p in oracle.PROFESSIONS]
        for kind, claims in rec.claims.items():
            tables["A5.3"] += [f"{key}T;{kind};{giver or 'Hilfskraft'};{taker};{hours(n)};Anlage 4" for (giver, taker), n in claims.items()]
        if rec.night:
            tables["A5.4"].append(key + ";".join(rec.night.get(c, "") for c in NIGHT))
        tables["A6.1"] += [f"{key}{p};{n}" for p, n in rec.sick.items()]
        tables["A6.2"] += [f"{key}{p};{now};{last}" for p, (now, last) in rec.committed.items()]
        tables["A6.3"] += [f"{key}{p};Umbau" for p in sorted(rec.change)]
        tables["A6.5.2"] += [f"{key}{p};{hours(n)}" for p, n in rec.rest.items()]
        sites.append(f"{rec.key[0]};{rec.key[1]};Haus;{'ja' if rec.day_clinic and int(rec.key[1]) % 2 else 'nein'}")
        arrivals += rec.arrivals
        if rec.day_clinic and (rec.earlier != [None, None] or int(rec.key[1]) % 2 == 0):
            tables["A6.4"].append(f"{key}ja;" + ";".join(map(cell, rec.earlier)))
        if rec.day_clinic:
            tables["Folgequartale"].append(key + ";".join(map(cell, rec.later)))
    (folder / "Standorte.csv").write_text("\n".join(sites) + "\n", encoding="utf-8")
    (folder / "Eingang.csv").write_text("\n".join(arrivals) + "\n", encoding="utf-8")
    for name, (header, *rows) in tables.items():
        (folder / f"{name}.csv").write_text(f"{';'.join(oracle.KEYS)};{header}\n" + "".join(r + "\n" for r in rows), encoding="utf-8")


def random_records(rnd, count, readings):
    records = []
    for i in range(count):
        facility = rnd.choice(["29", "29", "30", "31"])
        year, quarter = rnd.choice([(2024, rnd.randrange(1, 5)), (rnd.randrange(2025, 2031), rnd.randrange(1, 5))])
        rec = oracle.Record((f"99{i:07d}", str(770000 + i), str(year), str(quarter), facility))
        rec.duty = rnd.random() < 0.6
        last, now = make_days(rnd, AREAS[facility])
        rec.last.update(last)
        rec.now.update(now)
        make_hours(rnd, rec, readings)
        make_night(rnd, rec)
        make_exceptions(rnd, rec, readings)
        rec.arrivals = make_arrivals(rnd, rec)
        records.append(rec)
    return records


def sample(program, rules, folder, scratch):
    good = True
    for lanes in ("1", "3", "7", "1024"):
        good = compare(program, rules, folder, oracle.READINGS, ["--batch", lanes], scratch) and good
    for name, variants in VARIANTS.items():
        for variant in variants:
            if variant != oracle.READINGS[name]:
                good = compare(program, rules, folder, {**oracle.READINGS, name: variant}, [], scratch) and good
    return good


def main():
    program, rules, how, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        if how == "--sample":
            return 0 if sample(program, rules, pathlib.Path(rest[0]), scratch) else 1
        count, seed = int(rest[0]), int(rest[1])
        rnd = random.Random(seed)
        for _ in range(4):
            readings = {k: rnd.choice([oracle.READINGS[k], rnd.choice(v)]) for k, v in VARIANTS.items()}
            write(scratch, random_records(rnd, count, readings))
            if not compare(program, rules, scratch, readings, ["--batch", str(rnd.choice([1, 5, 64, 1024]))], scratch):
                print(f"seed {seed}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
