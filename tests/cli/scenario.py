#!/usr/bin/env python3
"""Tests of `--scenario` and `--parameter`: scenario.py PPR [TEST …]. The published rules with the scenarios beside them: a parameter at the number in force
gives the results in force, a consolidated text those of its scenario; what is refused, and where scenarios are left alone."""
import collections
import csv
import decimal
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / 'rules' / 'ppp-rl'
SCENARIOS = RULES / 'szenarien'
RECORDS = RULES / 'beispiele'
PPR = None


def ppr(*words, code=0):
    done = subprocess.run([PPR, *map(str, words)], capture_output=True, text=True, encoding='utf-8', timeout=300, check=False)
    if code is not None and done.returncode != code:
        raise AssertionError(f'{" ".join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}')
    return done


def tables(folder):
    """{file: rows without the name of the Fassung}"""
    found = {}
    for path in sorted(folder.glob('*.csv')):
        with path.open(encoding='utf-8', newline='') as file:
            found[path.name] = without('Fassung', list(csv.reader(file, delimiter=';')))
    return found


def without(column, rows):
    """The rows without a column, if there is one of that name."""
    drop = rows[0].index(column) if rows and column in rows[0] else None
    return [[cell for i, cell in enumerate(row) if i != drop] for row in rows]


def values(found):
    """What tables say, whatever it rests on: a set number is ungeklärt where the same number in a text is bestätigt."""
    return {name: without('Beleg', rows) for name, rows in found.items()}


def evidence(found, name):
    column = found[name][0].index('Beleg')
    return [row[column] for row in found[name][1:]]


class Scenario(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def results(self, name, *more, rules=RULES):
        out = self.folder / name
        self.assertIn(ppr('run', rules, RECORDS, '-o', out, '-q', *more, code=None).returncode, (0, 3))
        return tables(out)

    def test_number_in_force(self):
        scenario = SCENARIOS / 'psychologen.ppr'
        base, more = self.results('in-kraft'), self.results('mehr', '--scenario', scenario)
        same = self.results('gesetzt', '--scenario', scenario, '--parameter', 'Minuten-A6c=107')
        self.assertEqual(values(base), values(same))
        # the number is as before, but a run chose it: what rests on it is ungeklärt, the rest as well attested as before
        changed = {(before, after) for before, after in zip(evidence(base, 'A5.2.csv'), evidence(same, 'A5.2.csv')) if before != after}
        self.assertEqual({after for _, after in changed}, {'ungeklärt'})
        self.assertNotEqual(set(evidence(same, 'A5.2.csv')), {'ungeklärt'})
        self.assertNotEqual(base['A5.1.csv'], more['A5.1.csv'])
        # only psychologists of adult psychiatry can need more; nobody needs less
        name = {cell: i for i, cell in enumerate(base['A5.1.csv'][0])}
        for old, new in zip(base['A5.1.csv'][1:], more['A5.1.csv'][1:]):
            before, after = (row[name['VKS-Mind']] for row in (old, new))
            if before != after:
                self.assertEqual((old[name['Berufsgruppe']], old[name['Einrichtung']]), ('c', '29'))
                self.assertLess(int(before), int(after))

    def test_number_in_place(self):
        """A run with a parameter set and the rule text with that number written in place."""
        text = (SCENARIOS / 'psychologen.ppr').read_text(encoding='utf-8')
        written = self.folder / 'geschrieben.ppr'
        written.write_text(text.split('test "')[0].replace('329  Minuten-A6c  176', '329  120  176'), encoding='utf-8')
        self.assertNotEqual(written.read_text(encoding='utf-8'), text.split('test "')[0])
        self.assertEqual(values(self.results('gesetzt', '--scenario', SCENARIOS / 'psychologen.ppr', '--parameter', 'Minuten-A6c=120')),
                         values(self.results('geschrieben', '--scenario', written)))

    def test_image(self):
        """A compiled scenario is what it was as text."""
        image = self.folder / 'stufe.pprb'
        words = ('--scenario', SCENARIOS / 'stufe.ppr')
        ppr('compile', RULES, '-o', image, *words)
        self.assertEqual(self.results('text', *words, '--parameter', 'Stufe=95'), self.results('datei', '--parameter', 'Stufe=95', rules=image))
        refused = ppr('run', image, RECORDS, '-o', self.folder / 'x', *words, code=2)
        self.assertIn('stufe.pprb', refused.stderr)
        self.assertFalse((self.folder / 'x').exists())

    def test_consolidated(self):
        """The text of a changed Fassung stands by itself, with the tests of the scenario that reach it."""
        text = ppr('consolidate', RULES, '--edition', '2026-01', '--scenario', SCENARIOS / 'stufe.ppr').stdout
        self.assertTrue(text.startswith('# Szenario „Einführungsstufe“\n'))
        self.assertIn('\nfassung 2026-01\n', text)
        alone = self.folder / '2026-01.ppr'
        alone.write_text(text, encoding='utf-8')
        ppr('check', alone)
        self.assertIn('3 Tests, 3 bestanden', ppr('test', alone).stdout)

    def test_diff(self):
        same = ppr('diff', RULES, '--edition', '2024-07', '--scenario', SCENARIOS / 'kennzahlen.ppr', '--only', 'structure', code=1).stdout
        self.assertIn('auswertung Kennzahlen', same)
        told = ppr('diff', RULES, '--edition', '2024-07', '--scenario', SCENARIOS / 'anrechnung.ppr', '--only', 'structure', code=1).stdout
        self.assertIn('PPP-RL 2024-07 → 2024-07 + Anrechnung von Hilfskräften', told)
        again = self.folder / 'wieder.ppr'
        again.write_text('\n'.join(line[2:] for line in told[told.index('  regelwerk'):].splitlines()) + '\n', encoding='utf-8')
        found, wanted = self.results('a', '--scenario', again), self.results('b', '--scenario', SCENARIOS / 'anrechnung.ppr')
        base = self.results('c')
        for name in ('Anrechnung.csv', 'A5.1.csv'):
            second = {key: [row for row in result[name] if '2024' in row[2:3] and row[3] in '34'] for key, result in (('f', found), ('w', wanted), ('b', base))}
            self.assertEqual(second['f'], second['w'], name)
            self.assertGreater(len(second['f']), 0)
        self.assertNotEqual(base['Anrechnung.csv'], wanted['Anrechnung.csv'])

    def test_stacked(self):
        words = [word for name in ('stufe', 'kennzahlen', 'psychologen') for word in ('--scenario', SCENARIOS / f'{name}.ppr')]
        said = ppr('check', RULES, '--edition', '2024-07', *words).stdout
        self.assertIn('Fassung 2024-07 + Einführungsstufe + Kennzahlen + Psychologische Minuten in der Tagesklinik', said)
        for parameter in ('Stufe: 90 (0..200) %', 'Wochenarbeitszeit: 38,50 (20,00..48,00) Stunde je Woche', 'Minuten-A6c: 132 (0..999) Minute je Woche'):
            self.assertIn(parameter, said)

    def test_euro(self):
        """Amounts from budgets: a quarter of the year's budget times the Wegfall, to the cent; where nothing is said, nothing is made up."""
        population, data = RULES.parent / 'population', self.folder / 'euro'
        ppr('population', population, '--seed', '3', '--year', '2026', '--count', '40', '-o', data, '-q')
        with (data / 'A1.csv').open(encoding='utf-8-sig', newline='') as file:
            units = sorted({(row['IK'], row['Standort'], row['Einrichtung']) for row in csv.DictReader(file, delimiter=';')})
        budgets = {unit: decimal.Decimal(1000001 + 37 * i) + decimal.Decimal(i % 100) / 100 for i, unit in enumerate(units) if i % 3}
        with (data / 'Budget.csv').open('w', encoding='utf-8', newline='') as out:
            out.write('IK;Standort;Jahr;Einrichtung;Budget\n')
            for (house, place, field), budget in budgets.items():
                out.write(f'{house};{place};2026;{field};{str(budget).replace(".", ",")}\n')
        with (data / 'A3.3.csv').open(encoding='utf-8-sig', newline='') as file:
            days = collections.Counter()
            for row in csv.DictReader(file, delimiter=';'):
                if row['Bezugsjahr'] == '2026':
                    days[row['IK'], row['Standort'], row['Einrichtung'], row['Quartal']] += int(row['Behandlungstage'])

        def cents(value):
            return value.quantize(decimal.Decimal('0.01'), decimal.ROUND_HALF_UP)

        for rate in (None, '380,50'):
            out = self.folder / f'euro-{rate}'
            ppr('run', RULES, data, '-o', out, '--scenario', SCENARIOS / 'erloese.ppr', *(['--parameter', f'Tagesentgelt={rate}'] if rate else []), '-q')
            seen = collections.Counter()
            with (out / 'Erloese.csv').open(encoding='utf-8-sig', newline='') as file:
                for row in csv.DictReader(file, delimiter=';'):
                    unit, lost = (row['IK'], row['Standort'], row['Einrichtung']), row['Wegfall']
                    share = decimal.Decimal(lost.replace(',', '.')) / 100 if lost not in ('', 'unbestimmt') else None
                    due = cents(budgets[unit] / 4) if unit in budgets else decimal.Decimal(rate.replace(',', '.')) * days[(*unit, row['Quartal'])] if rate else None
                    self.assertEqual(row['Entgelte'], '' if due is None else str(cents(due)).replace('.', ','))
                    want = '0,00' if not lost or share == 0 else lost if share is None else '' if due is None else str(cents(share * due)).replace('.', ',')
                    self.assertEqual(row['Wegfall_Euro'], want, row)
                    kind = 'nothing' if want == '0,00' else 'unknown' if not want else 'amount'
                    seen[kind] += 1
                    if kind == 'amount' and share is not None:
                        self.assertEqual(row['Beleg'], 'ungeklärt')
            self.assertGreater(seen['amount'], 20)
            self.assertGreater(seen['nothing'], 20)
            self.assertEqual(seen['unknown'] > 5, rate is None)

    def test_tests(self):
        """Of a changed Fassung only the tests of the scenario run, of the others theirs; tables of cases beside the rules too."""
        for path in sorted(SCENARIOS.glob('*.ppr')):
            said = ppr('test', RULES, '-v', '--scenario', path).stdout
            self.assertIn(f'{path.name}:', said)
            self.assertIn(' 0 nicht bestanden', said)
            changed = '2024-01' if path.stem == 'stufe-2024-01' else '2024-07' # each of the others changes this one
            self.assertNotIn(f'{changed}.ppr:', said.replace(path.name, ''))
            self.assertIn('2020-01.ppr:', said)

    def test_refused(self):
        stufe = SCENARIOS / 'stufe.ppr'
        for words, code, part in (
                (('check', stufe), 1, 'PPR3043'), (('check', RULES, '--scenario', RULES / '2024-07.ppr'), 1, 'PPR3048'),
                (('check', RULES, '--scenario', self.folder / 'keins.ppr'), 5, 'keins.ppr'), (('check', RULES, '--scenario', stufe, '--scenario', stufe), 1, 'PPR3047'),
                (('run', RULES, RECORDS, '-o', self.folder / 'x', '--scenario', stufe, '--parameter', 'Stufen=1'), 2, 'Meinten Sie „Stufe“?'),
                (('run', RULES, RECORDS, '-o', self.folder / 'x', '--scenario', stufe, '--parameter', 'Stufe=201'), 2, '0..200 %'),
                (('run', RULES, RECORDS, '-o', self.folder / 'x', '--parameter', 'Stufe'), 2, 'NAME=WERT')):
            self.assertIn(part, ppr(*words, code=code).stderr, words)
        self.assertFalse((self.folder / 'x').exists())

    def test_explained(self):
        with (RECORDS / 'A1.csv').open(encoding='utf-8', newline='') as file:
            rows = list(csv.reader(file, delimiter=';'))
        key = next(row for row in rows[1:] if row[2:5] == ['2024', '3', '29'])[:5]
        words = ('explain', RULES, RECORDS, '--key', ','.join(key), '--full', '--scenario', SCENARIOS / 'stufe.ppr')
        self.assertIn('= 90 %, Parameter nach Vorgabe (§ 16 Abs. 1 Satz 2 Nr. 2)', ppr(*words, 'Einführungsstufe').stdout)
        told = ppr(*words, '--parameter', 'Stufe=95', 'Einführungsstufe').stdout
        self.assertIn('= 95 %, gesetzter Parameter (§ 16 Abs. 1 Satz 2 Nr. 2)', told)
        self.assertIn('Fassung 2024-07 + Einführungsstufe', told)


if __name__ == '__main__':
    PPR = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
