#!/usr/bin/env python3
"""Conformance cases as data: run_cases.py PPR-PROGRAM RULES|IMAGE CASE-FOLDER …

A case is a folder with the tables of Nachweise, the expected results below `erwartet/` and, if it needs them, the chosen readings in `lesarten`
(lines NAME=VARIANTE), the day of knowledge in `stand` and the kind of record in `satzart` (without it the first). `erwartet/Befunde.csv` lists key and
code of the lines in Fehler.csv, with a column `Feld` the name of the field or check too. A folder without `erwartet/` stands for the cases below it.
`vorlauf` names kinds of record that run first, in this order; their result files join the tables of the case, as input of the next run.
Each case runs with blocks of the size the program chooses and of 1, 3, 7 and 1024 records, with the rows of every table but the leading one
shuffled, and with all rows shuffled (here the records may come in another order). Results are compared byte by byte."""
import pathlib
import random
import subprocess
import sys
import tempfile

# kind of record -> number of keys, leading input table, table with a row of every evaluated record (without one a code that is no hint says which are
# refused), other tables of every case; more may stand in `erwartet/`
KINDS = {
    "Nachweis": (5, "A1", "A5.2", ("A5.1", "Anrechnung")),
    "Standort": (4, "A1", "Fristen", ("Abschlag",)),
    "Stichtagserhebung": (6, "A3.1", None, ("A3.3",)),
    "Aufenthalt": (7, "Aufenthalte", None, ("A3.1", "A3.3")),
}
HINTS = {"PPR5300", "PPR5302"}


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def find_cases(folder):
    if (folder / "erwartet").is_dir():
        return [folder]
    return sorted(p.parent for p in folder.rglob("erwartet"))


def findings(path, keys, columns):
    """Key and these columns of every line, each once."""
    head, *rows = lines(path)
    at = [head.split(";").index(column) for column in columns]
    return sorted({tuple(row.split(";")[:keys] + [row.split(";")[i] for i in at]) for row in rows})


def shuffled(case, target, leading, also_records):
    for table in sorted(case.glob("*.csv")):
        head, *rows = lines(table)
        if also_records or table.stem != leading:
            random.Random(table.stem).shuffle(rows)
        (target / table.name).write_text("\n".join([head] + rows) + "\n", encoding="utf-8")
    return target


class Run:
    def __init__(self, program, rules, case, scratch):
        self.program, self.rules, self.case, self.scratch = program, rules, case, scratch
        self.readings = [r for r in lines(case / "lesarten") if r] if (case / "lesarten").exists() else []
        self.kind = lines(case / "satzart")[0] if (case / "satzart").exists() else "Nachweis"
        self.known = ["--as-of", lines(case / "stand")[0]] if (case / "stand").exists() else []
        self.before = lines(case / "vorlauf") if (case / "vorlauf").exists() else []
        self.keys, self.leading, self.main, self.tables = KINDS[self.kind]
        self.problems = []

    def complain(self, how, text):
        self.problems.append(f"{self.case.name} ({how}): {text}")

    def same(self, how, name, got, expected):
        if got == expected:
            return
        i = next((i for i, (a, b) in enumerate(zip(got, expected)) if a != b), min(len(got), len(expected)))
        show = [x[i] if i < len(x) else "(end)" for x in (got, expected)]
        self.complain(how, f"{name} line {i + 1}\n  is       {show[0]}\n  expected {show[1]}")

    def start(self, kind, source, out, options):
        command = [self.program, "run", self.rules, str(source), "-o", str(out), "--record", kind, "--quiet", *self.known, *options]
        for reading in self.readings:
            command += ["--reading", reading]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    def prepare(self, how, source, options):
        """The tables of the case with the results of the kinds that run first."""
        for kind in self.before:
            joined, out = (pathlib.Path(tempfile.mkdtemp(dir=self.scratch)) for _ in range(2))
            done = self.start(kind, source, out, options)
            if done.returncode:
                self.complain(how, f"{kind} ended with {done.returncode}\n{done.stderr}{done.stdout}")
            for table in [*source.glob("*.csv"), *(p for p in out.glob("*.csv") if p.stem != "Fehler")]:
                (joined / table.name).write_bytes(table.read_bytes())
            source = joined
        return source

    def run(self, how, source, options, in_order=True):
        out = self.scratch / "out"
        done = self.start(self.kind, self.prepare(how, source, options), out, options)
        expected = self.case / "erwartet"
        columns = lines(expected / "Befunde.csv")[0].split(";")[self.keys:]
        found = findings(expected / "Befunde.csv", self.keys, columns)
        if self.main:
            refused = {row[:self.keys] for row in found} - {tuple(row.split(";")[:self.keys]) for row in lines(expected / f"{self.main}.csv")}
        else:
            refused = {row[:self.keys] for row in found if row[-1] not in HINTS}
        if done.returncode != (3 if refused else 0):
            self.complain(how, f"ended with {done.returncode}\n{done.stderr}{done.stdout}")
            return
        named = {self.main, *self.tables} - {None}
        for table in sorted(named | {p.stem for p in expected.glob("*.csv")} - {"Befunde"}):
            got, want = (lines(folder / f"{table}.csv") for folder in (out, expected))
            self.same(how, table, got if in_order else sorted(got), want if in_order else sorted(want))
        self.same(how, "Fehler.csv", findings(out / "Fehler.csv", self.keys, columns), found)

    def all(self):
        self.run("default", self.case, [])
        for lanes in (1, 3, 7, 1024):
            self.run(f"--batch {lanes}", self.case, ["--batch", str(lanes)])
        mixed = self.scratch / "mixed"
        mixed.mkdir()
        self.run("shuffled rows", shuffled(self.case, mixed, self.leading, False), ["--batch", "3"])
        self.run("shuffled records", shuffled(self.case, mixed, self.leading, True), ["--batch", "7"], in_order=False)


def main():
    program, rules, *folders = sys.argv[1:]
    cases = [case for folder in folders for case in find_cases(pathlib.Path(folder))]
    problems, records = [], 0
    for case in cases:
        with tempfile.TemporaryDirectory() as scratch:
            run = Run(program, rules, case, pathlib.Path(scratch))
            run.all()
        problems += run.problems
        records += len(lines(case / f"{run.leading}.csv")) - 1
    for problem in problems:
        print(problem)
    print(f"{len(cases)} tables of cases, {records} records, {len(problems)} problems")
    return 1 if problems or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
