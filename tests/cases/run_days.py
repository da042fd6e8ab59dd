#!/usr/bin/env python3
"""Treatment days against a second computation: run_days.py PPR-PROGRAM RULES COUNT SEED

Invents COUNT stays and COUNT census records (2024) that no check refuses, under every choice of the readings concerned, and compares A3.1 and A3.3 with what is
counted here day by day (stays: § 6 Abs. 3, Anlage 2) or with fractions (census days: Anlage 3 Tab. A3.3 Hinweis)."""
import datetime
import itertools
import pathlib
import random
import subprocess
import sys
import tempfile
from collections import Counter
from fractions import Fraction

KEY = "IK;Standort;Jahr;Quartal;Einrichtung;Bezugsjahr"
DAY = datetime.timedelta(1)
READINGS = {"Altersgrenze Gerontopsychiatrie": ("mit-65", "erst-mit-66"), "Altersgrenze Kinderpsychiatrie": ("bis-13", "bis-12"),
            "Abhängigkeit im Alter": ("zu-Abhängigkeit", "zu-Gerontopsychiatrie"), "Abwesenheitstage": ("ganze-Zeit", "nur-Beginn")}
CENSUS_READINGS = {"mittlerer Anteil": ("Mittel-der-Stichtage", "Anteil-der-Summe"), "Rundung des Anteils": ("Anteil-unverändert", "Anteil-in-Hundertsteln")}
ADULT = {"9-607": "1", "9-617": "2", "9-618": "2", "9-619": "2", "9-61a": "2", "9-61b": "2", "9-626": "K", "9-634": "K"}
YOUNG = {"9-656": "regular", "9-672": "intensive", "9-686": "family"}
AREAS = {29: "A1 A2 A6 A7 A8 A9 S1 S2 S6 S9 G1 G2 G6 G9".split(), 30: "KJ1 KJ2 KJ3 KJ6 KJ7 KJ9".split(), 31: "P1 P2 P3 P4".split()}


def quarter(year, number):
    first = datetime.date(year, 3 * number - 2, 1)
    last = datetime.date(year + number // 4, number % 4 * 3 + 1, 1) - DAY
    return first, [first + i * DAY for i in range((last - first).days + 1)]


def shown(day):
    return day.strftime("%d.%m.%Y") if day else ""


def half_up(x):
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)


def area(facility, form, code, age, addiction, read):
    """Anlage 2 (from 2024), column 2; None where no area fits."""
    if facility == 31:
        kind = ADULT.get(code)
        return None if form == 3 or not kind else {1: "P2" if kind == "K" else "P1", 2: "P4" if kind == "K" else "P3"}[form]
    if facility == 30:
        if form > 1:
            return "KJ7" if form == 2 else "KJ9"
        child = age < (14 if read["Altersgrenze Kinderpsychiatrie"] == "bis-13" else 13)
        return {None: None, "family": "KJ6", "regular": "KJ1" if child else "KJ2", "intensive": "KJ1" if child else "KJ3"}[YOUNG.get(code)]
    old = age > (64 if read["Altersgrenze Gerontopsychiatrie"] == "mit-65" else 65)
    letter = "G" if old else "A"
    if addiction and not (old and read["Abhängigkeit im Alter"] == "zu-Gerontopsychiatrie"):
        letter = "S"
    if form == 3:
        return letter + "9"
    kind = ADULT.get(code)
    if kind == "K":
        return "A7" if form == 1 else "A8"
    return letter + "6" if form == 2 else letter + kind if kind else None


class Stay:
    def __init__(self, rng, number):
        self.facility, self.year, self.quarter = rng.choice((29, 29, 30, 31)), rng.choice((2023, 2024)), rng.randint(1, 4)
        self.key = f"99009{rng.randint(1, 9)}000;770001;2024;{self.quarter};{self.facility};{self.year}"
        self.name, self.form = f"F{number}", rng.choice((1, 1, 1, 2, 3))
        self.age, self.addiction = rng.choice((12, 13, 14, 40, 64, 65, 66, 80)), rng.random() < 0.4
        first, self.days = quarter(self.year, self.quarter)
        self.admission = first + rng.randint(-40, len(self.days) + 3) * DAY
        self.end = None if rng.random() < 0.2 else self.admission + rng.choice((0, 0, 1, 2, rng.randint(0, 140))) * DAY
        span = [self.admission + i * DAY for i in range(((self.end or self.days[-1]) - self.admission).days + 1)] or [self.admission]
        known = list(YOUNG if self.facility == 30 else ADULT)
        self.codes = [(day, rng.choice(known)) for day in sorted(rng.sample(span, min(len(span), rng.randint(0, 5))))]
        if self.codes and rng.random() < 0.8:
            self.codes[0] = (self.admission, self.codes[0][1])
        self.away, cuts = [], sorted(rng.choices(span, k=2 * rng.randint(0, 4)))
        for begin, back in zip(cuts[::2], cuts[1::2]):
            if not self.away or begin >= self.away[-1][1]:
                self.away.append((begin, back))
        if self.away and rng.random() < 0.2:
            self.away[-1] = (self.away[-1][0], None)

    def here(self, day, read):
        if day < self.admission:
            return False
        if self.end and not (day < self.end or day == self.end and (self.form == 2 or self.end == self.admission)):
            return False
        only_first = read["Abwesenheitstage"] == "nur-Beginn"
        return not any(begin <= day and (back is None or day < back) and (day == begin or not only_first) for begin, back in self.away)

    def give(self, rng, read):
        """Contact days and days present, as far as the days of this reading allow."""
        here = [day for day in self.days if self.here(day, read)]
        periods = {max((d for d, _ in self.codes if d <= day), default=None) for day in self.days if day >= self.admission and
                   (self.end is None or day < self.end or day == self.end and (self.form == 2 or self.end == self.admission))}
        self.contact = rng.randint(0, len(here)) if self.form == 3 else None
        self.present = rng.randint(0, len(here)) if self.form == 2 and len(periods) == 1 and rng.random() < 0.7 else None
        self.counted = Counter()
        for day in here:
            code = max(((d, c) for d, c in self.codes if d <= day), default=(None, None))[1]
            self.counted[area(self.facility, self.form, code, self.age, self.addiction, read)] += 1
        if self.form == 3 or self.present is not None:
            code = max(((d, c) for d, c in self.codes if d in periods), default=(None, None))[1]
            self.counted = Counter({area(self.facility, self.form, code, self.age, self.addiction, read): self.contact if self.form == 3 else self.present})


def write(folder, table, head, rows):
    (folder / f"{table}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def stays(folder, rng, count, read):
    made = [Stay(rng, number) for number in range(count)]
    total, split = Counter(), Counter()
    for stay in made:
        stay.give(rng, read)
        total[stay.key] += sum(stay.counted.values())
        for name, days in stay.counted.items():
            if name and days:
                split[f"{stay.key};{name}"] += days
    write(folder, "Aufenthalte", KEY + ";Fall;Behandlungsform;Aufnahme;Ende;Alter;Hauptdiagnose_F10-F19;Kontakttage;Anwesenheitstage",
          [f"{s.key};{s.name};{s.form};{shown(s.admission)};{shown(s.end)};{s.age};{'ja' if s.addiction else 'nein'};"
           f"{'' if s.contact is None else s.contact};{'' if s.present is None else s.present}" for s in made])
    write(folder, "Behandlungsarten", KEY + ";Fall;Abschnitt;OPS;OPS-Datum;Anwesenheitstage",
          [f"{s.key};{s.name};{number};{code};{shown(day)};" for s in made for number, (day, code) in zip(rng.sample(range(1, 21), len(s.codes)), s.codes)])
    write(folder, "Abwesenheiten", KEY + ";Fall;Nr;Beginn;Rueckkehr",
          [f"{s.key};{s.name};{i};{shown(begin)};{shown(back)}" for s in made for i, (begin, back) in enumerate(s.away, 1)])
    return {"A3.1": total, "A3.3": split}


def census(folder, rng, count, read):
    days, rows, split = [], [], Counter()
    for number in range(count):
        facility, year = rng.choice((29, 30, 31)), rng.choice((2023, 2024))
        key = f"990091000;{number};2024;1;{facility};{year}"
        total, dates = rng.randint(0, 99999), rng.sample([d for d in quarter(year, 1)[1] if d.isocalendar()[2] == 3 and d.isocalendar()[1] % 2], rng.randint(1, 6))
        names = rng.sample(AREAS[facility], rng.randint(1, len(AREAS[facility])))
        counts = [{name: rng.choice((0, 1, rng.randint(0, 300))) for name in names} for _ in dates]
        counts[0][names[0]] += 1
        days.append(f"{key};{total}")
        rows += [f"{key};{i};{shown(d)};{name};{n};" for i, (d, c) in enumerate(zip(dates, counts), 1) for name, n in c.items()]
        filled = [c for c in counts if sum(c.values())]
        for name in names:
            if read["mittlerer Anteil"] == "Anteil-der-Summe":
                share = Fraction(sum(c[name] for c in filled), sum(sum(c.values()) for c in filled))
            else:
                share = sum(Fraction(c[name], sum(c.values())) for c in filled) / len(filled)
            if read["Rundung des Anteils"] == "Anteil-in-Hundertsteln":
                share = Fraction(half_up(share * 10000), 10000)
            if half_up(share * total):
                split[f"{key};{name}"] = half_up(share * total)
    write(folder, "A3.1", KEY + ";Behandlungstage", days)
    write(folder, "A3.2", KEY + ";Erhebung;Stichtag;Behandlungsbereich;Anzahl;verschoben", rows)
    return {"A3.3": split}


def main():
    program, rules, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with tempfile.TemporaryDirectory() as kept:
        image = str(pathlib.Path(kept) / "rules.image")  # compiled once, for all the runs
        subprocess.run([program, "compile", rules, "-o", image], check=True, stdout=subprocess.DEVNULL)
        return compare(program, image, count, seed)


def compare(program, rules, count, seed):
    problems, compared = 0, 0
    for kind, make, readings in (("Aufenthalt", stays, READINGS), ("Stichtagserhebung", census, CENSUS_READINGS)):
        for choice in itertools.product(*readings.values()):
            read, rng = dict(zip(readings, choice)), random.Random(f"{seed} {kind} {choice}")
            with tempfile.TemporaryDirectory() as scratch:
                folder, out = pathlib.Path(scratch) / "in", pathlib.Path(scratch) / "out"
                folder.mkdir()
                expected = make(folder, rng, count, read)
                options = [part for name, value in read.items() for part in ("--reading", f"{name}={value}")]
                done = subprocess.run([program, "run", rules, str(folder), "-o", str(out), "--record", kind, "--quiet", *options], capture_output=True, text=True,
                                      encoding="utf-8", check=False)
                if done.returncode:
                    problems += 1
                    print(f"{kind} {choice}: ended with {done.returncode}\n{done.stderr[:2000]}")
                    continue
                for table, rows in expected.items():
                    got = dict(line.rsplit(";", 1) for line in (out / f"{table}.csv").read_text(encoding="utf-8").splitlines()[1:])
                    want = {key: str(days) for key, days in rows.items()}
                    compared += len(want)
                    for key in sorted(got.keys() | want.keys()):
                        if got.get(key) != want.get(key):
                            problems += 1
                            print(f"{kind} {choice}: {table} {key}: is {got.get(key)}, expected {want.get(key)}")
    print(f"seed {seed}: {compared} sums compared, {problems} problems")
    return 1 if problems or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
