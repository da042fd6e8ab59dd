#!/usr/bin/env python3
"""Tests of `ppr readings`: readings.py PPR [TEST …]. The counts of the small Regelwerk in auslegungen/ are worked out by hand; those of the published
rules are compared with the difference of two runs. PPR_SEED chooses the invented records."""
import collections
import csv
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RULES = HERE / 'auslegungen'
PUBLISHED = ROOT / 'rules' / 'ppp-rl'
PPR = None
sys.path.insert(0, str(ROOT / 'tests' / 'support'))

# Fassung 2024-01 (preset hundert): A to F; Fassung 2024-07 (preset zweihundert): G, H.
T1 = ['Haus;Jahr;Quartal;Tage;Teiler', 'A;2024;1;100;3', 'B;2024;1;150;4', 'G;2024;3;150;4', 'C;2024;2;250;2', 'D;2024;1;1500;1', 'E;2024;1;10;0',
      'F;2024;1;viele;1', 'H;2024;4;100;8']
HOURS = {'A': (50, 60), 'B': (55, 70), 'C': (10, 10), 'D': (99, 99), 'E': (1, 1), 'F': (1, 1), 'G': (55, 70), 'H': (70, 50)}
QUARTER = {line[0]: line[1:8] for line in T1[1:]}
T2 = ['Haus;Jahr;Quartal;Gruppe;Stunden'] + [f'{h}{QUARTER[h]};{g};{n}' for h, pair in HOURS.items() for g, n in zip('ab', pair)]

# Presets, and what is different under each variant:
#      Rahmen (Tage <= 100 or <= 200)   genug a, b (50 or 60 hours)   Quote
#   A  ja                               ja (50), ja (60)              100/3 = 33,3: 33
#   B  nein                             ja (55), ja (70)              150/4 = 37,5: 38
#   C  nein                             nein, nein                    125
#   D  refused: more than 1000 days under hundert
#   E  fault: divided by 0; F: refused, no number
#   G  ja                               nein (55), ja (70)            38
#   H  ja                               ja (70), nein (50)            100/8 = 12,5: 13
# zweihundert, of A to D: A genug[a] → nein; B Rahmen → ja, genug[a] → nein; D has results: 1500 days nein, 99 hours ja, ja.
# schweigt, of A to D, G, H (fifty hours again): B, C, G Rahmen → unbestimmt; D has results; G genug[a] → ja; H genug[b] → ja.
# hundert, of G, H: G Rahmen → nein, genug[a] → ja; H genug[b] → ja.
# aufgerundet: A Quote → 34 (the others are whole or round up anyway); rows in Z where Stunden > 60: B b, G b, H a.
# besetzte-Gruppen: no group without hours.
N = collections.namedtuple('N', 'records without changed yes_to_no no_to_yes other any')
PRESETS = {
    ('Grenze', 'zweihundert'): (N(4, 1, 3, 2, 1, 1, 3), {('R', 'Rahmen'): (2, 0, 1, 1), ('G', 'genug'): (3, 2, 0, 1)}),
    ('Grenze', 'schweigt'): (N(6, 1, 5, 0, 2, 4, 5), {('R', 'Rahmen'): (4, 0, 0, 4), ('G', 'genug'): (3, 0, 2, 1)}),
    ('Grenze', 'hundert'): (N(2, 0, 2, 1, 2, 0, 2), {('R', 'Rahmen'): (1, 1, 0, 0), ('G', 'genug'): (2, 0, 2, 0)}),
    ('Rundung', 'aufgerundet'): (N(5, 0, 3, 0, 0, 3, 4), {('Z', 'genug'): (3, 0, 0, 3)}),
    ('Zählung', 'besetzte-Gruppen'): (N(5, 0, 0, 0, 0, 0, 0), {}),
}
LIST = '''Haus;Jahr;Quartal;Auslegung;Variante;Datei;Spalte;Ergebnis;vorher;nachher
A;2024;1;Grenze;zweihundert;G;genug;genug[a];ja;nein
A;2024;1;Rundung;aufgerundet;R;Quote;Quote;33;34
B;2024;1;Grenze;zweihundert;R;Rahmen;im Rahmen;nein;ja
B;2024;1;Grenze;zweihundert;G;genug;genug[a];ja;nein
B;2024;1;Grenze;schweigt;R;Rahmen;im Rahmen;nein;unbestimmt
B;2024;1;Rundung;aufgerundet;Z;Gruppe;;;b
B;2024;1;Rundung;aufgerundet;Z;genug;genug[b];;ja
G;2024;3;Grenze;schweigt;R;Rahmen;im Rahmen;ja;unbestimmt
G;2024;3;Grenze;schweigt;G;genug;genug[a];nein;ja
G;2024;3;Grenze;hundert;R;Rahmen;im Rahmen;ja;nein
G;2024;3;Grenze;hundert;G;genug;genug[a];nein;ja
G;2024;3;Rundung;aufgerundet;Z;Gruppe;;;b
G;2024;3;Rundung;aufgerundet;Z;genug;genug[b];;ja
C;2024;2;Grenze;schweigt;R;Rahmen;im Rahmen;nein;unbestimmt
D;2024;1;Grenze;zweihundert;R;Rahmen;im Rahmen;;nein
D;2024;1;Grenze;zweihundert;R;Quote;Quote;;1500
D;2024;1;Grenze;zweihundert;R;Gruppen;Gruppenzahl;;2
D;2024;1;Grenze;zweihundert;G;Gruppe;;;a
D;2024;1;Grenze;zweihundert;G;genug;genug[a];;ja
D;2024;1;Grenze;zweihundert;G;Gruppe;;;b
D;2024;1;Grenze;zweihundert;G;genug;genug[b];;ja
D;2024;1;Grenze;schweigt;R;Rahmen;im Rahmen;;unbestimmt
D;2024;1;Grenze;schweigt;R;Quote;Quote;;1500
D;2024;1;Grenze;schweigt;R;Gruppen;Gruppenzahl;;2
D;2024;1;Grenze;schweigt;G;Gruppe;;;a
D;2024;1;Grenze;schweigt;G;genug;genug[a];;ja
D;2024;1;Grenze;schweigt;G;Gruppe;;;b
D;2024;1;Grenze;schweigt;G;genug;genug[b];;ja
H;2024;4;Grenze;schweigt;G;genug;genug[b];nein;ja
H;2024;4;Grenze;hundert;G;genug;genug[b];nein;ja
H;2024;4;Rundung;aufgerundet;Z;Gruppe;;;a
H;2024;4;Rundung;aufgerundet;Z;genug;genug[a];;ja
'''


def by_variant(said):
    """{(reading, variant): (N, {(file, column): (changed, yes_to_no, no_to_yes, other)})} of the JSON output."""
    numbers = ('changed', 'yes_to_no', 'no_to_yes', 'other')
    return {(e['reading'], e['variant']): (N(*(e[m] for m in N._fields)), {(v['file'], v['column']): tuple(v[m] for m in numbers) for v in e['verdicts']})
            for e in said['effects']}


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ppr-readings-'))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.data = self.folder / 'ein'
        self.data.mkdir()
        self.list = self.folder / 'liste.csv'
        self.tables(T1, T2)

    def tables(self, t1, t2):
        for name, lines in ('T1', t1), ('T2', t2):
            (self.data / f'{name}.csv').write_text(''.join(line + '\n' for line in lines), encoding='utf-8')

    def ppr(self, *args, code=0, stdin=None):
        environment = {'PATH': os.environ.get('PATH', ''), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}
        done = subprocess.run([PPR, *map(str, args)], input=stdin, capture_output=True, env=environment, timeout=300, cwd=ROOT)
        self.stdout, self.stderr = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, code, f'{args}\n{self.stdout}\n{self.stderr}')
        return self.stdout

    def measure(self, *args, code=3, rules=RULES, data=None):
        return json.loads(self.ppr('readings', rules, data or self.data, '--json', *args, code=code))


class Listing(Case):
    def test_json(self):
        found = json.loads(self.ppr('readings', RULES, '--json'))
        self.assertEqual([(r['name'], r['editions']) for r in found],
                         [('Grenze', ['2024-01']), ('Grenze', ['2024-07']), ('Rundung', ['2024-01', '2024-07']), ('Zählung', ['2024-01', '2024-07'])])
        self.assertEqual([[v['name'] for v in r['variants'] if v['preset']] for r in found],
                         [['hundert'], ['zweihundert'], ['kaufmännisch-gerundet'], ['alle-Gruppen']])
        self.assertEqual(found[0]['variants'][1], {'name': 'zweihundert', 'source': '§ 4 Satz 2: „bis zu zweihundert“', 'preset': False})
        self.assertEqual(found[2]['question'], 'Wird aufgerundet?')
        self.assertEqual(found[2]['citation'], '§ 5 Abs. 1; § 5 Abs. 2')

    def test_text(self):
        out = self.ppr('readings', RULES)
        self.assertTrue(out.startswith('Lesarten, Auslegungen: 3\n'), out)
        self.assertEqual(out.count('\nGrenze\n'), 2)
        self.assertIn('  Fassungen 2024-01, 2024-07\n    alle-Gruppen (Vorgabe)\n      § 6 Satz 1\n    besetzte-Gruppen\n      § 6 Satz 2\n', out)
        self.assertIn('alle-Gruppen (preset)', self.ppr('readings', '--lang', 'en', RULES))

    def test_one_edition(self):
        out = self.ppr('readings', RULES, '--edition', '2024-07')
        self.assertEqual(out.count('\nGrenze\n'), 1)
        self.assertIn('zweihundert (Vorgabe)\n      § 4 Satz 2 in der Fassung vom 21.03.2024\n', out)
        self.assertNotIn('2024-01', out)
        self.ppr('readings', RULES, '--edition', '1999-01', code=2)
        self.assertIn('1999-01', self.stderr)

    def test_image(self):
        text = self.ppr('readings', RULES)
        self.ppr('compile', RULES, '-o', self.folder / 'probe.pprb')
        self.assertEqual(self.ppr('readings', self.folder / 'probe.pprb'), text)

    def test_no_readings(self):
        rules = self.folder / 'x.ppr'
        text = re.sub(r'^auslegung .*?(?=^regel)', '', (RULES / '2024-01.ppr').read_text(encoding='utf-8'), flags=re.M | re.S)
        text = re.sub(r'^regel im Rahmen.*', 'regel im Rahmen : ja/nein § 4\n  = Tage <= 100 Tag\nausgabe "R"\n  spalte "Rahmen" = im Rahmen\nausgabe "G"\n'
                      '  spalte "Teiler" = Teiler\nausgabe "Z" je Gruppe\n  spalte "Stunden" = Stunden\n', text, flags=re.M | re.S)
        rules.write_text(text, encoding='utf-8')
        self.assertEqual(self.ppr('readings', rules), 'Lesarten: keine Auslegungen\n')
        self.assertEqual(json.loads(self.ppr('readings', rules, '--json')), [])
        self.tables(T1[:3], T2[:5])
        self.assertEqual(self.ppr('readings', rules, self.data), 'Lesarten: keine Auslegungen\n')
        self.ppr('readings', rules, self.data, '--reading', 'Grenze=hundert', code=2)
        self.assertIn('PPR5024', self.stderr)

    def test_wrong_calls(self):
        for args in ([], [RULES, self.data, 'x'], [RULES, '-o', self.list], [RULES, '--reading', 'Grenze=hundert'], [RULES, '--as-of', '2024-03-01'],
                     [RULES, '--record', 'Nachweis'], [RULES, self.data, '--edition', '2024-01'], [RULES, '-'], [RULES, self.data, '-o', '-'],
                     [RULES, self.data, '--nope'], [RULES, self.data, '--reading', 'Grenze'], [RULES, self.data, '--reading', 'Deutung=hundert'],
                     [RULES, self.data, '--reading', 'Grenze=dreihundert'], [RULES, self.data, '--record', 'Standort'],
                     [RULES, self.data, '--as-of', 'gestern']):
            with self.subTest(args=args):
                self.ppr('readings', *args, code=2)
                self.assertTrue(self.stderr)
                self.assertEqual(self.stdout, '')
        self.ppr('readings', RULES, self.data, '--reading', 'Grenze=dreihundert', '-o', self.list, code=2)
        self.assertIn('hundert, zweihundert, schweigt', self.stderr)
        self.assertFalse(self.list.exists())


class Measuring(Case):
    def test_presets(self):
        said = self.measure('-o', self.list)
        self.assertEqual((said['records'], said['refused'], said['faults']), (8, 3, 1))
        self.assertEqual(by_variant(said), PRESETS)
        self.assertEqual(list(by_variant(said)), list(PRESETS))
        self.assertEqual([e.get('instead_of') for e in said['effects']], [None, None, None, 'kaufmännisch-gerundet', 'alle-Gruppen'])
        self.assertEqual(self.list.read_text(encoding='utf-8'), LIST)
        for key in 'D/2024/1', 'E/2024/1', 'F/2024/1':
            self.assertEqual(self.stderr.count(key), 1, self.stderr)

    def test_text(self):
        out = self.ppr('readings', RULES, self.data, code=3)
        rows = {tuple(line.split()) for line in out.splitlines()}
        for row in ('zweihundert 4 3 75,00 % 2 1 1 3', 'R: Rahmen 4 66,67 % 0 0 4', 'aufgerundet 5 3 60,00 % 0 0 3 4', 'besetzte-Gruppen 5 0 0,00 % 0 0 0 0',
                    'nur mit oder nur ohne diese Variante ein Ergebnis: 1'):
            self.assertIn(tuple(row.split()), rows, out)
        self.assertIn('Rundung, statt kaufmännisch-gerundet\n', out)
        self.assertIn('8 Datensätze in ', self.stderr)
        self.assertRegex(self.stderr, r'ohne Ergebnis +3 +davon Rechenfehler: 1')
        self.ppr('readings', RULES, self.data, '--lang', 'en', '--quiet', code=3)
        self.assertIn('75.00 %', self.stdout)
        self.assertNotIn('records in', self.stderr)

    def test_other_baseline(self):
        # zweihundert everywhere. hundert: A genug[a] → ja; B, G Rahmen → nein, genug[a] → ja; D loses its rows; H genug[b] → ja.
        said = self.measure('--reading', 'Grenze=zweihundert')
        self.assertEqual(said['refused'], 2)
        self.assertEqual([(e['variant'], e['instead_of']) for e in said['effects'][:2]], [('hundert', 'zweihundert'), ('schweigt', 'zweihundert')])
        self.assertEqual(by_variant(said)['Grenze', 'hundert'],
                         (N(6, 1, 5, 2, 4, 1, 5), {('R', 'Rahmen'): (3, 2, 0, 1), ('G', 'genug'): (5, 0, 4, 1)}))

    def test_as_of(self):
        # On 1 March 2024 the second Fassung was not decided, and the first ends on 30 June: G and H have none.
        said = self.measure('--as-of', '2024-03-01')
        self.assertEqual((said['records'], said['refused']), (8, 5))
        self.assertEqual(list(by_variant(said)), [('Grenze', 'zweihundert'), ('Grenze', 'schweigt'), ('Rundung', 'aufgerundet'), ('Zählung', 'besetzte-Gruppen')])
        self.assertEqual(by_variant(said)['Grenze', 'zweihundert'], PRESETS['Grenze', 'zweihundert'])
        self.assertEqual(said['effects'][0]['instead_of'], 'hundert')
        self.assertEqual(said['effects'][3]['records'], 3)  # A, B, C

    def test_flat_and_json(self):
        records = [dict(zip(T1[0].split(';'), line.split(';'))) for line in T1[1:]]
        for r in records:
            r.update({'Stunden[a]': HOURS[r['Haus']][0], 'Stunden[b]': HOURS[r['Haus']][1]})
        flat = ';'.join(records[0]) + '\n' + ''.join(';'.join(map(str, r.values())) + '\n' for r in records)
        said = json.loads(self.ppr('readings', RULES, '--flat', '--json', '-o', self.list, stdin=flat.encode(), code=3))
        self.assertEqual(by_variant(said), PRESETS)
        self.assertEqual(self.list.read_text(encoding='utf-8'), LIST)
        lines = ''
        for r in records:
            value = {k: r[k] for k in ('Haus', 'Jahr', 'Quartal', 'Tage', 'Teiler')}
            value = {k: int(v) if v.isdigit() else v for k, v in value.items()}
            lines += json.dumps({**value, 'Stunden': dict(zip('ab', HOURS[r['Haus']]))}) + '\n'
        said = json.loads(self.ppr('readings', RULES, '-', '--ndjson', '--json', stdin=lines.encode(), code=3))
        self.assertEqual(by_variant(said), PRESETS)

    def test_many_windows(self):
        # In turn the quarters 1 and 3 with i % 300 days: hundert and zweihundert differ where 100 < days <= 200, in both Fassungen.
        count, days = 2500, [i % 300 for i in range(2500)]
        flat = 'Haus;Jahr;Quartal;Tage;Teiler;Stunden[a];Stunden[b]\n' + ''.join(f'{i};2024;{1 + 2 * (i % 2)};{d};1;0;0\n' for i, d in enumerate(days))
        between = [sum(100 < d <= 200 and i % 2 == odd for i, d in enumerate(days)) for odd in (0, 1)]
        above = [sum(d > 100 and i % 2 == odd for i, d in enumerate(days)) for odd in (0, 1)]
        source = self.folder / 'flach.csv'
        source.write_text(flat, encoding='utf-8')
        said = by_variant(self.measure('--flat', '-o', self.list, data=source, code=0))
        half = count // 2
        self.assertEqual(said['Grenze', 'zweihundert'][0], N(half, 0, between[0], 0, between[0], 0, between[0]))
        self.assertEqual(said['Grenze', 'hundert'][0], N(half, 0, between[1], between[1], 0, 0, between[1]))
        self.assertEqual(said['Grenze', 'schweigt'][0], N(count, 0, sum(above), 0, 0, sum(above), sum(above)))
        self.assertEqual(said['Zählung', 'besetzte-Gruppen'][0], N(count, 0, 0, 0, 0, 0, count))  # 2 → 0 groups
        listed = [row.split(';') for row in self.list.read_text(encoding='utf-8').splitlines()[1:]]
        self.assertEqual(len(listed), sum(between) + sum(above) + count)
        self.assertEqual([int(row[0]) for row in listed], sorted(int(row[0]) for row in listed))

    def test_no_records(self):
        self.tables(T1[:1], T2[:1])
        said = self.measure('-o', self.list, code=0)
        self.assertIn('PPR5031', self.stderr)
        self.assertEqual(said['records'], 0)
        self.assertEqual({n for n, verdicts in by_variant(said).values()}, {N(0, 0, 0, 0, 0, 0, 0)})
        self.assertEqual(self.list.read_text(encoding='utf-8'), LIST.split('\n', 1)[0] + '\n')
        self.assertIn('–', self.ppr('readings', RULES, self.data))

    def test_whole_list_or_none(self):
        self.list.write_text('alt')
        (self.data / 'T1.csv').write_text('')
        self.ppr('readings', RULES, self.data, '-o', self.list, code=3)
        self.assertEqual(self.list.read_text(), 'alt')
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ['ein', 'liste.csv'])
        self.tables(T1, T2)
        self.ppr('readings', RULES, self.data, '-o', self.folder / 'nicht' / 'da.csv', code=5)
        self.ppr('readings', RULES, self.data, '-o', self.folder, code=5)
        self.ppr('readings', RULES, self.folder / 'nicht-da', code=5)
        self.ppr('readings', RULES, self.data, '-o', self.data / 'T1.csv', code=3)
        self.assertIn('PPR5032', self.stderr)
        self.assertEqual((self.data / 'T1.csv').read_text(), '\n'.join(T1) + '\n')


def rows_of(folder, names):
    """{(file, key, row name, occurrence): {column: cell}} of the result files; `names`: columns that name a row of a file."""
    found = {}
    for path in folder.glob('*.csv'):
        if path.stem == 'Fehler':
            continue
        with open(path, encoding='utf-8', newline='') as lines:
            reader = csv.reader(lines, delimiter=';')
            head = next(reader)
            keys = head.index('Einrichtung' if 'Einrichtung' in head else 'Quartal') + 1
            seen = collections.Counter()
            for row in reader:
                cells = dict(zip(head[keys:], row[keys:]))
                place = (path.stem, tuple(row[:keys]), tuple(cells[c] for c in names.get(path.stem, ())))
                seen[place] += 1
                found[(*place, seen[place])] = cells
    return found


def difference(before, after):
    """((N without records and without, verdicts), cells) from the files of two runs alone: a verdict is a column in which ja or nein stands."""
    verdict_columns = {(place[0], column) for rows in (before, after) for place, cells in rows.items() for column, cell in cells.items() if cell in ('ja', 'nein')}
    how, changed, cells = collections.defaultdict(set), set(), collections.Counter()
    for place in before.keys() | after.keys():
        file, key = place[:2]
        old, new = before.get(place, {}), after.get(place, {})
        if not old or not new:
            changed.add(key)
        for column in old.keys() | new.keys():
            pair = old.get(column, ''), new.get(column, '')
            if pair[0] == pair[1]:
                continue
            changed.add(key)
            cells[(*key, file, column, *pair)] += 1
            if (file, column) in verdict_columns:
                how[file, column].add((key, {('ja', 'nein'): 0, ('nein', 'ja'): 1}.get(pair, 2)))
    count = lambda ways: (len({key for key, _ in ways}), *(len({key for key, way in ways if way == w}) for w in range(3)))
    return count(set().union(*how.values())), {place: count(ways) for place, ways in how.items()}, len(changed), cells


class Independent(Case):
    """The counts and the list against the difference of two `ppr run`."""
    NAMES = {'A5.1': ['Berufsgruppe'], 'A6': ['Nr'], 'A6.5.2': ['Berufsgruppe'], 'Anrechnung': ['Tatbestand', 'Von', 'Auf'], 'G': ['Gruppe'], 'Z': ['Gruppe']}

    def run_once(self, name, rules, data, *args):
        out = self.folder / name
        done = subprocess.run([PPR, 'run', rules, data, '-o', out, '--quiet', *args], capture_output=True)
        self.assertIn(done.returncode, (0, 3), done.stderr.decode())
        return rows_of(out, self.NAMES)

    def compare(self, rules, data, readings, *args):
        """Returns how many records changed a verdict under any of the readings."""
        done = subprocess.run([PPR, 'readings', rules, data, '--json', '-o', self.list, *args], capture_output=True)
        self.assertIn(done.returncode, (0, 3), done.stderr.decode())
        said = by_variant(json.loads(done.stdout))
        listed = collections.defaultdict(collections.Counter)
        with open(self.list, encoding='utf-8', newline='') as lines:
            rows = csv.reader(lines, delimiter=';')
            at = next(rows).index('Auslegung')
            for row in rows:
                listed[row[at], row[at + 1]][(*row[:at], row[at + 2], row[at + 3], row[at + 5], row[at + 6])] += 1
        before, total = self.run_once('vorher', rules, data, *args), 0
        variants = [v for v in said if v[0] in readings]
        self.assertTrue(variants)
        for variant in variants:
            others = [a for i, a in enumerate(args) if not any(w.startswith(f'{variant[0]}=') for w in args[i:i + 2])] # chosen once only
            after = self.run_once('nachher', rules, data, *others, '--reading', '='.join(variant))
            overall, verdicts, changed, cells = difference(before, after)
            numbers, by_verdict = said[variant]
            self.assertEqual(tuple(numbers[2:6]), overall, variant)
            self.assertEqual(by_verdict, verdicts, variant)
            self.assertEqual(numbers.any, changed, variant)
            self.assertEqual(listed[variant], cells, variant)
            total += numbers.changed
        return total

    def test_small(self):
        self.assertEqual(self.compare(RULES, self.data, {'Grenze', 'Rundung', 'Zählung'}), sum(n.changed for n, _ in PRESETS.values()))
        # schweigt instead of zweihundert: A genug[a] → ja; B, D Rahmen → unbestimmt; C too; G, H as before
        self.assertEqual(self.compare(RULES, self.data, {'Grenze'}, '--reading', 'Grenze=zweihundert'), 5 + 6)

    def test_invented(self):
        import oracle
        import population
        seed = int(os.environ.get('PPR_SEED', '2024'))
        data = self.folder / 'erfunden'
        data.mkdir()
        population.write(data, population.records(random.Random(seed), 120, oracle.READINGS, None))
        image = self.folder / 'ppp-rl.image'
        self.ppr('compile', PUBLISHED, '-o', image)
        with self.subTest(seed=seed):
            self.assertGreater(self.compare(image, data, {'Zwischenwerte', 'Stunden des Gebers', 'Korridorumfang', 'vorzuhaltendes Personal'}), 0)


class Handbook(Case):
    def test_examples(self):
        """Blocks that begin with `$ ppr …` print what follows; a line … stands for any lines."""
        page = (ROOT / 'docs' / 'handbuch' / 'auslegungen.md').read_text(encoding='utf-8')
        blocks = re.findall(r'^```text\n\$ ppr (.*?)\n(.*?)^```$', page, re.M | re.S)
        self.assertGreaterEqual(len(blocks), 2)
        for command, shown in blocks:
            pieces = [re.escape(piece) for piece in re.split(r'^ *…\n', shown, flags=re.M)]
            words = re.findall(r'"([^"]*)"|(\S+)', command)
            out = self.ppr(*(quoted or plain for quoted, plain in words))
            self.assertRegex(out, r'\A' + r'(?:.*\n)*'.join(pieces) + r'\Z', command)


if __name__ == '__main__':
    PPR = sys.argv.pop(1)
    unittest.main()
