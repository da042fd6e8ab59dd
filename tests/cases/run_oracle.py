#!/usr/bin/env python3
"""Engine against the independent reference (tests/support/oracle.py), byte by byte: run_oracle.py PPR-PROGRAM RULES --sample FOLDER | --random RECORDS SEED

--sample: the tables of FOLDER, under the preset readings with blocks of 1, 3, 7, 1024, then under every other variant of every reading.
--random: invented facility quarters of 2024 to 2029, rich in border cases, under readings drawn at random. The seed names the failing run."""
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
}
AREAS = {"29": [a for a in oracle.MINUTES if a[0] in "ASG"] + ["A9", "S9", "G9"], "30": [a for a in oracle.MINUTES if a[0] == "K"] + ["KJ9"],
         "31": [a for a in oracle.MINUTES if a[0] == "P"]}


def compare(program, rules, source, readings, options, scratch):
    """True when the engine's three tables equal the reference's."""
    command = [program, "run", rules, str(source), "-o", str(scratch / "engine"), "--quiet", *options]
    for name, variant in readings.items():
        if variant != oracle.READINGS[name]:
            command += ["--reading", f"{name}={variant}"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 3):
        print(f"{' '.join(command)}\nended with {done.returncode}\n{done.stderr}")
        return False
    oracle.run(source, scratch / "oracle", readings)
    if oracle.compare(scratch / "engine", scratch / "oracle"):
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


def write(folder, records):
    tables = {"A1": ["Pflichtversorgung;BT_Unterbringung;BT_Pflichtaufnahme"], "A3.1": ["Bezugsjahr;Behandlungstage"],
              "A3.3": ["Bezugsjahr;Behandlungsbereich;Behandlungstage"], "A5.1": ["Berufsgruppe;VKS-Ist;Anrechnung_5;Anrechnung_6;Anrechnung_7"],
              "A5.3": ["Dienst;Tatbestand;Von;Auf;VKS;Erlaeuterung"]}
    for rec in records:
        key, year = ";".join(rec.key) + ";", int(rec.key[2])
        tables["A1"].append(f"{key}{'ja' if rec.duty else 'nein'};0;0")
        for base, days in ((year - 1, rec.last), (year, rec.now)):
            tables["A3.1"].append(f"{key}{base};{min(sum(days.values()), 99999)}")
            tables["A3.3"] += [f"{key}{base};{area};{n}" for area, n in days.items()]
        tables["A5.1"] += [f"{key}{p};" + ";".join(hours(v) for v in rec.reported[p]) for p in oracle.PROFESSIONS]
        for kind, claims in rec.claims.items():
            tables["A5.3"] += [f"{key}T;{kind};{giver or 'Hilfskraft'};{taker};{hours(n)};Anlage 4" for (giver, taker), n in claims.items()]
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
