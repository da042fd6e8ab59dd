#!/usr/bin/env python3
"""Tests of `ppr population` with the published rule file: population.py PPR. What the tables must be like is what is published (the citations of the rule
file); rules/ppp-rl must take them without a word."""
import collections
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALL = ROOT / 'rules' / 'population'
RULES = ALL / 'psychiatrie-2024.ppr'
PPP = ROOT / 'rules' / 'ppp-rl'
TABLES = ['A1', 'A2.1', 'A3.1', 'A3.3', 'A5.1', 'A5.3', 'A5.4', 'A6.1', 'A6.2', 'Eingang', 'Standorte']
KEY = ('IK', 'Standort', 'Jahr', 'Quartal', 'Einrichtung')
INPATIENT = {'A1', 'A2', 'A7', 'S1', 'S2', 'G1', 'G2', 'P1', 'P2', 'KJ1', 'KJ2', 'KJ3', 'KJ6'}
PPR = None


def call(cwd, *args, code=0):
    env = {'PATH': os.environ.get('PATH', ''), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}
    done = subprocess.run([PPR, *map(str, args)], capture_output=True, env=env, cwd=cwd, timeout=300, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    if done.returncode != code:
        raise AssertionError(f'{args}: {done.returncode}\n{out}\n{err}')
    return out, err


def rows(path):
    with open(path, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file, delimiter=';'))


def key(row, *more):
    return tuple(row[k] for k in KEY + more)


def content(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


class Small(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ppr-population-'))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def make(self, name, *args):
        call(self.folder, 'population', RULES, '-q', '-o', name, *args)
        return self.folder / name

    def test_bytes(self):
        one = content(self.make('eins', '--count', 60, '--jobs', 1, '--seed', 11))
        self.assertEqual(one, content(self.make('drei', '--count', 60, '--jobs', 3, '--seed', 11)))
        self.assertEqual(sorted(one), sorted([f'{t}.csv' for t in TABLES] + ['HERKUNFT.txt']))
        other = content(self.make('andere', '--count', 60, '--seed', 12))
        for table in ('A1', 'A3.3', 'A5.1', 'Standorte'):
            self.assertNotEqual(one[f'{table}.csv'], other[f'{table}.csv'])
        call(self.folder, 'compile', RULES, '-o', 'population.img')
        call(self.folder, 'population', 'population.img', '-q', '-o', 'bild', '--count', 60, '--seed', 11)
        self.assertEqual(one, content(self.folder / 'bild'))

    def test_rules(self):
        call(self.folder, 'test', ALL)
        call(self.folder, 'prove', ALL)  # 0: whatever is drawn, nothing fails
        call(self.folder, 'fmt', '--check', ALL)

    def test_origin(self):
        text = (self.make('p', '--count', 3, '--seed', 18446744073709551615, '--year', 2024, '--parameter', 'Personalversatz=-0,100') / 'HERKUNFT.txt').read_text('utf-8')
        digest = subprocess.run(['sha256sum', RULES], capture_output=True, check=True).stdout.decode().split()[0]
        for words in ('Erfundene Daten', f'psychiatrie-2024.ppr, SHA-256 {digest}', 'IK 990000001 bis 990000003, Standort 1 bis 4, Jahr 2024, Quartal 1 bis 4, Einrichtung 29 30 31',
                      'Startwert:  18446744073709551615', 'Parameter:  Personalversatz = -0,100'):
            self.assertIn(words, text)

    def test_years_belong_together(self):
        folder = self.make('p', '--count', 40)
        days = collections.defaultdict(dict)
        for r in rows(folder / 'A3.3.csv'):
            days[r['Jahr'], r['Bezugsjahr']][r['IK'], r['Standort'], r['Quartal'], r['Einrichtung'], r['Behandlungsbereich']] = r['Behandlungstage']
        self.assertEqual(sorted(days), [('2024', '2023'), ('2024', '2024'), ('2025', '2024'), ('2025', '2025')])
        self.assertEqual(days['2024', '2024'], days['2025', '2024'])
        self.assertNotEqual(days['2024', '2024'], days['2024', '2023'])
        # Q1 to Q3 of the year before, as the proofs of that year have them
        inpatient = collections.Counter()
        for r in rows(folder / 'A3.3.csv'):
            if r['Jahr'] == r['Bezugsjahr'] == '2024' and r['Quartal'] != '4' and r['Behandlungsbereich'] in INPATIENT:
                inpatient[r['IK'], r['Standort'], r['Einrichtung']] += int(r['Behandlungstage'])
        said = [r for r in rows(folder / 'A5.4.csv') if r['Jahr'] == '2025' and r['Nachtdienst'] == 'ja']
        self.assertGreater(len(said), 100)
        for r in said:
            self.assertEqual(int(r['BT_vollstationaer_Q1-Q3_Vorjahr']), inpatient[r['IK'], r['Standort'], r['Einrichtung']])
        call(self.folder, 'run', PPP, 'p', '-q', '-o', 'ergebnis')
        self.assertEqual(rows(self.folder / 'ergebnis' / 'Fehler.csv'), [])

    def test_2026(self):
        """The same facilities go on, with the groups of staff of 2026."""
        for year in (2025, 2026):
            call(self.folder, 'population', ALL, '-q', '-o', f'p{year}', '--count', 60, '--year', year)
        self.assertEqual({r['Berufsgruppe'] for r in rows(self.folder / 'p2026' / 'A5.1.csv')}, set('abcdf'))
        before, after = ({(r['IK'], r['Standort'], r['Quartal'], r['Einrichtung'], r['Behandlungsbereich']): r['Behandlungstage']
                          for r in rows(self.folder / name / 'A3.3.csv') if r['Bezugsjahr'] == '2025'} for name in ('p2025', 'p2026'))
        self.assertEqual(before, after)
        self.assertEqual(content(self.folder / 'p2025')['A2.1.csv'].replace(b';2025;', b';2026;'), content(self.folder / 'p2026')['A2.1.csv'])
        call(self.folder, 'run', PPP, 'p2026', '-q', '-o', 'ergebnis')
        self.assertEqual(rows(self.folder / 'ergebnis' / 'Fehler.csv'), [])
        verdicts = collections.Counter(r['erfuellt'] for r in rows(self.folder / 'ergebnis' / 'A5.2.csv'))
        self.assertEqual(set(verdicts), {'ja', 'nein'})
        self.assertTrue(0.35 < verdicts['nein'] / sum(verdicts.values()) < 0.60)

    def test_parameter(self):
        plain, more = self.make('p', '--count', 30), self.make('m', '--count', 30, '--parameter', 'Personalversatz=0,100')
        before, after = content(plain), content(more)
        changed = sorted(n for n in before if before[n] != after[n])
        self.assertEqual([n for n in changed if n not in ('A5.3.csv', 'HERKUNFT.txt')], ['A5.1.csv'])
        hours = [sum(int(r['VKS-Ist']) for r in rows(f / 'A5.1.csv')) for f in (plain, more)]
        self.assertAlmostEqual(hours[1] / hours[0], 1.10, delta=0.02)  # some 10 of 100 points

    def test_scenario(self):
        (self.folder / 'klein.ppr').write_text('regelwerk Population\nszenario "nur kleine" auf fassung 2024-01\nergänze tabelle Bettenzahl\n  D10 20 20 20\n  D9 20 20 20\n', 'utf-8')
        beds = []
        for name, args in (('p', []), ('k', ['--scenario', 'klein.ppr'])):
            folder = self.make(name, '--count', 60, '--year', 2024, *args)
            beds.append(max(int(r['Betten']) for r in rows(folder / 'A5.4.csv') if r['Nachtdienst'] == 'ja'))
        self.assertGreater(beds[0], 150)
        self.assertLessEqual(beds[1], 114)

    def test_refused(self):
        for args, code, words in ((['--count', 701], 2, 'PPR5454'), (['--year', 2026], 2, 'PPR5455'), (['--seed', '-1'], 2, 'kein Startwert'), (['--seed', '1x'], 2, 'kein Startwert'),
                                  (['--count', 0], 2, 'keine ganze Zahl'), (['--year', 'x'], 2, 'kein Jahr'), (['--parameter', 'Personalversatz=9'], 2, 'PPR5047'),
                                  (['--jobs', 65], 2, 'keine Zahl von 1 bis 64'), (['x'], 2, 'überzählige Angabe'), (['--nope'], 2, '--nope')):
            self.assertIn(words, call(self.folder, 'population', RULES, '-o', 'p', *args, code=code)[1])
            self.assertFalse((self.folder / 'p').exists(), args)
        self.assertIn('PPR5450', call(self.folder, 'population', PPP, '-o', 'p', code=1)[1])
        self.assertIn('PPR7001', call(self.folder, 'population', 'nirgends.ppr', '-o', 'p', code=5)[1])
        self.assertIn('-o ORDNER', call(self.folder, 'population', RULES, code=2)[1])
        self.make('p', '--count', 1)
        before = content(self.folder / 'p')
        self.assertIn('PPR5457', call(self.folder, 'population', RULES, '-o', 'p', '--count', 1, '--seed', 2, code=2)[1])
        self.assertEqual(before, content(self.folder / 'p'))
        self.assertIn('there are files', call(self.folder, '--lang', 'en', 'population', RULES, '-o', 'p', code=2)[1])
        (self.folder / 'datei').write_text('x', 'utf-8')
        call(self.folder, 'population', RULES, '-o', 'datei', code=5)
        self.assertEqual((self.folder / 'datei').read_text('utf-8'), 'x')


class Published(unittest.TestCase):
    """One whole population against what is published."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='ppr-population-'))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.said = call(cls.folder, 'population', RULES, '--seed', 1, '--year', 2024, '-o', 'p')[1]
        call(cls.folder, 'run', PPP, 'p', '-q', '-o', 'ergebnis')
        cls.tables = {t: rows(cls.folder / 'p' / f'{t}.csv') for t in TABLES}
        cls.results = {t: rows(cls.folder / 'ergebnis' / f'{t}.csv') for t in ('A5.1', 'A5.2', 'Fehler')}

    def share(self, table, einrichtung, quarters, **where):
        picked = [r['erfuellt'] == 'ja' for r in self.results[table] if r['Einrichtung'] == einrichtung and r['Quartal'] in quarters and all(r[k] == v for k, v in where.items())]
        self.assertGreater(len(picked), 200)
        return 100 * sum(picked) / len(picked)

    def test_taken(self):
        self.assertEqual(self.results['Fehler'], [])  # nothing refused, and no check has anything to say
        self.assertEqual(len(self.results['A5.2']), len(self.tables['A1']))
        self.assertIn(f"{len(self.tables['A1']):,} Datensätze".replace(',', '.'), self.said)

    def test_invented(self):
        for table in self.tables.values():
            for r in table:
                self.assertTrue(990000001 <= int(r['IK']) <= 990000700)
        self.assertEqual({r['Name'] for r in self.tables['Standorte']}, {'erfunden'})

    def test_sums(self):
        days, hours, beds = collections.Counter(), collections.Counter(), collections.Counter()
        for r in self.tables['A3.3']:
            days[key(r, 'Bezugsjahr')] += int(r['Behandlungstage'])
        self.assertEqual({key(r, 'Bezugsjahr'): int(r['Behandlungstage']) for r in self.tables['A3.1'] if r['Behandlungstage'] != '0'}, dict(days))
        for r in self.tables['A5.3']:
            hours[key(r, 'Auf') + (r['Tatbestand'],)] += int(r['VKS'])
        for r in self.tables['A5.1']:
            for kind in '567':
                self.assertEqual(int(r[f'Anrechnung_{kind}']), hours.pop(key(r, 'Berufsgruppe') + (kind,), 0))
        self.assertEqual(hours, {})
        for r in self.tables['A2.1']:
            beds[key(r)] += int(r['Planbetten'])
            self.assertTrue(0 < int(r['Planbetten']) + int(r['Planplaetze']) <= 22)
        for r in self.tables['A5.4']:
            self.assertEqual(r['Nachtdienst'] == 'ja', beds[key(r)] > 0 and r['Einrichtung'] != '31')
            self.assertEqual(r['Betten'], str(beds[key(r)]) if r['Nachtdienst'] == 'ja' else '')
        self.assertEqual(len(self.tables['Eingang']), 4 * len(self.tables['Standorte']))

    def test_size(self):
        sites = collections.Counter(r['Einrichtung'] for r in self.tables['A1'] if r['Quartal'] == '1')
        for einrichtung, published, spread in (('29', 755, 70), ('30', 296, 50), ('31', 350, 50)):
            self.assertAlmostEqual(sites[einrichtung], published, delta=spread)
        beds = collections.Counter()
        for r in self.tables['A2.1']:
            beds[r['Einrichtung']] += int(r['Planbetten']) / 4
        self.assertAlmostEqual(beds['29'] / sites['29'], 75, delta=6)    # 56 557 beds, 755 facilities
        self.assertAlmostEqual(beds['31'] / sites['31'], 36.5, delta=5)  # 12 773 beds, some 350
        only = sum(r['NurTagesklinik'] == 'ja' for r in self.tables['Standorte']) / len(self.tables['Standorte'])
        self.assertTrue(0.05 <= only <= 0.10)

    def test_staff(self):
        # not fulfilled at the step of 90 percent: 35 to 57 percent of the quarters 2022 and 2023; the last two 55 and 51, 52 and 56
        self.assertTrue(45 <= 100 - self.share('A5.2', '29', '34') <= 57)
        self.assertTrue(45 <= 100 - self.share('A5.2', '30', '34') <= 58)
        self.assertAlmostEqual(self.share('A5.1', '29', '34', Berufsgruppe='c'), 81, delta=6)
        self.assertAlmostEqual(self.share('A5.1', '29', '34', Berufsgruppe='a'), 69, delta=6)
        self.assertLess(self.share('A5.1', '29', '34', Berufsgruppe='b'), self.share('A5.1', '29', '34', Berufsgruppe='a'))
        rates = collections.defaultdict(list)
        for r in self.results['A5.2']:
            if r['Einrichtung'] == '29':
                rates[r['Quartal']].append(float(r['Umsetzungsgrad'].rstrip(' %').replace(',', '.')))
        mean = {q: sum(v) / len(v) for q, v in rates.items()}
        self.assertAlmostEqual(mean['1'], 101.2, delta=2)
        for quarter in '234':
            self.assertAlmostEqual(mean[quarter], 95, delta=2)  # 94 to 96

    def test_punctual(self):
        frist = {'1': (2024, 5, 15), '2': (2024, 8, 15), '3': (2024, 11, 15), '4': (2025, 2, 15)}
        late = [tuple(map(int, reversed(r['Eingangsdatum'].split('.')))) > frist[r['Quartal']] for r in self.tables['Eingang']]
        self.assertTrue(0.02 < sum(late) / len(late) < 0.06)


if __name__ == '__main__':
    PPR = os.path.abspath(sys.argv.pop(1))
    unittest.main()
