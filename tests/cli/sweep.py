#!/usr/bin/env python3
"""Sweeps as users meet them: sweep.py PPR

Counts by an own reckoning in fractions; the same tables and page after the program was killed at random moments, for any number of threads, and from
joined parts; bad calls change nothing."""
import csv
import fractions
import hashlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PPR = sys.argv[1]
SEED = int(os.environ.get('PPR_SEED', '20240701'))

RULES = '''regelwerk Probe "Probe"
fassung 2024-01
  beschluss 19.10.2023 "BAnz"
  gilt ab 01.01.2024
einheit Stunde
aufzählung Feld § 3
  EP "Erwachsene", KJP "Kinder"
eingabe Nachweis § 1
  schlüssel IK : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4
  zeitraum Berichtsquartal = Jahr, Quartal
  aus "A"
    Art : Feld
    Soll : Stunde(0) 0..999999
    Ist : Stunde(0) 0..999999
zeitreihe Stufe : Prozent(0) § 16
  ab 01.01.2024 : 90 %
regel erfüllt : ja/nein § 7
  = Ist >= Stufe * Soll
regel fehlende Stunden : Stunde(2) § 13
  = max(0 Stunde, Stufe * Soll - Ist)
ausgabe "E"
  spalte "erfüllt" = erfüllt
'''
SURVEY = '''regelwerk Probe
szenario "Kennzahlen" auf fassung 2024-01
auswertung "Alle"
  gruppe "Feld" = Art
  gruppe "Quartal" = Berichtsquartal
  anteil "erfüllt" = erfüllt
  summe "fehlend" = fehlende Stunden
  verteilung "Ist" = Ist
'''
STEP = '''regelwerk Probe
szenario "Stufe" auf fassung 2024-01
parameter Stufenwert : Prozent(0) 0 %..200 % vorgabe 95 %
für Stufenwert von 80 % bis 120 % schritt 1 %
ergänze zeitreihe Stufe
  ab 01.01.2024 : Stufenwert
'''
DRAWN = '''regelwerk Probe
szenario "Messung" auf fassung 2024-01
parameter Abweichung : Prozent(1) -20 %..20 % vorgabe 0 %
für Abweichung gezogen je IK dreieckig -10 %; 0 %; 10 %
annahme Ist
  = Ist * (1 + Abweichung) gerundet kaufmännisch auf 0
'''


def run(*words, code=0, **more):
    done = subprocess.run([PPR, *map(str, words)], capture_output=True, text=True, encoding='utf-8', env=dict(os.environ, LC_ALL='de_DE.UTF-8'), **more)
    if code is not None and done.returncode != code:
        raise AssertionError(f'{words}: {done.returncode} instead of {code}\n{done.stdout}\n{done.stderr}')
    return done


class Sweep(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temp.name)
        for name, text in (('probe.ppr', RULES), ('kennzahlen.ppr', SURVEY), ('stufe.ppr', STEP), ('messung.ppr', DRAWN)):
            (cls.folder / name).write_text(text, encoding='utf-8')
        data = cls.folder / 'daten'
        data.mkdir()
        print(f'sweep: PPR_SEED={SEED}', file=sys.stderr)
        draw = random.Random(SEED)
        cls.records = []
        for number in range(400):
            for quarter in (1, 2, 3):
                target = draw.choice((100, 1000, 4810, draw.randrange(9000)))
                cls.records.append((number, quarter, draw.choice(('EP', 'KJP')), target, target * draw.randrange(70, 130) // 100))
        with open(data / 'A.csv', 'w', encoding='utf-8', newline='') as out:
            out.write('IK;Jahr;Quartal;Art;Soll;Ist\n')
            for number, quarter, kind, target, actual in cls.records:
                out.write(f'{number};2024;{quarter};{kind};{target};{actual}\n')

    @classmethod
    def tearDownClass(cls):
        cls.temp.cleanup()

    def call(self, out, *more, scenarios=('stufe.ppr', 'messung.ppr'), draws=400):
        words = ['sweep', self.folder / 'probe.ppr', self.folder / 'daten', '-o', self.folder / out, '--base', self.folder / 'kennzahlen.ppr', '--draws', draws]
        for scenario in scenarios:
            words += ['--scenario', ','.join(str(self.folder / part) for part in scenario.split(','))]
        return [str(word) for word in words + list(more)]

    def results(self, out):
        """Every file the sweep leaves but the ledger, whose pages may lie in another order."""
        return {path.name: path.read_bytes() for path in sorted((self.folder / out).iterdir())
                if path.suffix != '.sqlite' and not path.name.startswith('.')} # a program that is killed leaves files it was about to write

    def test_origin(self):
        """A population is told as such; the same bytes in another folder are the same data."""
        invented = self.folder / 'erfunden'
        shutil.copytree(self.folder / 'daten', invented)
        (invented / 'HERKUNFT.txt').write_text('Erfundene Daten: Nichts davon ist <wirklich>.\n\nRegelwerk: x\n', encoding='utf-8')
        words = self.call('herkunft', scenarios=('stufe.ppr',))
        run(*[str(invented) if word == str(self.folder / 'daten') else word for word in words])
        page = (self.folder / 'herkunft' / 'bericht.html').read_text(encoding='utf-8')
        self.assertIn('Szenarienbericht über erfundene Daten', page)
        self.assertIn('Erfundene Daten: Nichts davon ist &lt;wirklich&gt;.</p>', page)
        self.assertIn('von 80 % bis 120 % schritt 1 %', page.replace('\u00a0', ' '))
        book = sqlite3.connect(self.folder / 'herkunft' / 'laufbuch.sqlite')
        self.assertEqual(book.execute("SELECT value FROM meta WHERE key = 'input'").fetchone(), ('erfunden',))
        self.assertEqual(book.execute('SELECT count(DISTINCT data) FROM scenario').fetchone(), (1,))
        self.assertEqual([name for name, in book.execute('SELECT name FROM source WHERE scenario = 1 ORDER BY name')], ['kennzahlen.ppr', 'probe.ppr', 'stufe.ppr'])
        book.close()
        self.assertIn('; 0 Auswertungen in ', run(*words).stderr)
        shutil.rmtree(self.folder / 'herkunft')
        run(*words)
        self.assertNotIn('rfundene Daten', (self.folder / 'herkunft' / 'bericht.html').read_text(encoding='utf-8'))

    def test_counts(self):
        run(*self.call('zahl', scenarios=('stufe.ppr',)))
        book = sqlite3.connect(self.folder / 'zahl' / 'laufbuch.sqlite')
        for step in range(80, 121):
            level = fractions.Fraction(step, 100)
            for kind in ('', 'EP', 'KJP'):
                chosen = [r for r in self.records if kind in ('', r[2])]
                yes = sum(actual >= level * target for _, _, _, target, actual in chosen)
                gap = sum(max(0, level * target - actual) for _, _, _, target, actual in chosen)
                cell = f'Feld={kind}' if kind else ''
                where = 'scenario = 1 AND cell = ? AND run = (SELECT run FROM value WHERE scenario = 1 AND run > 0 AND value = ?)'
                self.assertEqual(book.execute(f'SELECT yes, yes + no FROM share WHERE {where}', (cell, step)).fetchone(), (yes, len(chosen)))
                total = book.execute(f"SELECT sum FROM total JOIN part ON part.survey = total.survey AND part.id = part AND name = 'fehlend' WHERE {where}",
                                     (cell, step)).fetchone()
                self.assertEqual(fractions.Fraction(int(total[0]), 100), gap)
        book.close()
        with open(self.folder / 'zahl' / 'Anteile.csv', encoding='utf-8-sig', newline='') as file:
            self.assertGreater(len(list(csv.reader(file, delimiter=';'))), 3)
        self.assertIn('<svg', (self.folder / 'zahl' / 'bericht.html').read_text(encoding='utf-8'))

    def test_killed(self):
        run(*self.call('ganz'))
        want = self.results('ganz')
        begin = time.monotonic()
        run(*self.call('probe'))
        length = time.monotonic() - begin
        draw = random.Random(SEED)
        for turn in range(4):
            out, kills = f'tot{turn}', 0
            for attempt in range(40):
                program = subprocess.Popen([PPR, *self.call(out, '-q', '--jobs', str(1 + turn % 3))], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    program.wait(length * draw.random() if attempt < 12 else None)
                    self.assertEqual(program.returncode, 0)
                    break
                except subprocess.TimeoutExpired:
                    program.kill()
                    program.wait()
                    kills += 1
            self.assertEqual(self.results(out), want, f'after {kills} kills')

    def test_interrupted(self):
        """Ctrl-C ends with the chunk at hand and says how to go on."""
        words = self.call('halt', scenarios=('messung.ppr',), draws=20000)
        program = subprocess.Popen([PPR, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding='utf-8')
        ledger = self.folder / 'halt' / 'laufbuch.sqlite'
        for _ in range(600):
            time.sleep(0.05)
            if ledger.exists() and ledger.stat().st_size > 300000:
                break
        program.send_signal(signal.SIGINT)
        _, told = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 6, told)
        self.assertIn('derselbe Aufruf', told)
        done = sqlite3.connect(ledger).execute('SELECT sum(n) FROM chunk').fetchone()[0]
        self.assertTrue(1 < done < 20002)

    def test_interrupted_anywhere(self):
        """Ctrl-C at any moment, also between scenarios and while the report is written: the same call goes on, and what it leaves in the end is the same."""
        run(*self.call('durch'))
        want = self.results('durch')
        begin = time.monotonic()
        run(*self.call('dauer'))
        length = time.monotonic() - begin
        draw = random.Random(SEED + 1)
        for turn in range(3):
            out, ends = f'signal{turn}', []
            for attempt in range(40):
                program = subprocess.Popen([PPR, *self.call(out, '-q', '--jobs', str(1 + turn))], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding='utf-8')
                if attempt < 12:
                    time.sleep(length * draw.random())
                    program.send_signal(signal.SIGINT)
                _, told = program.communicate(timeout=120)
                # Before it has said that it wants to hear of signals, one ends it.
                self.assertIn(program.returncode, (0, 6, -signal.SIGINT), told)
                if program.returncode == 6:
                    self.assertIn('derselbe Aufruf', told)
                ends.append(program.returncode)
                if attempt >= 12:
                    break
            self.assertEqual(ends[-1], 0)
            self.assertEqual(self.results(out), want, ends)

    def test_tables_read(self):
        """The digest is that of the tables a scenario knows, as sha256sum would make it; others in the folder are no business of the sweep."""
        data, other = self.folder / 'lesen', self.folder / 'mehr.ppr'
        shutil.copytree(self.folder / 'daten', data)
        other.write_text('regelwerk Probe\nszenario "Budgets" auf fassung 2024-01\nergänze eingabe Nachweis § 13 Abs. 7\n  aus "B" schlüssel IK, Jahr\n    Budget : Zahl(0) 0..99 optional\n'
                         'auswertung "Budgets"\n  summe "Budget" = Budget\n', encoding='utf-8')

        def words(out, *scenarios):
            return [str(data) if word == str(self.folder / 'daten') else word for word in self.call(out, scenarios=scenarios)]

        def listing(*names):
            return ''.join(f'{hashlib.sha256((data / name).read_bytes()).hexdigest()}  {name}\n' for name in names)

        run(*words('lesen-aus', 'stufe.ppr'))
        book = sqlite3.connect(self.folder / 'lesen-aus' / 'laufbuch.sqlite')
        self.assertEqual(book.execute('SELECT name, bytes, sha256 FROM file').fetchall(),
                         [('A.csv', (data / 'A.csv').stat().st_size, hashlib.sha256((data / 'A.csv').read_bytes()).hexdigest())])
        self.assertEqual(book.execute('SELECT DISTINCT data FROM scenario').fetchall(), [(hashlib.sha256(listing('A.csv').encode()).hexdigest(),)])
        book.close()
        (data / 'B.csv').write_text('IK;Jahr;Budget\n0;2024;7\n1;2024;5\n', encoding='utf-8')
        (data / 'Notizen.csv').write_text('nichts;davon\n', encoding='utf-8')
        self.assertIn('; 0 Auswertungen in ', run(*words('lesen-aus', 'stufe.ppr')).stderr)
        self.assertIn('A.csv', (self.folder / 'lesen-aus' / 'Herkunft.csv').read_text(encoding='utf-8'))
        self.assertNotIn('B.csv', (self.folder / 'lesen-aus' / 'Herkunft.csv').read_text(encoding='utf-8'))
        # A scenario that knows B reads it, and the baseline, which does not, is told the same digest.
        run(*words('lesen-budget', 'mehr.ppr'))
        book = sqlite3.connect(self.folder / 'lesen-budget' / 'laufbuch.sqlite')
        self.assertEqual(book.execute('SELECT DISTINCT data FROM scenario').fetchall(), [(hashlib.sha256(listing('A.csv', 'B.csv').encode()).hexdigest(),)])
        # 7 for each of three quarters of house 0, 5 for house 1; the other 398 houses say nothing
        self.assertEqual(book.execute("SELECT n, absent, sum FROM total JOIN survey ON survey.id = survey WHERE name = 'Budgets' AND scenario = 1 AND run = 0").fetchall(),
                         [(6, 3 * 398, str(3 * 7 + 3 * 5))])
        book.close()
        (data / 'B.csv').write_text('IK;Jahr;Budget\n0;2024;8\n', encoding='utf-8')
        told = run(*words('lesen-budget', 'mehr.ppr'), code=None).stderr
        self.assertIn('PPR5415', told)
        self.assertIn('Eingabe (B.csv)', told)
        (self.folder / 'kopie').mkdir()
        for name in ('stufe.ppr', 'kennzahlen.ppr'):
            shutil.copy(self.folder / name, self.folder / 'kopie' / name)
        (self.folder / 'kopie' / 'stufe.ppr').write_text(STEP.replace('95 %', '96 %'), encoding='utf-8')
        told = run(*[word.replace(str(self.folder / 'stufe.ppr'), str(self.folder / 'kopie' / 'stufe.ppr')) for word in words('lesen-aus', 'stufe.ppr')], code=None).stderr
        self.assertIn('Programm (stufe.ppr)', told)

    def test_parameters(self):
        """A parameter is set in the scenarios that have it; what none has, and what none takes, is refused before anything is computed."""
        run(*self.call('gesetzt', '--parameter', 'Stufenwert=110', scenarios=('stufe.ppr', 'messung.ppr'), draws=2))
        book = sqlite3.connect(self.folder / 'gesetzt' / 'laufbuch.sqlite')
        yes = sum(10 * actual >= 11 * target for _, _, _, target, actual in self.records)
        self.assertEqual(book.execute("SELECT yes FROM share WHERE scenario = 1 AND run = 0 AND cell = ''").fetchone(), (yes,))
        self.assertEqual(book.execute("SELECT value FROM meta WHERE key = 'parameters'").fetchone(), ('Stufenwert=110',))
        book.close()
        self.assertIn('gesetzte Parameter: Stufenwert=110', (self.folder / 'gesetzt' / 'bericht.html').read_text(encoding='utf-8'))
        for choice, part in (('Stufenwrt=110', 'Meinten Sie „Stufenwert“?'), ('Stufenwert=201', '0..200 %'), ('Stufenwert=90,5', 'Nachkommastellen'), ('Stufenwert=viel', 'keine Zahl'),
                             ('Länge=1', 'Vorhanden sind: Stufenwert, Abweichung')):
            told = run(*self.call('falsch', '--parameter', choice), code=2).stderr
            self.assertIn(part, told)
            self.assertFalse((self.folder / 'falsch').exists())

    def test_presets(self):
        """Two files of one scenario give a parameter another preset in each Fassung: with them each quarter is as in force, and no single value is told."""
        rules = self.folder / 'zwei'
        rules.mkdir()
        (rules / '1.ppr').write_text(RULES, encoding='utf-8')
        (rules / '2.ppr').write_text('regelwerk Probe\nfassung 2024-07\n  beschluss 01.06.2024 "BAnz"\n  gilt ab 01.07.2024\n  ändert fassung 2024-01\n'
                                     'ergänze zeitreihe Stufe\n  ab 01.01.2024 : 80 %\n', encoding='utf-8')
        words = ['sweep', rules, self.folder / 'daten', '-o', self.folder / 'zweimal', '--base', self.folder / 'beide.ppr']
        (self.folder / 'beide.ppr').write_text(SURVEY.replace('fassung 2024-01', 'fassung 2024-01, 2024-07'), encoding='utf-8')
        for name, edition, preset in (('s1.ppr', '2024-01', '90 %'), ('s2.ppr', '2024-07', '80 %')):
            (self.folder / name).write_text(STEP.replace('auf fassung 2024-01', f'auf fassung {edition}').replace('vorgabe 95 %', f'vorgabe {preset}'), encoding='utf-8')
        run(*words, '--scenario', f'{self.folder / "s2.ppr"},{self.folder / "s1.ppr"}', '--scenario', self.folder / 's2.ppr')
        book = sqlite3.connect(self.folder / 'zweimal' / 'laufbuch.sqlite')
        self.assertEqual(book.execute('SELECT name FROM scenario ORDER BY id').fetchall(), [('Ausgangslage',), ('Stufe',), ('Stufe (s2)',)]) # the same name twice would be told apart by nobody
        self.assertEqual(book.execute('SELECT presets FROM parameter ORDER BY scenario').fetchall(), [('90 % (2024-01); 80 % (2024-07)',), ('',)])
        self.assertEqual(book.execute('SELECT count(*) FROM value WHERE run = 0').fetchone(), (1,))
        self.assertEqual(book.execute('SELECT count(*) FROM change').fetchone(), (0,))
        yes = sum(100 * actual >= 95 * target for _, _, _, target, actual in self.records)
        run_at = 'run = (SELECT run FROM value WHERE scenario = 1 AND run > 0 AND value = 95)'
        self.assertEqual(book.execute(f"SELECT yes FROM share WHERE scenario = 1 AND cell = '' AND {run_at}").fetchone(), (yes,))
        book.close()
        self.assertIn('90 % (2024-01); 80 % (2024-07)', (self.folder / 'zweimal' / 'bericht.html').read_text(encoding='utf-8'))

    def test_parts(self):
        run(*self.call('alle'))
        for k in (1, 2, 3):
            told = run(*self.call(f'teil{k}', '--chunk', f'{k}/3'))
            self.assertIn('sweep merge', told.stderr)
            self.assertFalse((self.folder / f'teil{k}' / 'bericht.html').exists())
        ledgers = [self.folder / f'teil{k}' / 'laufbuch.sqlite' for k in (3, 1, 2)]
        run('sweep', 'merge', self.folder / 'eins.sqlite', *ledgers)
        run('sweep', 'report', self.folder / 'eins.sqlite', '-o', self.folder / 'eins')
        self.assertEqual(self.results('eins'), self.results('alle'))
        self.assertIn('PPR5417', run('sweep', 'merge', self.folder / 'eins.sqlite', *ledgers, code=None).stderr)

    def test_stacked(self):
        """Two files of one scenario: at 95 % with the drawn measurement off, the result is that of the step alone."""
        run(*self.call('stapel', scenarios=('stufe.ppr,messung.ppr', 'stufe.ppr'), draws=2))
        book = sqlite3.connect(self.folder / 'stapel' / 'laufbuch.sqlite')
        both, step = (book.execute("SELECT yes, no FROM share WHERE scenario = ? AND run = 0 AND cell = ''", (i,)).fetchone() for i in (1, 2))
        self.assertEqual(both, step)
        self.assertEqual(book.execute('SELECT name, sets FROM scenario WHERE id = 1').fetchone(), ('Stufe + Messung', 82))
        book.close()

    def test_refused(self):
        (self.folder / 'leer.ppr').write_text('regelwerk Probe\nszenario "Leer" auf fassung 2024-01\nparameter x : Zahl(0) 0..9 vorgabe 1\n', encoding='utf-8')
        none = ['sweep', self.folder / 'probe.ppr', self.folder / 'daten', '-o', self.folder / 'nichts']
        self.assertIn('PPR5403', run(*none, code=None).stderr) # nothing to count
        wide = self.folder / 'breit.ppr'
        wide.write_text(STEP.replace('von 80 % bis 120 % schritt 1 %', 'von 0 % bis 200 % schritt 1 %').replace('parameter', 'parameter x : Zahl(0) 0..9999 vorgabe 1\n'
                        'für x von 0 bis 9999 schritt 1\nparameter', 1), encoding='utf-8')
        told = run(*self.call('breit', scenarios=('breit.ppr',)), code=None)
        self.assertIn('PPR5402', told.stderr)
        self.assertIn('--yes', told.stderr)
        self.assertFalse((self.folder / 'breit' / 'laufbuch.sqlite').exists())
        run(*self.call('fest', scenarios=('stufe.ppr',)))
        before = (self.folder / 'fest' / 'laufbuch.sqlite').read_bytes()
        self.assertIn('PPR5415', run(*self.call('fest', '--seed', '2', scenarios=('stufe.ppr',)), code=None).stderr)
        other = (self.folder / 'stufe.ppr').read_text(encoding='utf-8')
        (self.folder / 'stufe.ppr').write_text(other.replace('vorgabe 95 %', 'vorgabe 96 %'), encoding='utf-8')
        try:
            self.assertIn('PPR5415', run(*self.call('fest', scenarios=('stufe.ppr',)), code=None).stderr)
        finally:
            (self.folder / 'stufe.ppr').write_text(other, encoding='utf-8')
        self.assertEqual((self.folder / 'fest' / 'laufbuch.sqlite').read_bytes(), before)
        self.assertFalse((self.folder / 'nichts').exists()) # a call that is refused leaves nothing behind
        run(*none, '--base', self.folder / 'kennzahlen.ppr') # and, mended, is not refused for what it left
        absent = run('sweep', self.folder / 'probe.ppr', self.folder / 'fehlt', '-o', self.folder / 'leer', '--base', self.folder / 'kennzahlen.ppr', code=5)
        self.assertIn('PPR7001', absent.stderr)
        self.assertFalse((self.folder / 'leer').exists())
        self.assertIn('kein Ordner', run(*self.call('probe.ppr', scenarios=()), code=5).stderr)
        self.assertIn('Ordner der Eingabe', run(*self.call('daten', scenarios=()), code=2).stderr)
        run(*self.call('fest2', '--ledger', self.folder / 'neu.ppr', scenarios=()), code=2)
        run('sweep', 'merge', self.folder / 'neu.ppr', self.folder / 'fest' / 'laufbuch.sqlite', code=2)
        run('sweep', 'report', self.folder / 'nirgends', '-o', self.folder / 'leer', code=5)
        self.assertFalse((self.folder / 'leer').exists())
        goal = ['goal', self.folder / 'probe.ppr', self.folder / 'daten', '--share', 'erfüllt', '--at-least', '60', '--vary', 'Stufenwert']
        self.assertIn('PPR5403', run(*goal, code=None).stderr)
        for bad in (['--chunk', '4/3'], ['--chunk', 'x'], ['--seed', '-1'], ['--draws', '0'], ['--readings', 'some'], ['--jobs', '65']):
            run(*self.call('schlecht', *bad), code=2)
        run('sweep', code=2)
        run('sweep', 'merge', 'x', code=2)
        run('sweep', 'report', self.folder / 'probe.ppr', '-o', self.folder / 'y', code=None)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
