#!/usr/bin/env python3
"""`ppr run` gives the same bytes for any number of threads and any size of blocks: results, error file, summary, messages. jobs.py PPR [TEST …]"""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE / 'regeln'
PPR = None
RECORDS = 5000  # several pieces of 256
KEYS = 'IK;Standort;Jahr;Quartal;Einrichtung'
ODD = ['x', '-1', '1.5', '', '123456789012', '"1"', ' 7', '1,555', 'ä', '0007']


class Jobs(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ppr-jobs-'))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.random = random.Random(20240701)

    def cell(self, good):
        return self.random.choice(ODD) if self.random.random() < 0.003 else str(good)

    def record(self, i):
        """Key and values of one record; now and then a quarter without Fassung, or the key of an earlier record."""
        n = self.random.randrange(i + 1) if self.random.random() < 0.002 else i
        year = 2023 if self.random.random() < 0.002 else 2024
        key = [str(100000 + n // 4), '770000', str(year), str(n % 4 + 1), self.random.choice(['29', '30']) if self.random.random() < 0.01 else '29']
        days = [self.random.choice([0, 7, 40, 120, 300]) + (1100 if self.random.random() < 0.01 else 0) for _ in range(3)]
        return key, self.random.choice(['ja', 'nein']), self.random.choice([0, 1, 4, 7]), days, [self.random.randrange(10000) for _ in 'ab']

    def known(self, key):
        """Areas of the Fassung of the quarter; now and then one more."""
        return 3 if key[3] in '12' and key[2] == '2024' or self.random.random() < 0.005 else 2

    def write(self, name, lines):
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_bytes('\n'.join(lines).encode() + b'\n')

    def tables(self):
        t1, t2, t3 = [f'{KEYS};Pflichtversorgung;Teiler;Beginn'], [f'{KEYS};Bezugsjahr;Gebiet;Behandlungstage'], [f'{KEYS};Berufsgruppe;VKS-Ist']
        groups = []
        for i in range(RECORDS):
            key, duty, divisor, days, hours = self.record(i)
            k = ';'.join(key)
            t1.append(f'{k};{self.cell(duty)};{self.cell(divisor)};{self.cell("01.02.2024")}')
            rows = [f'{k};{int(key[2]) - 1};{area};{self.cell(n)}' for area, n in list(zip(['A1', 'A2', 'A4'], days))[:self.known(key)] if n]
            groups.append(rows)
            t3 += [f'{k};{p};{self.cell(f"{h},5")}' for p, h in zip('ab', hours)]
            if self.random.random() < 0.002:
                t3.append(f'{k};a')
        self.random.shuffle(groups)  # not in the order of the other tables
        for name, lines in {'T1': t1, 'T2': t2 + [row for rows in groups for row in rows], 'T3': t3}.items():
            self.write(f'ein/{name}.csv', lines)
        return self.folder / 'ein'

    def flat(self):
        lines = ['IK;Standort;Jahr;Quartal;Einrichtung;Pflichtversorgung;Teiler;Beginn;Tage[A1];Tage[A2];Tage[A4];VKS-Ist[a];VKS-Ist[b];Bemerkung']
        for i in range(RECORDS):
            key, duty, divisor, days, hours = self.record(i)
            days = [self.cell(n) for n in days[:self.known(key)]] + [''] * (3 - self.known(key))
            row = key + [self.cell(duty), self.cell(divisor), '01.02.2024'] + days[:3] + [self.cell(f'{h},25') for h in hours] + ['']
            if self.random.random() < 0.002:
                row[-1] = '"zwei\nZeilen; und mehr"'
            if self.random.random() < 0.001:
                row.pop()
            lines.append(';'.join(row))
        self.write('ein.csv', lines)
        return self.folder / 'ein.csv'

    def json(self):
        lines = []
        for i in range(RECORDS):
            key, duty, divisor, days, hours = self.record(i)
            pairs = [f'"{name}": {value if name in ("Jahr", "Quartal") else chr(34) + value + chr(34)}'
                     for name, value in zip(['IK', 'Standort', 'Jahr', 'Quartal', 'Einrichtung'], key)]
            areas = ', '.join(f'"{area}": {n}' for area, n in list(zip(['A1', 'A2', 'A4'], days))[:self.known(key)])
            pairs += [f'"Pflichtversorgung": {"true" if duty == "ja" else "false"}', f'"Teiler": {divisor}', f'"Tage": {{{areas}}}',
                      f'"VKS-Ist": {{"a": {hours[0]}.5, "b": {self.random.choice(["1.555", "x", hours[1]]) if i % 500 == 3 else hours[1]}}}'.replace(': x}', ': "x"}')]
            lines.append('{' + ', '.join(pairs) + '}')
        self.write('ein.json', lines)
        return self.folder / 'ein.json'

    def run_once(self, jobs, batch, *args):
        """(exit code, stdout, messages, {file: bytes}) with the name of the folder and the time taken out."""
        out = self.folder / 'aus'
        shutil.rmtree(out, True)
        args = [str(a) if a != 'AUS' else str(out) for a in args]
        done = subprocess.run([PPR, 'run', RULES, *args, '--jobs', str(jobs), '--batch', str(batch)], capture_output=True, timeout=300,
                              env={'PATH': os.environ.get('PATH', ''), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''),
                                   'TSAN_OPTIONS': os.environ.get('TSAN_OPTIONS', '')})
        messages = [line for line in done.stderr.decode().splitlines() if 'Datensätze in' not in line]
        files = {p.name: p.read_bytes() for p in sorted(out.glob('*'))} if out.exists() else {}
        return done.returncode, done.stdout, messages, files

    def same(self, *args, code=3):
        first = self.run_once(1, 512, *args)
        self.assertEqual(first[0], code, '\n'.join(first[2]))
        for jobs in (1, 2, 3, 8):
            for batch in (1, 3, 512):
                if batch == 1 and jobs in (1, 3):
                    continue
                other = self.run_once(jobs, batch, *args)
                for part, what in enumerate(['exit code', 'stdout', 'messages']):
                    self.assertEqual(first[part], other[part], f'{what}, {jobs} jobs, batch {batch}')
                self.assertEqual(sorted(first[3]), sorted(other[3]))
                for name, content in first[3].items():
                    self.assertTrue(content == other[3][name], f'{name}, {jobs} jobs, batch {batch}')
        return first

    def counts(self, result):
        """Refused and faulty records as the summary says; so that the test is about something."""
        line = next(line for line in result[2] if 'ohne Ergebnis' in line)
        numbers = [int(word.replace('.', '')) for word in line.split() if word.replace('.', '').isdigit()]
        self.assertGreater(numbers[0], numbers[1])
        self.assertGreater(numbers[1], 0)

    def test_tables(self):
        result = self.same(self.tables(), '-o', 'AUS')
        self.counts(result)
        self.assertGreater(result[3]['Gruppen.csv'].count(b'\n'), RECORDS // 2)

    def test_flat(self):
        result = self.same('--flat', self.flat(), '-o', 'AUS')
        self.counts(result)
        self.assertIn(b'PPR5' , result[3]['Fehler.csv'])
        self.assertGreater(result[3]['Ergebnis.csv'].count(b'\n'), RECORDS // 2)

    def test_flat_to_json(self):
        self.assertEqual(self.same('--flat', self.flat())[1].count(b'\n'), RECORDS)

    def test_ndjson(self):
        result = self.same('--ndjson', self.json())
        self.counts(result)
        self.assertEqual(result[1].count(b'\n'), RECORDS)

    def test_damaged_end(self):
        """A quote that never closes: what comes before is read, nothing is written."""
        path = self.flat()
        path.write_bytes(path.read_bytes() + b'1;"2\n3\n')
        result = self.same('--flat', path, '-o', 'AUS', code=3)
        self.assertEqual(result[3], {})
        self.assertIn('PPR5008', '\n'.join(result[2]))

    def test_mixed_encodings(self):
        """The first text beyond ASCII decides for the rest of the file, whichever thread reads it."""
        lines = [f'{KEYS};Pflichtversorgung;Tage[A1];VKS-Ist[a];VKS-Ist[b];Bemerkung'] + [f'{i};1;2024;1;29;ja;5;1;2;' for i in range(RECORDS)]
        data = '\n'.join(lines).encode().split(b'\n')
        data[2000] += 'Übung'.encode('latin-1')
        data[4000] += 'Übung'.encode()
        (self.folder / 'ein.csv').write_bytes(b'\n'.join(data) + b'\n')
        self.assertIn('PPR5012', '\n'.join(self.same('--flat', self.folder / 'ein.csv', '-o', 'AUS', code=0)[2]))
        data[1000] += 'Übung'.encode()
        (self.folder / 'ein.csv').write_bytes(b'\n'.join(data) + b'\n')
        result = self.same('--flat', self.folder / 'ein.csv', '-o', 'AUS', code=3)
        self.assertEqual(result[3]['Fehler.csv'].count(b'PPR5011'), 1)


if __name__ == '__main__':
    PPR = sys.argv.pop(1)
    unittest.main()
