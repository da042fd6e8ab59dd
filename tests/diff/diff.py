#!/usr/bin/env python3
"""Tests of `ppr diff`: diff.py PPR [TEST …]. PPR_SEED chooses the constants that are changed."""
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PUBLISHED = ROOT / 'rules' / 'ppp-rl'
SMALL = (HERE / 'klein.ppr').read_text()
EDITIONS = ['2020-01', '2021-01', '2022-01', '2023-01', '2024-01', '2024-07', '2025-01', '2026-01']
PPR = None


def ppr(*args):
    done = subprocess.run([PPR, *map(str, args)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def paragraphs(text):
    """Declarations of a consolidated rule file, tests left out, in no order: an amendment adds at the end."""
    head, *rest = text.split('\n\n')
    declarations = []
    for part in '\n\n'.join(rest).split('\n'):
        if part and not part[0].isspace():
            declarations.append(part)
        elif declarations and part:
            declarations[-1] += '\n' + part
    return head, sorted(d for d in declarations if not d.startswith('test '))


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def diff(self, *args):
        code, out, err = ppr('diff', '--format', 'json', *args)
        self.assertIn(code, (0, 1, 6), err)
        return code, json.loads(out)

    def compare(self, old, new, *args):
        return self.diff(self.write('alt.ppr', old), self.write('neu.ppr', new), *args)


class Structure(Case):
    def test_amendment_makes_the_new_text(self):
        """Old consolidated text plus the printed amendment is the new consolidated text, for all neighbours."""
        for old, new in zip(EDITIONS, EDITIONS[1:]):
            with self.subTest(old=old, new=new):
                code, told = self.diff(PUBLISHED, '--from', old, '--to', new, '--only', 'structure')
                self.assertEqual(code, 1)
                base = self.folder / f'{old}-{new}'
                base.mkdir()
                (base / '1.ppr').write_text(ppr('consolidate', PUBLISHED, '--edition', old)[1])
                (base / '2.ppr').write_text(told['structure']['amendment'])
                code, made, err = ppr('consolidate', base, '--edition', new)
                self.assertEqual(code, 0, err)
                wanted = ppr('consolidate', PUBLISHED, '--edition', new)[1]
                self.assertEqual(paragraphs(made), paragraphs(wanted))
                names = {(c['form'], c['name']) for c in told['structure']['changes']}
                self.assertEqual(len(names), len(told['structure']['changes']))

    def test_july_2024(self):
        """The changes of 21.03.2024, read from the amending file."""
        _, told = self.diff(PUBLISHED, '--from', '2024-01', '--to', '2024-07', '--only', 'structure')
        changes = {(c['how'], c['form'], c['name']) for c in told['structure']['changes']}
        self.assertEqual(changes, {('removed', 'offen', 'früherer Wortlaut'), ('changed', 'zeitreihe', 'Einführungsstufe'),
                                   ('changed', 'zeitreihe', 'Personalkostenfaktor'), ('added', 'offen', 'spätere Beschlüsse')})
        steps = next(c for c in told['structure']['changes'] if c['name'] == 'Einführungsstufe')
        self.assertEqual([(d['part'], d['name'], d['before'], d['after']) for d in steps['details']],
                         [('entry', 'ab 01.01.2024', '95 %', None), ('entry', 'ab 01.01.2026', '100 %', None),
                          ('entry', 'ab 01.01.2027', None, '95 %'), ('entry', 'ab 01.01.2029', None, '100 %')])

    def test_cell_row_branch_citation(self):
        new = SMALL.replace('A1  207  856    § Anlage 1 Nr. 1', 'A1  208  856    § Anlage 1 Nr. 2').replace('Ist < 100 Stunde\n', 'Ist < 99 Stunde\n')
        new = new.replace('Ist >= 100', 'Ist >= 99').replace('fassung 2024-01', 'fassung 2024-07').replace('01.01.2024\n\neinheit', '01.07.2024\n\neinheit')
        _, told = self.compare(SMALL, new, '--only', 'structure')
        details = [(c['name'], d['part'], d['name'], d['before'], d['after']) for c in told['structure']['changes'] for d in c['details']]
        self.assertEqual(details, [('Minutenwert', 'cell', 'A1, a', '207', '208'), ('Minutenwert', 'citation', 'A1', '§ Anlage 1 Nr. 1', '§ Anlage 1 Nr. 2'),
                                   ('Stufe', 'condition', 'klein', 'Ist < 100 Stunde', 'Ist < 99 Stunde'),
                                   ('Stufe', 'condition', 'mittel', 'Ist >= 100 Stunde und Ist < 250 Stunde', 'Ist >= 99 Stunde und Ist < 250 Stunde')])
        self.assertIn('ergänze tabelle Minutenwert', told['structure']['amendment'])
        self.assertNotIn('A6', told['structure']['amendment'])

    def test_same_text(self):
        code, told = self.compare(SMALL, SMALL)
        self.assertEqual(code, 0)
        self.assertEqual(told['structure']['changes'], [])
        self.assertEqual(told['meaning'][0]['different'] + told['meaning'][0]['undecided'], 0)
        self.assertEqual(told['meaning'][0]['equal'], 8)


class Meaning(Case):
    REFACTORED = {
        'commuted': [('Wochen * Minutenwert', 'Minutenwert * Wochen')],
        'branches in another order': [('''  fall klein § 7 Abs. 5 Satz 1
    wenn Ist < 100 Stunde
    = 1
  fall mittel § 7 Abs. 5 Satz 2
    wenn Ist >= 100 Stunde und Ist < 250 Stunde
    = 2
''', '''  fall mittel § 7 Abs. 5 Satz 2
    wenn Ist < 250 Stunde und Ist >= 100 Stunde
    = 2
  fall klein § 7 Abs. 5 Satz 1
    wenn nicht Ist >= 100 Stunde
    = 1
''')],
        'inner rule renamed': [('Wochen', 'Behandlungswochen')],
        'rule written out': [('= Minuten in Stunde', '= (summe über Bereich : Wochen * Minutenwert) in Stunde')],
        'comparison turned': [('= Ist >= Einführungsstufe * Mindest', '= Mindest * Einführungsstufe <= Ist')],
        'counted otherwise': [('= anzahl Berufsgruppe mit nicht erfüllt', '= summe über Berufsgruppe : (wenn erfüllt dann 0 sonst 1)')],
        'words only': [('§ 6 Abs. 5', '§ 6 Abs. 5 Satz 1')],
    }

    def test_refactored_is_equal(self):
        for name, changes in self.REFACTORED.items():
            with self.subTest(name):
                new = SMALL
                for a, b in changes:
                    self.assertIn(a, new)
                    new = new.replace(a, b)
                    if a == 'Wochen':
                        new = new.replace('Behandlungswochen(2)', 'Woche(2)')
                _, told = self.compare(SMALL, new)
                self.assertGreater(len(told['structure']['changes']), 0)
                kind = told['meaning'][0]
                self.assertEqual([r for r in kind['results'] if r['verdict'] in ('different', 'undecided')], [])
                self.assertEqual(kind['equal'], 8) # Mindest, erfüllt, Stufe of a and b, Abschlag, and that there are results

    # pattern of a constant, and the results one of which the witness must show; the step must be at the changed declaration
    CONSTANTS = [(r'(?<=A[169] ) *(\d+)(?= +\d+)', 'Minutenwert'), (r'(?<=A[169]) +\d+ +(\d+)', 'Minutenwert'), (r'(?<=01\.2024 : )(\d+)', 'Einführungsstufe'),
                 (r'(?<=\n  1 : )(\d+)', 'Abschlag'), (r'(?<=ab 2 : )(\d+)', 'Abschlag'), (r'Tage / (\d)(?= Tag je Woche gerundet kaufmännisch auf 2\n  aus)', 'Wochen'),
                 (r'(?<=und Ist < )(\d+)', 'Stufe')]

    def test_one_constant(self):
        seed = int(os.environ.get('PPR_SEED', '20240701'))
        draw = random.Random(seed)
        for pattern, where in self.CONSTANTS:
            places = list(re.finditer(pattern, SMALL))
            self.assertTrue(places, pattern)
            place = draw.choice(places)
            new = SMALL[:place.start(1)] + str(int(place.group(1)) + draw.choice((1, 3))) + SMALL[place.end(1):]
            with self.subTest(seed=seed, where=where, text=place.group(0)):
                code, told = self.compare(SMALL, new)
                self.assertEqual(code, 1)
                self.assertEqual([c['name'] for c in told['structure']['changes']], [where])
                kind = told['meaning'][0]
                self.assertEqual(kind['undecided'], 0, [r for r in kind['results'] if r['verdict'] == 'undecided'])
                self.assertGreaterEqual(len(kind['regions']), 1)
                for region in kind['regions']:
                    self.assertEqual([told['structure']['changes'][i]['name'] for i in region['through']], [where])
                    self.check_witness(region, new)

    def test_july_2024(self):
        """§ 16 Abs. 1: 95 % of 2024 became 90 %, all else stayed. So what compares with or multiplies by the step is different, by hand: the verdicts of all
        groups and of the house, the reference hours of absences and all exceptions that follow; and hours, days and their minima are the same."""
        _, told = self.diff(PUBLISHED, '--from', '2024-01', '--to', '2024-07', '--record', 'Nachweis')
        kind, results = told['meaning'][0], {}
        for result in told['meaning'][0]['results']:
            results.setdefault(result['name'].split('[')[0], set()).add(result['verdict'])
        self.assertEqual([r['name'] for r in kind['results'] if r['verdict'] == 'undecided'], [])
        for name in ('Einführungsstufe', 'erfüllt', 'Mindestvorgaben erfüllt', 'Vergleichswert-1', 'Ausfallquote', 'Ausnahmetatbestand', 'Ausnahme-4', 'fehlende VKS'):
            self.assertIn('different', results[name], name)
        for name in ('VKS-Mind', 'VKS-Ist', 'Umsetzungsgrad', 'Ausnahme-2', 'Ausnahme-3', 'Nachtdienst-Mind', '(ohne Ergebnis)'):
            self.assertEqual(results[name], {'equal'}, name)
        self.assertEqual({told['structure']['changes'][i]['name'] for region in kind['regions'] for i in region['through']}, {'Einführungsstufe'})
        texts = [ppr('consolidate', PUBLISHED, '--edition', edition)[1] for edition in ('2024-01', '2024-07')]
        for region in kind['regions']:
            self.check_witness(region, texts[1], texts[0])

    def check_witness(self, region, new, old=SMALL):
        """The record, run under both texts, shows the two values that are told."""
        base = self.folder / 'satz'
        base.mkdir(exist_ok=True)
        for name, text in region['tables'].items():
            (base / f'{name}.csv').write_text(text)
        shown = []
        for name, text in (('alt', old), ('neu', new)):
            path = self.write(f'{name}.ppr', text)
            code, out, err = ppr('explain', path, base, '--key', region['key'], region['output'])
            self.assertEqual(code, 0, err)
            shown.append(out.split('\n')[0])
        self.assertNotEqual(shown[0], shown[1])
        for line, value in zip(shown, (region['before'], region['after'])):
            self.assertIn(value, line)


class Data(Case):
    def test_records(self):
        """Two houses: 1 needs 1000 / 7 = 142,86 weeks * 207 = 29572,02 minutes = 493 hours, 90 % are 443,7; it has 450. With 95 %: 468,35."""
        base = self.folder / 'daten'
        base.mkdir()
        (base / 'A3.csv').write_text('IK;Jahr;Quartal;Bereich;Tage\n1;2024;1;A1;1000\n2;2024;1;A1;0\n')
        (base / 'A5.csv').write_text('IK;Jahr;Quartal;Berufsgruppe;Ist\n1;2024;1;a;450\n1;2024;1;b;9999\n2;2024;1;a;5\n2;2024;1;b;5\n')
        new = SMALL.replace('01.01.2024 : 90 %', '01.01.2024 : 95 %').replace('1 : 200', '1 : 250')
        _, told = self.compare(SMALL, new, '--only', 'data', '--data', base)
        data, changes = told['data'], [c['name'] for c in told['structure']['changes']]
        self.assertEqual((data['records'], data['changed'], data['changed_any'], data['without']), (2, 1, 1, 0))
        self.assertEqual([(v['key'], v['result'], v['before'], v['after'], [changes[i] for i in v['through']], v['alone']) for v in data['verdicts']],
                         [('1,2024,1', 'erfüllt[a]', 'ja', 'nein', ['Einführungsstufe'], True)])
        fee = next(c for c in data['columns'] if c['column'] == 'Abschlag')
        self.assertEqual((fee['measured'], fee['sum'], fee['median']), (1, '250', '250')) # 0 before: all fulfilled
        self.assertEqual([(changes[t['change']], t['alone'], t['moved']) for t in fee['through']], [('Einführungsstufe', 0, 1)])

    def test_published(self):
        """What is told agrees with two runs of the program over the same quarters."""
        _, told = self.diff(PUBLISHED, '--from', '2024-01', '--to', '2024-07', '--only', 'data', '--data', PUBLISHED / 'beispiele')
        self.assertGreater(told['data']['changed'], 0)
        for verdict in told['data']['verdicts']:
            self.assertNotEqual(verdict['before'], verdict['after'])
        steps = next(c for c in told['data']['columns'] if c['column'] == 'Einfuehrungsstufe')
        self.assertEqual((steps['least'], steps['most']), ('-5', '-5')) # § 16 Abs. 1: 95 % became 90 %
        self.assertEqual(steps['cells'], told['data']['records'])


class Program(Case):
    def test_options(self):
        path = self.write('alt.ppr', SMALL)
        for args in (['--from', '1999-01'], ['--to', '1999-01', '--from', '2024-01'], [], ['--from', '2024-01', '--quarter', 'bald'],
                     ['--from', '2024-01', '--record', 'Niemand'], ['--from', '2024-01', '--format', 'pdf'], ['--from', '2024-01', '--only', 'alles'],
                     ['--from', '2024-01', '--only', 'data'], ['--from', '2024-01', '--data', '-']):
            code, _, err = ppr('diff', path, *args)
            self.assertEqual(code, 2, args)
            self.assertTrue(err)
        code, _, err = ppr('diff', path, self.folder / 'nichts.ppr')
        self.assertNotEqual(code, 0)
        self.assertIn('nichts.ppr', err)

    def test_page(self):
        new = SMALL.replace('207', '208')
        page = self.folder / 'seite.html'
        code, out, err = ppr('diff', '--format', 'html', '-o', page, self.write('alt.ppr', SMALL), self.write('neu.ppr', new))
        self.assertEqual((code, out), (1, ''), err)
        text = page.read_text()
        self.assertNotRegex(text, r'(src|href)=|https?:|<script')
        for tag in ('table', 'section', 'div', 'pre', 'details'):
            self.assertEqual(len(re.findall(f'<{tag}[ >]', text)), text.count(f'</{tag}>'), tag)
        self.assertIn('<del>207</del> <ins>208</ins>', text)

    def test_page_says_struck(self):
        """The word is said, not struck through itself; what has no name has no blank before its colon."""
        page = self.folder / 'seite.html'
        code, _, err = ppr('--lang', 'de', 'diff', '--from', '2025-01', '--to', '2026-01', '--only', 'structure', '--format', 'html', '-o', page, PUBLISHED)
        self.assertEqual(code, 1, err)
        text = page.read_text()
        self.assertIn('<p><span class="soft">Spalte</span> e: gestrichen</p>', text)
        self.assertNotIn('<del>gestrichen</del>', text)
        self.assertNotRegex(text, r'</span> : ')

    def test_handbook(self):
        """The example of docs/handbuch/vergleichen.md is what the program says."""
        page = (ROOT / 'docs' / 'handbuch' / 'vergleichen.md').read_text()
        call, shown = re.search(r'```\n\$ ppr (diff .*?)\n(.*?)```', page, re.S).groups()
        done = subprocess.run([PPR, *call.split()], capture_output=True, text=True, check=False, cwd=ROOT)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, shown)

    def test_json_members(self):
        """Every member a reader may rely on is there, with its type."""
        _, told = self.compare(SMALL, SMALL.replace('207', '208'))
        self.assertEqual(set(told), {'regelwerk', 'old', 'new', 'structure', 'meaning'})
        self.assertEqual(set(told['structure']), {'head', 'changes', 'amendment'})
        for change in told['structure']['changes']:
            self.assertEqual(set(change), {'how', 'form', 'name', 'amendment', 'details'})
            for detail in change['details']:
                self.assertEqual(set(detail), {'part', 'name', 'before', 'after'})
        for kind in told['meaning']:
            self.assertEqual(sum(kind[v] for v in ('equal', 'different', 'undecided', 'added', 'removed')), len(kind['results']))
            for result in kind['results']:
                extra = {'equal': {'proof'}, 'different': {'region'}, 'undecided': {'reason'}}.get(result['verdict'], set())
                self.assertEqual(set(result), {'name', 'verdict'} | extra)
            for region in kind['regions']:
                self.assertEqual(set(region), {'output', 'before', 'after', 'through', 'step', 'key', 'moved', 'tables', 'readings', 'parameters', 'explanation_before',
                                               'explanation_after'})

    def test_english(self):
        _, out, _ = ppr('--lang', 'en', 'diff', self.write('alt.ppr', SMALL), self.write('neu.ppr', SMALL.replace('207', '208')))
        self.assertIn('Text, changes: 1 (struck 0, changed 1, new 0)', out)


if __name__ == '__main__':
    PPR = sys.argv.pop(1)
    unittest.main(verbosity=1)
