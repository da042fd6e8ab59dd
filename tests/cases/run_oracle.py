#!/usr/bin/env python3
"""Engine against the independent reference (tests/support/oracle.py), byte by byte.

    run_oracle.py PPR-PROGRAM RULES --sample FOLDER         the tables of FOLDER, under the preset readings with blocks of 1, 3, 7, 1024, then under every
                                                            other variant of every reading
    run_oracle.py PPR-PROGRAM RULES --random RECORDS SEED   invented facility quarters of 2024 to 2030 under the text of 1 July 2024, readings at random
    run_oracle.py PPR-PROGRAM RULES --fassungen RECORDS SEED  of 2020 to 2027 under the text in force for somebody with the knowledge of each day of KNOWN, with
                                                            the preset readings and with readings at random

The seed, printed with every difference, names the failing run."""
import datetime
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import oracle  # noqa: E402
import population  # noqa: E402

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
    "fremde Fachkräfte": ["nur-eigene-Berufsgruppe", "auch-andere-Berufsgruppe"],
    "vorzuhaltendes Personal": ["volle-Mindestvorgabe", "Mindestvorgabe-der-Stufe"],
    "Vergleichswert des Vorjahres": ["ganze-Tage", "ungerundete-Tage"],
    "Ausnahmequote": ["Quote-genau", "Quote-angezeigt"],
    "Anteil des Kalendermonats": ["ein-Drittel-je-Monat", "nach-Kalendertagen"],
    "gravierende Veränderung": ["wie-angegeben", "nicht-berechenbar"],
    "Wiedereinhaltung": ["spätere-Quartale", "frühere-Quartale"],
    "Rundung des fehlenden Anteils": ["Anteil-ungerundet", "zwei-Nachkommastellen"],
    "Wegfall bei Ausnahme": ["kein-Wegfall", "Wegfall-trotz-Ausnahme"],
}
TEXT_OF_JULY = datetime.date(2024, 6, 1)  # the sample and --random follow the text in force from 1 July 2024; the next decision is of 20.06.2024
# One day between any two decisions, and the end of each: None is today.
KNOWN = [None, datetime.date(2025, 6, 17), datetime.date(2024, 6, 19), datetime.date(2024, 3, 20), datetime.date(2023, 10, 18), datetime.date(2022, 9, 14),
         datetime.date(2021, 9, 15), datetime.date(2020, 10, 14)]


def compare(program, rules, source, readings, options, scratch, as_of):
    """True when the engine's tables equal the reference's and the same records have no result."""
    refused = oracle.run(source, scratch / "oracle", readings, as_of)
    for kind, files in (("Nachweis", oracle.results(as_of)), ("Standort", oracle.SITE_RESULTS)):
        command = [program, "run", rules, str(source), "-o", str(scratch / kind), "--record", kind, "--quiet", *options]
        if as_of:
            command += ["--as-of", str(as_of)]
        for name, variant in readings.items():
            if variant != oracle.READINGS[name]:
                command += ["--reading", f"{name}={variant}"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        if done.returncode != (3 if refused else 0) and (kind == "Nachweis" or done.returncode not in (0, 3)):
            print(f"{' '.join(command)}\nended with {done.returncode}\n{done.stderr}")
            return False
        if oracle.compare(scratch / kind, scratch / "oracle", files):
            print("first line: engine, second line: reference;", " ".join(command[4:]))
            return False
    return True


def sample(program, rules, folder, scratch):
    good = True
    for lanes in ("1", "3", "7", "1024"):
        good = compare(program, rules, folder, oracle.READINGS, ["--batch", lanes], scratch, TEXT_OF_JULY) and good
    for name, variants in VARIANTS.items():
        for variant in variants:
            if variant != oracle.READINGS[name]:
                good = compare(program, rules, folder, {**oracle.READINGS, name: variant}, [], scratch, TEXT_OF_JULY) and good
    return good


def draw(rnd, as_of):
    """Readings at random, of those this knowledge has."""
    return {k: rnd.choice([oracle.READINGS[k], rnd.choice(v)]) if oracle.has_reading(k, as_of) else oracle.READINGS[k] for k, v in VARIANTS.items()}


def invented(program, rules, runs, count, seed, scratch):
    """Runs of (day of knowledge, quarters, preset readings?); stops at the first difference."""
    rnd = random.Random(seed)
    for as_of, quarters, preset in runs:
        readings = dict(oracle.READINGS) if preset else draw(rnd, as_of)
        population.write(scratch, population.records(rnd, count, readings, as_of, quarters))
        if not compare(program, rules, scratch, readings, ["--batch", str(rnd.choice([1, 5, 64, 1024]))], scratch, as_of):
            print(f"seed {seed}")
            return False
    print(f"{len(runs)} populations of {count} records, seed {seed}")
    return True


def main():
    program, rules, how, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        image = scratch / "rules.image"
        subprocess.run([program, "compile", rules, "-o", image], check=True, capture_output=True)
        if how == "--sample":
            return 0 if sample(program, str(image), pathlib.Path(rest[0]), scratch) else 1
        count, seed = int(rest[0]), int(rest[1])
        if how == "--random":
            quarters = [q for q in population.QUARTERS if q >= (2024, 1)] + population.LATER
            runs = [(TEXT_OF_JULY, quarters, False)] * 4
        else:
            runs = [(as_of, population.QUARTERS + population.TURNS, preset) for as_of in KNOWN for preset in (True, False)]
        return 0 if invented(program, str(image), runs, count, seed, scratch) else 1


if __name__ == "__main__":
    sys.exit(main())
