#!/usr/bin/env python3
"""Tests of the program `ppr`: cli.py PPR [TEST …]. Expected values are worked out by hand from regeln/ and the tables below."""
import json
import os
import pathlib
import pty
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE / 'regeln'
PPR = None

KEYS = 'IK;Standort;Jahr;Quartal;Einrichtung'
GOOD = '991000001;770000;2024;1;29'
OTHER = '991000002;770001;2024;3;30'
T1 = [f'{KEYS};Pflichtversorgung;Teiler;Beginn', f'{GOOD};ja;4;01.02.2024', f'{OTHER};nein;1;']
T2 = [f'{KEYS};Bezugsjahr;Gebiet;Behandlungstage', f'{GOOD};2023;A1;30', f'{GOOD};2023;A4;12', f'{OTHER};2023;A2;101']
T3 = [f'{KEYS};Berufsgruppe;VKS-Ist', f'{GOOD};a;2101,5', f'{GOOD};b;8022', f'{OTHER};a;1', f'{OTHER};b;2']
# 30 + 12 = 42 days, 42 / 4 = 10,5; 0 + 101 = 101 days > 100
ERGEBNIS_HEAD = f'{KEYS};Tage;erfüllt;Quote;Fassung\n'
ERGEBNIS_GOOD = f'{GOOD};42;ja;10,5;2024-01\n'
ERGEBNIS_OTHER = f'{OTHER};101;nein;101,0;2024-07\n'
GRUPPEN = f'{KEYS};Berufsgruppe;VKS-Ist\n{GOOD};a;2101,50\n{GOOD};b;8022,00\n'
FEHLER_HEAD = f'{KEYS};Tabelle;Zeile;Feld;Code;Text\n'


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ppr-cli-'))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.data = self.folder / 'ein'
        self.out = self.folder / 'aus'
        self.data.mkdir()
        self.tables()

    def tables(self, **changes):
        """Writes the good tables; T1=… replaces all lines of one."""
        for name, lines in {'T1': T1, 'T2': T2, 'T3': T3, **changes}.items():
            content = lines if isinstance(lines, bytes) else ''.join(line + '\n' for line in lines).encode()
            (self.data / f'{name}.csv').write_bytes(content)

    def ppr(self, *args, code=0, stdin=None, env=None):
        environment = {'PATH': os.environ.get('PATH', ''), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''), **(env or {})}
        done = subprocess.run([PPR, *map(str, args)], input=stdin, capture_output=True, env=environment, timeout=60)
        self.stdout, self.stderr = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, code, f'{args}\n{self.stdout}\n{self.stderr}')
        return self.stdout

    def run_tables(self, *args, code=0):
        return self.ppr('run', RULES, self.data, '-o', self.out, *args, code=code)

    def file(self, name):
        return (self.out / name).read_bytes().decode()

    def absent(self):
        self.assertEqual([p.name for p in self.out.glob('*')] if self.out.exists() else [], [])

    def refused(self, key, table, line, field, code, text=''):
        """One error on the record `key` in the error file; the good records are in the results, that one is not."""
        rows = self.file('Fehler.csv').splitlines()[1:]
        wanted = f'{key};{table};{line};{field};{code};'
        found = [row for row in rows if row.startswith(wanted)]
        self.assertTrue(found, f'{wanted}\n' + '\n'.join(rows))
        self.assertIn(text, found[0])
        self.assertIn(code, self.stderr + self.file('Fehler.csv'))
        self.assertNotIn('\n' + key + ';', self.file('Ergebnis.csv'))
        self.assertNotIn('\n' + key + ';', self.file('Gruppen.csv'))
        self.assertIn('/'.join(key.split(';')), self.stderr)


class Calls(Case):
    def test_no_arguments_shows_three_calls(self):
        self.ppr(code=2)
        self.assertEqual(self.stdout, '')
        self.assertEqual(len([line for line in self.stderr.splitlines() if line.startswith('  ppr ')]), 3)

    def test_help(self):
        self.assertIn('check', self.ppr('--help'))
        self.assertIn('Rückgabewerte', self.stdout)
        for command in 'check', 'compile', 'dis', 'run', 'readings', 'explain', 'test':
            self.assertIn(f'ppr {command} ', self.ppr(command, '--help'))
            self.assertEqual(self.ppr('help', command), self.stdout)
        self.assertIn('--reading', self.ppr('run', '-h'))

    def test_help_in_one_language(self):
        german, english = {'PFAD', 'DATEI', 'EINGABE', 'AUSGABE', 'ORDNER', 'ERGEBNIS', 'BEFEHL', 'LAUFBUCH', 'ALT', 'NEU'}, \
            {'PATH', 'FILE', 'INPUT', 'OUTPUT', 'FOLDER', 'RESULT', 'COMMAND', 'LEDGER', 'OLD', 'NEW'}
        commands = re.findall(r'^  ([a-z-]+) ', self.ppr('--help').split('Befehle:')[1].split('Optionen:')[0], re.M)
        self.assertEqual(len(commands), 16)
        for lang, own, other in (('de', german, english), ('en', english, german)):
            for call in [['--help'], *([command, '--help'] for command in commands)]:
                words = set(re.findall(r'\b[A-Z]{3,}\b', self.ppr('--lang', lang, *call)))
                self.assertFalse(words & other, call)
                self.assertEqual(self.stdout, self.stdout.replace(' \n', '\n'), call)
                columns = {len(match.group(1)) for match in re.finditer(r'^(  -(?:\S| (?! ))*  +)', self.stdout, re.M)}
                if len(call) > 1:
                    self.assertEqual(len(columns), 1, call)
            for call in (['check'], ['run', RULES], ['explain'], ['compile', RULES], ['population', RULES], ['diff'], ['sweep', 'report']):
                self.ppr('--lang', lang, *call, code=2)
                self.assertTrue(set(re.findall(r'\b[A-Z]{3,}\b', self.stderr)) & own, call)
                self.assertFalse(set(re.findall(r'\b[A-Z]{3,}\b', self.stderr)) & other, call)

    def test_version(self):
        self.assertRegex(self.ppr('--version'), r'^ppr \d+\.\d+\.\d+\n$')

    def test_language(self):
        german, english = 'Rückgabewerte', 'Exit codes'
        for env, word in (({}, german), ({'LANG': 'C'}, german), ({'LANG': 'POSIX'}, german), ({'LANG': 'de_DE.UTF-8'}, german), ({'LANG': 'fr_FR'}, german),
                          ({'LANG': 'en_GB.UTF-8'}, english), ({'LANG': 'de_DE', 'LC_ALL': 'en_US'}, english), ({'LANG': 'en_US', 'LC_ALL': 'C'}, german)):
            self.assertIn(word, self.ppr('--help', env=env), env)
        self.assertIn(english, self.ppr('--lang', 'en', '--help'))
        self.assertIn(german, self.ppr('--lang=de', '--help', env={'LANG': 'en_US'}))
        self.assertIn('missing argument', (self.ppr('check', '--lang', 'en', code=2), self.stderr)[1])

    def test_chosen_twice(self):
        for variants in (('mild', 'streng'), ('mild', 'mild')):
            words = [word for variant in variants for word in ('--reading', f'Lesart={variant}')]
            for call in (('run', RULES, self.data, '-o', self.out), ('explain', RULES, self.data, '--key', '1'), ('readings', RULES, self.data),
                         ('diff', RULES, '--data', self.data), ('goal', RULES, self.data), ('sweep', RULES, self.data, '-o', self.out)):
                self.ppr(*call, *words, code=2)
                self.assertIn('Auslegung „Lesart“ ist mehrfach gewählt', self.stderr)
        self.ppr('run', RULES, self.data, '-o', self.out, '--parameter', 'P=1', '--parameter', 'Q=1', '--parameter', 'P=2', code=2)
        self.assertIn('Parameter „P“ ist mehrfach gesetzt', self.stderr)
        self.absent()

    def test_folders_only(self):
        for call in (('population', RULES), ('sweep', RULES, self.data), ('sweep', 'report', 'buch'), ('prove', RULES)):
            self.ppr(*call, '-o', '-', code=2)
            self.assertIn('-o -: Die Ausgabe sind mehrere Dateien in einem Ordner', self.stderr)
        for call in (('compile', RULES, '-o', '-'), ('test', RULES, '--junit', '-')):
            self.ppr(*call, code=2)
            self.assertIn('„-“ ist die Standardausgabe; nennen Sie eine Datei', self.stderr)
        self.assertFalse(pathlib.Path('-').exists())

    def test_system_words(self):
        for path, de, en in ((self.folder / 'fehlt' / 'x.img', 'Datei oder Ordner nicht gefunden', 'no such file or directory'),
                             (self.folder, 'das ist ein Ordner', 'is a directory'), (self.data / 'T1.csv' / 'x.img', 'kein Ordner', 'not a directory'),
                             ('/dev/full', 'kein Platz auf dem Datenträger', 'no space left on device')):
            self.ppr('compile', RULES, '-o', path, code=5)
            self.assertIn(f'{path} ist nicht schreibbar: {de}\n', self.stderr)
            self.ppr('compile', RULES, '-o', path, '--lang', 'en', code=5)
            self.assertIn(f'cannot write {path}: {en}\n', self.stderr)

    def test_what_is_chosen(self):
        for words, said, help in ((('--record', 'Aufenthalt'), 'Datensätze der Art „Aufenthalt“ gibt es nicht', 'Vorhanden sind: Nachweis'),
                                  (('--as-of', '31.12.2022'), 'am 31.12.2022 war noch keine Fassung beschlossen', 'Der erste Beschluss ist vom 19.10.2023.'),
                                  (('--as-of', '2023'), 'kein Datum: 2023', '01.03.2024')):
            self.ppr('run', RULES, self.data, '-o', self.out, *words, code=2)
            self.assertIn(said, self.stderr)
            self.assertIn(help, self.stderr)
            self.absent()

    def test_folder_around(self):
        """A folder that cannot be made because the one around it is missing: that one is named."""
        for tail in ('fehlt/aus', 'fehlt/aus/', 'fehlt//aus'):
            self.ppr('run', RULES, self.data, '-o', f'{self.folder}/{tail}', code=5)
            self.assertIn(f'PPR7001: Datei oder Ordner nicht gefunden: {self.folder}/fehlt\n', self.stderr)
        self.assertFalse((self.folder / 'fehlt').exists())

    def test_device_stays(self):
        before = os.stat('/dev/null')
        self.ppr('compile', RULES, '-o', '/dev/null')
        self.assertTrue(stat.S_ISCHR(os.stat('/dev/null').st_mode))
        self.assertEqual(os.stat('/dev/null').st_ino, before.st_ino)

    def test_one_and_more(self):
        rules = self.folder / 'eins.ppr'
        rules.write_text('regelwerk Eins\nfassung 2024-01\n  beschluss 19.10.2023 "Stelle"\n  gilt ab 01.01.2024\neingabe N § 1\n'
                         '  schlüssel IK : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n  zeitraum Q = Jahr, Quartal\n'
                         '  aus "A"\n    Betten : Zahl(0) 0..99\nausgabe "B"\n  spalte "Betten" = Betten\n'
                         'test "Betten" § 1\n  gegeben Betten = 7\n  erwarte Betten = 7\n')
        self.ppr('check', rules)
        self.assertRegex(self.stdout, r'\d Eingaben, 1 Ergebnis, höchstens \d Schritte je Datensatz')
        self.ppr('check', rules, '--lang', 'en')
        self.assertRegex(self.stdout, r'\d inputs, 1 result, at most \d steps per record')
        self.assertEqual(self.ppr('test', rules), '1 Test, 1 bestanden, 0 nicht bestanden\n')
        self.assertEqual(self.ppr('test', rules, '--lang', 'en'), '1 test, 1 passed, 0 failed\n')
        self.ppr('compile', rules, '-o', self.folder / 'eins.img')
        self.assertRegex(self.stderr, r'eins.img: 1 Fassung, [\d.]+ Bytes\n')
        published = HERE.parents[1] / 'rules' / 'ppp-rl'  # several kinds of record, one Fassung per file
        self.ppr('compile', published, '-o', self.folder / 'alle.img')
        self.assertIn(f'alle.img: {len(list(published.glob("*.ppr")))} Fassungen, ', self.stderr)

    def test_command_meant(self):
        for word, meant in (('chek', {'check'}), ('cehck', {'check'}), ('rnu', {'run'}), ('expalin', {'explain', 'explain-code'}), ('zzz', set())):
            self.ppr(word, code=2)
            self.assertEqual(set(re.findall(r'Gemeint ist vielleicht: (\S+)', self.stderr)), meant, word)

    def test_usage_errors(self):
        for args in (['chek'], ['help', 'chek'], ['--nope'], ['check'], ['check', '--nope', RULES], ['check', RULES, 'x'], ['compile', RULES], ['run', RULES], ['run', RULES, 'a', 'b'],
                     ['run', RULES, self.data, '-o'], ['run', RULES, self.data, '--batch', '0'], ['run', RULES, self.data, '--batch', '1025'],
                     ['run', RULES, self.data, '--batch', 'x'], ['run', RULES, self.data, '--reading', 'Lesart'], ['explain', RULES, self.data], ['--lang', 'fr'],
                     ['dis', RULES, '--edition', '1999-01'], ['diff', RULES, '--parameter', 'P=1'], ['diff', RULES, '--edition', '2024-07'], ['diff', RULES, '--reading', 'Lesart=mild'], ['run', RULES, self.data, '-o', self.out, '--reading', 'Deutung=mild'],
                     ['run', RULES, self.data, '-o', self.out, '--reading', 'Lesart=sanft'], ['explain', RULES, self.data, '--key', '1,2']):
            self.ppr(*args, code=2)
            self.assertTrue(self.stderr, args)
            self.assertEqual(self.stdout, '', args)
        self.assertIn('check', (self.ppr('chek', code=2), self.stderr)[1])
        self.ppr('run', RULES, self.data, '-o', self.out, '--reading', 'Lesart=sanft', code=2)
        self.assertIn('streng, mild', self.stderr)
        self.absent()

    def test_no_colour_on_pipes(self):
        broken = self.folder / 'x.ppr'
        broken.write_text('regelwerk X "X"\nfassung 2024-01\nunsinn\n')
        self.ppr('check', broken, code=1)
        self.assertNotIn('\033', self.stdout + self.stderr)


    def test_colour_on_terminals(self):
        broken = self.folder / 'x.ppr'
        broken.write_text('regelwerk X "X"\nfassung 2024-01\nunsinn\n')
        for env, colour in (({}, True), ({'NO_COLOR': '1'}, False)):
            try:
                ours, theirs = pty.openpty()
            except OSError as e:  # a container without /dev/pts
                self.skipTest(str(e))
            subprocess.run([PPR, 'check', str(broken)], stdout=subprocess.DEVNULL, stderr=theirs, env={'PATH': '', **env})
            os.close(theirs)
            text = b''
            try:
                while piece := os.read(ours, 4096):
                    text += piece
            except OSError:
                pass  # the other end is closed
            os.close(ours)
            self.assertEqual(b'\033[' in text, colour)
            self.assertIn(b'Fehler', text)


class Programs(Case):
    def test_check(self):
        out = self.ppr('check', RULES)
        for text in 'Fassung 2024-01', 'gilt 01.01.2024 bis 30.06.2024', 'Lesart', 'streng (Vorgabe), mild', 'Rundung: Die Rundung ist nicht geregelt.', 'Schritte je Datensatz':
            self.assertIn(text, out)
        self.assertEqual(json.loads(self.ppr('check', '--json', RULES)), [])
        names = re.findall(r'^Fassung (\S+)', out, re.M)
        self.assertEqual(re.findall(r'^Fassung (\S+)', self.ppr('check', RULES, '--edition', names[0]), re.M), names[:1])
        self.ppr('check', RULES, '--edition', '1999-01', code=2)
        self.assertIn('1999-01', self.stderr)

    def test_check_findings(self):
        broken = self.folder / 'x.ppr'
        broken.write_text((RULES / '2024-01.ppr').read_text().replace('Summe <= 100 Tag', 'Summe <= 100 Stunde'))
        self.ppr('check', broken, code=1)
        self.assertRegex(self.stderr, r'x\.ppr:\d+:\d+: Fehler PPR\d{4}: ')
        self.assertIn('^', self.stderr)
        found = json.loads((self.ppr('check', '--json', broken, code=1), self.stdout)[1])
        self.assertEqual(found[0]['severity'], 'error')
        self.assertRegex(found[0]['code'], r'^PPR\d{4}$')
        self.assertGreater(found[0]['line'], 10)
        self.assertIn('error PPR', (self.ppr('check', '--lang', 'en', broken, code=1), self.stderr)[1])

    def test_missing_rules(self):
        for args in (['check', 'nicht/da'], ['check', 'nicht-da.ppr'], ['run', 'nicht/da', self.data, '-o', self.out], ['test', 'nicht/da']):
            self.ppr(*args, code=5)
            self.assertIn('nicht', self.stderr)

    def test_compile_and_run_the_image(self):
        image = self.folder / 'probe.pprb'
        self.ppr('compile', RULES, '-o', image)
        first = image.read_bytes()
        self.ppr('compile', RULES, '-o', image)
        self.assertEqual(first, image.read_bytes())
        self.ppr('run', image, self.data, '-o', self.out)
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)
        self.assertIn('2024-07', self.ppr('dis', image, '--edition', '2024-07'))
        self.assertNotIn('gilt vom 01.01.2024', self.stdout)
        self.ppr('compile', RULES, '-o', self.folder / 'nicht' / 'da', code=5)

    def test_damaged_images(self):
        image = self.folder / 'probe.pprb'
        self.ppr('compile', RULES, '-o', image)
        good = image.read_bytes()
        for bad in (b'', b'x', good[:100], good[:-1], good[:200] + bytes([good[200] ^ 1]) + good[201:], b'\0' * 1000):
            image.write_bytes(bad)
            self.ppr('run', image, self.data, '-o', self.out, code=4)
            self.assertIn('PPR6', self.stderr)
        self.absent()

    def test_forged_image(self):
        """Code is proved when it is needed: the checksum is right, an instruction is not."""
        image = self.folder / 'probe.pprb'
        self.ppr('compile', RULES, '-o', image)
        forged = bytearray(image.read_bytes())
        head = 40 + int.from_bytes(forged[28:32], 'little')  # of the first edition, behind the text
        rows = head + 68 + 16 * int.from_bytes(forged[head + 64:head + 68], 'little')
        self.assertEqual(forged[rows], 1 << 2)  # a step of 1 to opcode 1
        forged[rows] = 7 << 2  # no opcode
        forged[-4:] = crc32c(forged[:-4]).to_bytes(4, 'little')
        image.write_bytes(forged)
        for command in ['run', image, self.data, '-o', self.out], ['dis', image], ['compile', image, '-o', self.folder / 'neu.pprb']:
            self.ppr(*command, code=4)
        self.ppr('run', image, self.data, '-o', self.out, code=4)
        self.assertIn('PPR6101', self.stderr)
        self.absent()

    def test_tests(self):
        self.assertIn('2 Tests, 2 bestanden', self.ppr('test', RULES))
        self.assertIn('an der Grenze', self.ppr('test', '-v', RULES))
        broken = self.folder / 'x.ppr'
        broken.write_text((RULES / '2024-01.ppr').read_text().replace('erwarte erfüllt = ja', 'erwarte erfüllt = nein'))
        out = self.ppr('test', broken, code=1)
        self.assertIn('NICHT BESTANDEN', out)
        self.assertIn('an der Grenze', out)
        self.assertIn('1 nicht bestanden', out)


class Runs(Case):
    def test_results(self):
        self.run_tables()
        self.assertEqual(self.stdout, '')
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)
        self.assertEqual(self.file('Gruppen.csv'), GRUPPEN)
        self.assertEqual(self.file('Fehler.csv'), FEHLER_HEAD)
        self.assertEqual(sorted(p.name for p in self.out.iterdir()), ['Ergebnis.csv', 'Fehler.csv', 'Gruppen.csv'])
        for text in '2 Datensätze', 'Fassung 2024-01', 'Fassung 2024-07', 'Ergebnis: erfüllt':
            self.assertIn(text, self.stderr)
        self.run_tables('--quiet')
        self.assertEqual(self.stderr, '')

    def test_batches_and_language_change_nothing(self):
        self.run_tables()
        first = self.file('Ergebnis.csv')
        for args in (['--batch', '1'], ['--batch', '7'], ['--lang', 'en']):
            self.run_tables(*args)
            self.assertEqual(self.file('Ergebnis.csv'), first)

    def test_profile(self):
        self.run_tables('--profile', '--quiet', '--batch', '64', '--jobs', '1')
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)
        reading, evaluating, writing, head, *rows = self.stderr.splitlines()
        for line, name in (reading, 'Lesen'), (evaluating, 'Rechnen'), (writing, 'Schreiben'):
            self.assertRegex(line, rf'^  {name} +\d+,\d\d s$')
        self.assertEqual(head.split(), ['Befehl,', 'Breiten', 'Schritte', 'Nachweise', 'ns', '%'])
        times = [int(row.split()[-2].replace('.', '')) for row in rows]
        self.assertEqual(times, sorted(times, reverse=True))
        loads = [row.split() for row in rows if row.split()[0] == 'IN_INT']
        self.assertTrue(loads)
        for name, _, _, width, steps, records, *_ in loads: # two Fassungen, a block of one record each
            self.assertIn(width, ('32', '64'))
            self.assertEqual(steps, records)
        self.run_tables('--profile', '--quiet', '--lang', 'en')
        self.assertEqual([line.split()[0] for line in self.stderr.splitlines()[:4]], ['reading', 'evaluating', 'writing', 'instruction,'])

    def test_reading(self):
        self.run_tables('--reading', 'Lesart=mild')
        self.assertIn(f'{OTHER};101;ja;101,0;2024-07', self.file('Ergebnis.csv'))

    def test_json_to_stdout(self):
        lines = [json.loads(line) for line in self.ppr('run', RULES, self.data).splitlines()]
        self.assertEqual(lines[0]['Ergebnisse']['Ergebnis'], [{'Tage': 42, 'erfüllt': True, 'Quote': 10.5, 'Fassung': '2024-01'}])
        self.assertEqual(lines[1]['Ergebnisse']['Gruppen'], [])

    def test_ndjson(self):
        record = {'IK': '1', 'Standort': '2', 'Jahr': 2024, 'Quartal': 1, 'Einrichtung': '29', 'Pflichtversorgung': True, 'Tage': {'A1': 7}, 'VKS-Ist': {'a': 1.5, 'b': 2}}
        text = json.dumps(record) + '\n' + json.dumps({**record, 'IK': '2', 'Tage': {'A1': -7}}) + '\n'
        lines = [json.loads(line) for line in self.ppr('run', RULES, '-', '--ndjson', stdin=text.encode(), code=3).splitlines()]
        self.assertEqual(lines[0]['Ergebnisse']['Ergebnis'][0]['Quote'], 7.0)
        self.assertEqual(lines[1]['Fehler'][0]['Code'], 'PPR5104')
        self.assertEqual(lines[1]['Fehler'][0]['Feld'], 'Tage[A1]')
        pretty = json.dumps([record], indent=2)
        self.assertEqual(json.loads(self.ppr('run', RULES, '--ndjson', stdin=pretty.encode()))['Ergebnisse'], lines[0]['Ergebnisse'])
        self.ppr('run', RULES, '--ndjson', stdin=b'{"IK":', code=3)
        self.assertIn('PPR5020', self.stderr)

    def test_flat(self):
        text = 'IK,Standort,Jahr,Quartal,Einrichtung,Pflichtversorgung,Tage[A1],VKS-Ist[a],VKS-Ist[b]\n991000001,770000,2024,1,29,ja,42,2101.5,8022\n'
        self.ppr('run', RULES, '-', '--flat', '-o', self.out, stdin=text.encode())
        self.assertEqual(self.file('Gruppen.csv'), GRUPPEN)
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + f'{GOOD};42;ja;42,0;2024-01\n')

    def test_explain(self):
        out = self.ppr('explain', RULES, self.data, '--key', GOOD.replace(';', ','), 'erfüllt')
        for text in 'erfüllt = ja', '2024-01', 'Summe', '42', '§ 4':
            self.assertIn(text, out)
        self.assertIn('Summe\n', self.ppr('explain', RULES, self.data, '--key', GOOD.replace(';', ',')))
        self.ppr('explain', RULES, self.data, '--key', GOOD.replace(';', ','), 'erfült', code=2)
        self.assertIn('erfüllt', self.stderr)
        for name, similar in (('erfült', 'erfüllt'), ('Gruppen: VKS-Ist', 'keines'), ('Ergebnis: Tage', 'Summe'), ('Tage', 'Summe'), ('Quo', 'Quote'),
                              ('Zug', 'keines')):
            self.ppr('explain', RULES, self.data, '--key', GOOD.replace(';', ','), name, code=2)
            self.assertIn(f'Alle Namen zeigt derselbe Aufruf ohne ERGEBNIS. Ähnlich: {similar}\n', self.stderr, name)
        self.ppr('explain', RULES, self.data, '--key', '1,2,3,4,5', 'erfüllt', code=2)
        first = GOOD.replace(';', ',')
        self.assertIn(f'Ein Schlüssel nennt IK, Standort, Jahr, Quartal, Einrichtung, durch Kommas getrennt; der erste der Eingabe ist {first}\n', self.stderr)
        flat = self.folder / 'leer.csv'
        flat.write_text(f'{KEYS};Pflichtversorgung;VKS-Ist[a];VKS-Ist[b]\n')
        self.ppr('explain', RULES, flat, '--flat', '--key', '1,2,3,4,5', 'erfüllt', code=2)
        self.assertIn('der erste der Eingabe ist keiner\n', self.stderr)
        self.tables(T1=T1 + ['5;5;2024;1;29;vielleicht;1;'])
        self.ppr('explain', RULES, self.data, '--key', '5,5,2024,1,29', 'erfüllt', code=3)
        self.assertIn('T1.csv:4', self.stderr)

    def test_checks_and_faults(self):
        self.tables(T2=T2 + [f'{OTHER};2023;A1;900'], T1=[*T1, '7;7;2024;1;29;ja;0;', '8;8;2024;1;29;ja;1;'],
                    T3=T3 + ['7;7;2024;1;29;a;1', '7;7;2024;1;29;b;1', '8;8;2024;1;29;a;1', '8;8;2024;1;29;b;1'])
        self.run_tables(code=3)
        rows = self.file('Fehler.csv').splitlines()
        self.assertIn(f'{OTHER};;;Obergrenze;PPR5301;', '\n'.join(rows))
        self.assertRegex('\n'.join(rows), r'\n7;7;2024;1;29;;;Quote;PPR5204;Division durch null: Quote \(2024-01\.ppr:\d+\)')
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + '8;8;2024;1;29;0;ja;0,0;2024-01\n')
        self.assertIn('4 Datensätze', self.stderr)


class BadJson(Case):
    def test_words(self):
        for text, de, en in (('{"IK":"1"', 'der Text bricht ab', 'the text breaks off'), ('{"IK":"1" "b":2}', 'hinter einer Angabe fehlt , oder }', 'behind a value , or } is missing'),
                             ('[{} {}]', 'hinter einem Element fehlt , oder ]', 'behind an element , or ] is missing'),
                             ('{"a" 1}', 'hinter einem Namen fehlt der Doppelpunkt', 'the colon behind a name is missing'),
                             ('{1:2}', 'hier steht ein Name in Anführungszeichen', 'a name in quotation marks stands here'),
                             ('{"a":1.}', 'eine Zahl ist nicht vollständig', 'a number is incomplete'), ('{"a":nein}', 'hier steht etwas, das nicht dorthin gehört', 'that does not belong'),
                             ('{"a":}', 'hier steht etwas, das nicht dorthin gehört', 'that does not belong'), ('{"a":"\\q"}', 'unzulässiges Zeichen in einem Text', 'invalid character in a text')):
            for lang, words in (('de', f'kein gültiges JSON: {de}'), ('en', en)):
                self.ppr('run', RULES, '-', '--ndjson', '--lang', lang, code=3, stdin=text.encode())
                self.assertIn(words, self.stderr, text)
                self.assertNotIn('error: ', self.stderr.split('PPR5020')[1])


class BadTables(Case):
    """Each case: the message names file, line, column and record; the other records are computed."""

    def bad(self, table, row, line, field, code, text='', key='5;5;2024;1;29'):
        lines = {'T1': T1, 'T2': T2, 'T3': T3}[table] + ([row] if isinstance(row, str) else row)
        self.tables(**{table: lines})
        self.run_tables(code=3)
        self.refused(key, table, line, field, code, text)
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)
        self.assertEqual(self.file('Gruppen.csv'), GRUPPEN)
        self.assertIn(f'{table}.csv:{line}: {field}' if line else table, self.stderr)

    def test_text_in_a_number_field(self):
        self.bad('T1', '5;5;2024;1;29;ja;vier;', 4, 'Teiler', 'PPR5100', '„vier“')

    def test_decimal_point(self):
        self.bad('T3', ['5;5;2024;1;29;a;1.5'], 6, 'VKS-Ist[a]', 'PPR5101', '1,5')

    def test_thousands(self):
        for cell, right in (('1.234,50', '1234,50'), ('12.345', '12345'), ('1.234.567', '1234567'), ('-1.234', '-1234')):
            self.bad('T3', [f'5;5;2024;1;29;a;{cell}'], 6, 'VKS-Ist[a]', 'PPR5121', f'„{cell}“ hat Tausenderzeichen; richtig ist „{right}“')
        for cell, code in (('1.23', 'PPR5101'), ('1234.567', 'PPR5101'), ('1.2345', 'PPR5101'), ('1.23.456', 'PPR5100'), ('.123', 'PPR5100'),
                           ('1.234,5x', 'PPR5100'), ('1.234,555', 'PPR5100')):
            self.bad('T3', [f'5;5;2024;1;29;a;{cell}'], 6, 'VKS-Ist[a]', code)
        self.assertNotRegex(self.stderr, r'\. $')

    def test_negative_days(self):
        self.bad('T2', '5;5;2024;1;29;2023;A1;-3', 5, 'Tage[A1]', 'PPR5104', '0 und 99999')

    def test_out_of_range(self):
        self.bad('T2', '5;5;2024;1;29;2023;A1;100000', 5, 'Tage[A1]', 'PPR5104')

    def test_too_many_decimals(self):
        self.bad('T3', '5;5;2024;1;29;a;1,555', 6, 'VKS-Ist[a]', 'PPR5102')

    def test_not_ja_nein(self):
        self.bad('T1', '5;5;2024;1;29;j;1;', 4, 'Pflichtversorgung', 'PPR5105')

    def test_no_date(self):
        self.bad('T1', '5;5;2024;1;29;ja;1;30.02.2024', 4, 'Beginn', 'PPR5106')

    def test_unknown_area(self):
        self.bad('T2', '5;5;2024;1;29;2023;X9;1', 5, 'Gebiet', 'PPR5108', 'A1, A2, A4')

    def test_unknown_profession(self):
        self.bad('T3', '5;5;2024;1;29;z;1', 6, 'Berufsgruppe', 'PPR5108', 'a, b')

    def test_unknown_facility(self):
        self.bad('T1', '5;5;2024;1;77;ja;1;', 4, 'Einrichtung', 'PPR5108', '29, 30', key='5;5;2024;1;77')

    def test_area_of_another_fassung(self):
        self.bad('T2', '5;5;2024;3;29;2023;A4;1', 5, 'Gebiet', 'PPR5109', '2024-07', key='5;5;2024;3;29')

    def test_quarter_before_the_first_fassung(self):
        self.bad('T1', '5;5;2023;4;29;ja;1;', 4, 'Jahr', 'PPR5114', '01.01.2024', key='5;5;2023;4;29')

    def test_quarter_after_the_last_fassung(self):
        self.bad('T1', '5;5;2025;1;29;ja;1;', 4, 'Jahr', 'PPR5115', '31.12.2024', key='5;5;2025;1;29')

    def test_quarter_five(self):
        self.bad('T1', '5;5;2024;5;29;ja;1;', 4, 'Quartal', 'PPR5104', '1 und 4', key='5;5;2024;5;29')

    def test_duplicate_key(self):
        self.bad('T1', ['5;5;2024;1;29;ja;1;'] * 2, 5, 'Pflichtversorgung', 'PPR5110')

    def test_duplicate_element(self):
        self.bad('T2', ['5;5;2024;1;29;2023;A1;1'] * 2, 6, 'Tage[A1]', 'PPR5110')

    def test_empty_key(self):
        self.bad('T1', ';5;2024;1;29;ja;1;', 4, 'IK', 'PPR5116', key=';5;2024;1;29')

    def test_empty_cell(self):
        self.bad('T1', '5;5;2024;1;29;;1;', 4, 'Pflichtversorgung', 'PPR5112')

    def test_missing_row(self):
        self.tables(T1=T1 + ['5;5;2024;1;29;ja;1;'])
        self.run_tables(code=3)
        self.refused('5;5;2024;1;29', 'T3', '', 'VKS-Ist[a]', 'PPR5113')
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)

    def test_wrong_number_of_cells(self):
        self.bad('T1', '5;5;2024;1;29;ja;1', 4, '', 'PPR5009', '7 Zellen')

    def test_nul(self):
        self.tables(T1=('\n'.join(T1) + '\n5;5;2024;1;29;ja;\0;\n').encode())
        self.run_tables(code=3)
        self.refused('5;5;2024;1;29', 'T1', 4, '', 'PPR5010')

    def test_truncated_line(self):
        self.tables(T1=('\n'.join(T1) + '\n5;5;2024;1;29;j').encode())
        self.run_tables(code=3)
        self.refused('5;5;2024;1;29', 'T1', 4, '', 'PPR5016', '6 von 8')
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)

    def test_row_nobody_reads(self):
        self.tables(T2=T2 + [f'{GOOD};1999;A1;1'])
        self.run_tables()
        self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)
        self.assertIn(f'{GOOD};T2;5;;PPR5300;', self.file('Fehler.csv'))

    def test_all_errors_of_a_record(self):
        self.tables(T1=T1 + ['5;5;2024;1;29;j;vier;gestern'], T2=T2 + ['5;5;2024;1;29;2023;X9;1'])
        self.run_tables(code=3)
        self.assertEqual(self.file('Fehler.csv').count('\n5;5;2024;1;29;'), 6)  # three cells, one code, two missing hours


class FewerKeys(Case):
    """The table Eingang has no facility: its rows belong to every facility of the site. Rows of A1 with the pseudo facility 297 are passed over."""
    RULES = '''regelwerk Probe "Eingänge"
fassung 2024-01
  beschluss 19.10.2023 "BAnz AT 05.02.2024 B4"
  gilt ab 01.01.2024 bis 31.12.2024
aufzählung Fachgebiet § 1
  Psychosomatik = "28", Erwachsene = "29", Kinder = "30"
eingabe Nachweis § Anlage 3
  schlüssel IK : Text, Standort : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4, Einrichtung : Fachgebiet
  zeitraum Berichtsquartal = Jahr, Quartal
  aus "Eingang" schlüssel IK, Standort, Jahr, Quartal
    Eingangsdatum : Datum 01.01.2020..31.12.2099 optional
  aus "A1"
    Betten : Zahl(0) 0..999
  aus "A1" wo "Einrichtung" = "297"
regel verspätet : ja/nein oder fehlt § 11
  = wenn Eingangsdatum fehlt dann fehlt sonst Eingangsdatum > pluswochen(ende(Berichtsquartal), 6)
ausgabe "Frist"
  spalte "Betten" = Betten
  spalte "verspätet" = verspätet
'''
    HEAD = 'IK;Standort;Jahr;Quartal;Eingangsdatum'
    LATE, EARLY = '1;7;2024;1;13.05.2024', '2;7;2024;1;12.05.2024'  # 31.03.2024 and six weeks: 12.05.2024

    def setUp(self):
        super().setUp()
        (self.folder / 'x.ppr').write_text(self.RULES)
        self.a1 = [f'{KEYS};Betten'] + [f'1;7;2024;1;{house};{beds}' for house, beds in ((28, 10), (29, 20), (30, 30))] + ['2;7;2024;1;29;40', '3;7;2024;1;29;50']

    def frist(self, *entries, code=0):
        self.tables(A1=self.a1, Eingang=[self.HEAD, *entries])
        self.ppr('run', self.folder / 'x.ppr', self.data, '-o', self.out, code=code)
        return self.file('Frist.csv').splitlines()[1:]

    ONE = ['1;7;2024;1;28;10;ja', '1;7;2024;1;29;20;ja', '1;7;2024;1;30;30;ja']
    OTHERS = ['2;7;2024;1;29;40;nein', '3;7;2024;1;29;50;fehlt']

    def test_one_row_for_three_facilities(self):
        self.assertEqual(self.frist(self.EARLY, self.LATE), self.ONE + self.OTHERS)
        self.assertNotIn('PPR', self.stderr)

    def test_row_twice(self):
        self.assertEqual(self.frist(self.LATE, self.EARLY, self.LATE, code=3), self.OTHERS)
        for house in 28, 29, 30:
            self.assertIn(f'\n1;7;2024;1;{house};Eingang;4;Eingangsdatum;PPR5110;', self.file('Fehler.csv'))

    def test_unknown_site(self):
        self.assertEqual(self.frist(self.LATE, '1;8;2024;1;01.04.2024', self.EARLY), self.ONE + self.OTHERS)
        self.assertIn('Eingang.csv:3', self.stderr)
        self.assertIn('PPR5037', self.stderr)
        self.assertIn('1/8/2024/1', self.stderr)
        self.assertNotIn('1;8;2024', self.file('Fehler.csv'))

    def test_damaged_row(self):
        self.assertEqual(self.frist(self.LATE + ';', self.EARLY, code=3), self.OTHERS)
        for house in 28, 29, 30:
            self.assertIn(f'\n1;7;2024;1;{house};Eingang;2;;PPR5009;', self.file('Fehler.csv'))

    def test_pseudo_facility(self):
        self.a1[2:2] = ['1;7;2024;1;297;99', '9;9;2024;1;297;99', '9;9;2024;1;297;viele;x']
        self.assertEqual(self.frist(self.LATE, self.EARLY), self.ONE + self.OTHERS)
        self.assertNotIn('PPR', self.stderr)
        self.a1 += ['1;7;2024;1;298;99']
        self.assertEqual(self.frist(self.LATE, self.EARLY, code=3), self.ONE + self.OTHERS)
        self.assertIn('\n1;7;2024;1;298;A1;10;Einrichtung;PPR5108;', self.file('Fehler.csv'))


class Sums(Case):
    """Stays of patients, added up over cases and sections; a second kind of record that has no sums."""
    RULES = '''regelwerk Probe "Aufenthalte"
fassung 2024-01
  beschluss 19.10.2023 "BAnz AT 05.02.2024 B4"
  gilt ab 01.01.2024 bis 30.06.2024
einheit Tag
aufzählung Bereich § 3
  A1, A6
eingabe Aufenthalt § 6
  schlüssel IK : Text, Fall : Text, Abschnitt : Zahl(0) 1..99, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4
  zeitraum Berichtsquartal = Jahr, Quartal
  aus "Aufenthalt"
    Art : Bereich spalte "Behandlungsbereich"
    Aufnahme : Datum 01.01.2020..31.12.2099
    Entlassung : Datum 01.01.2020..31.12.2099 optional
eingabe Haus § 3
  schlüssel IK : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4
  zeitraum Berichtsquartal = Jahr, Quartal
  aus "Haus"
    Betten : Zahl(0) 0..999
regel Tage : Tag(0) oder unbestimmt § 6
  = wenn Entlassung vorhanden dann tagezwischen(Aufnahme, Entlassung) sonst unbestimmt "noch da"
regel halbe Tage : Tag(1) oder entfällt oder unbestimmt § 6
  = wenn Art ist A6 dann Tage / 2 gerundet kaufmännisch auf 1 sonst entfällt
ausgabe "A3.1" je Bereich summe über Fall, Abschnitt wenn Art = Bereich
  spalte "Behandlungsbereich" = Bereich
  spalte "Bezugsjahr" = Jahr
  spalte "Tage" = Tage
  spalte "Abschnitte" = 1
ausgabe "Halbtage" summe über Abschnitt
  spalte "halbe Tage" = halbe Tage
ausgabe "Fälle" summe über Fall, Abschnitt, IK
  spalte "Fall" = 1
ausgabe "Betten"
  spalte "Betten" = Betten
'''
    HEAD = 'IK;Fall;Abschnitt;Jahr;Quartal;Behandlungsbereich;Aufnahme;Entlassung'
    STAYS = ['1;F1;2;2024;1;A6;11.01.2024;18.01.2024',   # 7 days
             '1;F1;1;2024;1;A1;01.01.2024;11.01.2024',   # 10
             '2;F1;1;2024;1;A1;05.02.2024;06.02.2024',   # 1
             '1;F2;1;2024;1;A1;28.02.2024;01.03.2024',   # 2: 28 and 29 February
             '1;F3;1;2024;2;A6;01.04.2024;01.04.2024']   # 0
    # House 1, first quarter: A1 10 + 2, A6 7. Its rows stand together, A1 first as in the enumeration.
    A31 = ('IK;Jahr;Quartal;Behandlungsbereich;Bezugsjahr;Tage;Abschnitte\n1;2024;1;A1;2024;12;2\n1;2024;1;A6;2024;7;1\n2;2024;1;A1;2024;1;1\n'
           '1;2024;2;A6;2024;0;1\n')

    def setUp(self):
        super().setUp()
        self.rules = self.folder / 'x.ppr'
        self.rules.write_text(self.RULES)

    def sums(self, *args, stays=None, code=0):
        self.tables(Aufenthalt=[self.HEAD, *(stays or self.STAYS)])
        return self.ppr('run', self.rules, self.data, *args, code=code)

    def test_sums(self):
        self.sums('-o', self.out)
        self.assertEqual(self.file('A3.1.csv'), self.A31)
        # 7 / 2 of the one section in A6; F2 is in A1 only: no number at all; the column Fall is the key, for it stays
        self.assertEqual(self.file('Halbtage.csv'), 'IK;Fall;Jahr;Quartal;halbe Tage\n1;F1;2024;1;3,5\n2;F1;2024;1;\n1;F2;2024;1;\n1;F3;2024;2;0,0\n')
        # here the key is summed over, and a column of that name is a column
        self.assertEqual(self.file('Fälle.csv'), 'Jahr;Quartal;Fall\n2024;1;4\n2024;2;1\n')
        self.assertNotIn('PPR', self.stderr)
        self.assertEqual(sorted(p.name for p in self.out.iterdir()), ['A3.1.csv', 'Fehler.csv', 'Fälle.csv', 'Halbtage.csv'])

    def test_batches_change_nothing(self):
        stays = [f'{house};F{case};1;2024;1;A{1 + 5 * (case % 2)};01.01.2024;{1 + case % 28:02}.01.2024' for case in range(700) for house in (1, 2, 3)]
        self.sums('-o', self.out, stays=stays)
        first = {p.name: p.read_bytes() for p in self.out.iterdir()}
        # 25 rounds of 28 cases: the even ones (A1) last 0, 2 … 26 days, the odd ones (A6) 1, 3 … 27
        even, odd = 25 * sum(range(0, 28, 2)), 25 * sum(range(1, 28, 2))
        rows = ''.join(f'{house};2024;1;{area};2024;{days};350\n' for house in (1, 2, 3) for area, days in (('A1', even), ('A6', odd)))
        self.assertEqual(self.file('A3.1.csv'), self.A31.splitlines()[0] + '\n' + rows)
        for batch in 1, 3, 512:
            self.sums('-o', self.out, '--batch', batch, stays=stays)
            self.assertEqual(first, {p.name: p.read_bytes() for p in self.out.iterdir()})

    def test_image(self):
        image = self.folder / 'x.pprb'
        self.ppr('compile', self.rules, '-o', image)
        self.assertIn('Summen: „A3.1“ über Fall, Abschnitt', self.ppr('dis', image))
        self.rules = image
        self.sums('-o', self.out)
        self.assertEqual(self.file('A3.1.csv'), self.A31)

    def test_open_and_refused(self):
        stays = self.STAYS + ['1;F4;1;2024;1;A1;01.03.2024;', '1;F5;1;2024;1;A9;01.03.2024;02.03.2024', '2;F5;1;2024;1;A6;30.02.2024;02.03.2024']
        self.sums('-o', self.out, stays=stays, code=3)
        self.assertEqual(self.file('A3.1.csv'), self.A31.replace('1;2024;1;A1;2024;12;2', '1;2024;1;A1;2024;unbestimmt;3'))
        self.assertRegex(self.stderr, r'Warnung PPR5044: in den Summen fehlen 2 Datensätze ohne Ergebnis: A3\.1, Halbtage, Fälle')
        self.assertIn('1;F5;1;2024;1;Aufenthalt;8;Art;PPR5108', self.file('Fehler.csv'))
        self.sums('-o', self.out, '--lang', 'en', stays=stays, code=3)
        self.assertIn('warning PPR5044: the sums lack 2 records without results: A3.1, Halbtage, Fälle', self.stderr)

    def test_json(self):
        lines = [json.loads(line) for line in self.sums().splitlines()]
        self.assertEqual([line['Ergebnisse'] for line in lines[:5]], [{}] * 5)  # every file is summed
        self.assertEqual(lines[0]['Fall'], 'F1')
        self.assertEqual(lines[5], {'IK': '1', 'Jahr': 2024, 'Quartal': 1, 'Summe über': ['Fall', 'Abschnitt'], 'Ergebnisse': {
            'A3.1': [{'Behandlungsbereich': 'A1', 'Bezugsjahr': 2024, 'Tage': 12, 'Abschnitte': 2}]}})
        self.assertEqual(len(lines), 5 + 4 + 4 + 2)
        self.assertEqual(lines[10], {'IK': '2', 'Fall': 'F1', 'Jahr': 2024, 'Quartal': 1, 'Summe über': ['Abschnitt'], 'Ergebnisse': {
            'Halbtage': [{'halbe Tage': None}]}})

    def test_other_kind(self):
        self.tables(Haus=['IK;Jahr;Quartal;Betten', '1;2024;1;20'])
        self.ppr('run', self.rules, self.data, '--record', 'Haus', '-o', self.out)
        self.assertEqual(sorted(p.name for p in self.out.iterdir()), ['Betten.csv', 'Fehler.csv'])  # the sums belong to the kind that has the keys
        self.assertEqual(self.file('Betten.csv'), 'IK;Jahr;Quartal;Betten\n1;2024;1;20\n')
        self.rules.write_text(self.RULES + 'ausgabe "Beides" summe über Fall\n  spalte "Betten" = Betten\n')
        self.ppr('check', self.rules, code=1)
        self.assertIn('PPR2061', self.stderr)

    def test_editions_differ(self):
        folder = self.folder / 'regeln'
        folder.mkdir()
        (folder / 'a.ppr').write_text(self.RULES)
        (folder / 'b.ppr').write_text(self.RULES.replace('fassung 2024-01', 'fassung 2024-07').replace('01.01.2024 bis 30.06.2024', '01.07.2024')
                                      .replace('  gilt ab 01.07.2024\n', '  gilt ab 01.07.2024\n  ersetzt fassung 2024-01\n')
                                      .replace('"Halbtage" summe über Abschnitt', '"Halbtage" summe über Fall'))
        self.rules = folder
        self.sums('-o', self.out, code=3)
        self.assertIn('PPR5042', self.stderr)
        self.assertIn('„Halbtage“', self.stderr)
        self.absent()


class BadFiles(Case):
    """Nothing is written when it is unclear what the tables say."""

    def nothing(self, code, *texts, input=None):
        self.ppr('run', RULES, input or self.data, '-o', self.out, code=code)
        self.absent()
        for text in texts:
            self.assertIn(text, self.stderr)

    def test_missing_folder(self):
        shutil.rmtree(self.data)
        self.nothing(5, 'ein')

    def test_folder_is_a_file(self):
        shutil.rmtree(self.data)
        self.data.write_text('x')
        self.nothing(5, 'ein')

    def test_missing_table(self):
        (self.data / 'T3.csv').unlink()
        self.nothing(3, 'PPR5000', f'Datei fehlt: {self.data}/T3.csv')
        self.nothing(3, 'PPR5000', f'Datei fehlt: {self.data}/T3.csv', input=f'{self.data}/')

    def test_missing_optional_table(self):
        (self.data / 'T2.csv').unlink()
        self.run_tables()
        self.assertIn('Hinweis PPR5014: es fehlen freigestellte Tabellen: T2\n', self.stderr)
        self.assertIn(f'{GOOD};0;ja;0,0;2024-01', self.file('Ergebnis.csv'))

    def test_missing_column(self):
        self.tables(T3=[line.replace('VKS-Ist', 'VKS') for line in T3])
        self.nothing(3, 'T3.csv:1', 'PPR5003', '„VKS-Ist“', 'VKS')

    def test_missing_key_column(self):
        self.tables(T2=[line.replace('Standort', 'Ort') for line in T2])
        self.nothing(3, 'T2.csv:1', 'PPR5003', '„Standort“')

    def test_empty_file(self):
        self.tables(T2=b'')
        self.nothing(3, 'T2.csv', 'PPR5002')

    def test_a_million_columns(self):
        self.tables(T2=b';'.join(b'%d' % i for i in range(10 ** 6)) + b'\n')
        begin = time.monotonic()
        self.nothing(4, 'T2.csv:1')
        self.assertLess(time.monotonic() - begin, 5)
        self.tables(T2=b';' * 10 ** 6 + b'\n')
        self.nothing(4, 'T2.csv:1', 'PPR5006', '10000')

    def test_open_quote(self):
        self.tables(T2=T2[:2] + ['"' + T2[2]])
        self.nothing(3, 'T2.csv:3', 'PPR5008')

    def test_utf16(self):
        self.tables(T2='\n'.join(T2).encode('utf-16'))
        self.nothing(3, 'T2.csv:1', 'PPR5015')

    def test_unclear_record(self):
        self.tables(T2=('\n'.join(T2) + '\n991000001;7700').encode())
        self.nothing(3, 'T2.csv:5', 'PPR5016', 'PPR5033')

    def test_comma_separated_table(self):
        self.tables(T2=[line.replace(';', ',') for line in T2])
        self.nothing(3, 'T2.csv:1', 'PPR5003', 'IK,Standort')

    def test_unreadable_file(self):
        (self.data / 'T2.csv').unlink()
        (self.data / 'T2.csv').mkdir()
        self.nothing(3, f'{self.data}/T2.csv ist nicht lesbar: das ist ein Ordner', 'PPR5001')
        for form in '--flat', '--ndjson':
            self.ppr('run', RULES, self.data, '-o', self.out, form, code=3)
            self.assertIn(f'{self.data} ist nicht lesbar: das ist ein Ordner', self.stderr)
            self.ppr('run', RULES, self.data, '-o', self.out, form, '--lang', 'en', code=3)
            self.assertIn(f'cannot read {self.data}: is a directory', self.stderr)

    def test_old_results_survive(self):
        self.run_tables()
        before = {p.name: p.read_bytes() for p in self.out.iterdir()}
        self.tables(T2=b'')
        self.run_tables(code=3)
        self.assertEqual(before, {p.name: p.read_bytes() for p in self.out.iterdir()})

    def test_encodings(self):
        with_text = [T1[0] + ';Bemerkung'] + [line + ';schön' for line in T1[1:]]
        for encoding, hint in (('utf-8', ''), ('utf-8-sig', ''), ('cp1252', 'PPR5012')):
            self.tables(T1='\r\n'.join(with_text + ['']).encode(encoding))
            self.run_tables()
            self.assertEqual(self.file('Ergebnis.csv'), ERGEBNIS_HEAD + ERGEBNIS_GOOD + ERGEBNIS_OTHER)
            self.assertEqual('PPR5012' in self.stderr, bool(hint))

    def test_wrong_input_leaves_no_folder(self):
        for args, code in ((['nirgends'], 5), (['nirgends.csv', '--flat'], 5), ([self.folder / 'leer'], 3)):
            (self.folder / 'leer').mkdir(exist_ok=True)
            self.ppr('run', RULES, *args, '-o', self.out, code=code)
            self.assertFalse(self.out.exists(), args)

    def test_rule_files_and_inputs_are_never_replaced(self):
        rules, records = self.folder / 'r', self.folder / 'saetze.ndjson'
        shutil.copytree(RULES, rules)
        file = sorted(rules.glob('*.ppr'))[0]
        key = ['--key', GOOD.replace(';', ',')]
        records.write_text('{}\n', encoding='utf-8')
        before = [file.read_bytes(), records.read_bytes()]
        for args in (['compile', rules, '-o', file], ['compile', rules, '-o', self.folder / 'neu.ppr'], ['diff', rules, rules, '-o', file],
                     ['test', rules, '--junit', file], ['explain', rules, self.data, *key, 'erfüllt', '-o', file], ['readings', rules, self.data, '-o', file],
                     ['run', rules, records, '--ndjson', '-o', file], ['explain', rules, records, '--ndjson', *key, 'erfüllt', '-o', records]):
            self.ppr(*args, code=2)
            self.assertIn('überschreiben', self.stderr, args)
        self.assertEqual([file.read_bytes(), records.read_bytes()], before)
        self.assertFalse((self.folder / 'neu.ppr').exists())

    def test_program_file_where_rules_are_needed(self):
        image = self.folder / 'programm'
        self.ppr('compile', RULES, '-o', image)
        for command in 'check', 'test', 'prove', 'fmt', 'consolidate', 'diff':
            self.ppr(command, image, code=2)
            self.assertIn('ist eine Programmdatei; dieser Befehl braucht die Regeltexte', self.stderr, command)
        self.ppr('diff', RULES, image, code=2)

    def test_unwritable_output(self):
        (self.folder / 'datei').write_text('x')
        self.ppr('run', RULES, self.data, '-o', self.folder / 'datei', code=5)
        self.assertIn(str(self.folder / 'datei'), self.stderr)
        self.out.mkdir()
        (self.out / 'Gruppen.csv').mkdir()
        self.run_tables(code=5)
        self.assertEqual([p.name for p in self.out.iterdir()], ['Gruppen.csv'])
        self.ppr('run', RULES, self.data, '-o', self.data, code=3)
        self.assertIn('PPR5032', self.stderr)

    def test_full_disk(self):
        if not os.path.exists('/dev/full'):
            self.skipTest('no /dev/full')
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([PPR, 'run', str(RULES), str(self.data)], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 5)



LOOSE = 'regelwerk   R "T"\nfassung 2024-01\nregel  a:Zahl(0)=1 § 6 # warum\n'
TIDY = 'regelwerk R "T"\nfassung 2024-01\nregel a : Zahl(0)\n  = 1 § 6  # warum\n'


class Layout(Case):
    def setUp(self):
        super().setUp()
        self.rules = self.folder / 'r'
        self.rules.mkdir()
        (self.rules / 'a.ppr').write_text(LOOSE, encoding='utf-8')
        (self.rules / 'b.ppr').write_text(TIDY, encoding='utf-8')

    def text(self, name):
        return (self.rules / name).read_text(encoding='utf-8')

    def test_in_place_names_what_it_changed(self):
        self.assertEqual(self.ppr('fmt', self.rules), f'{self.rules}/a.ppr\n')
        self.assertEqual(self.text('a.ppr'), TIDY)
        self.assertEqual(self.ppr('fmt', self.rules), '')

    def test_check_writes_nothing(self):
        self.assertEqual(self.ppr('fmt', '--check', self.rules, code=1), f'{self.rules}/a.ppr\n')
        self.assertIn('ppr fmt', self.stderr)
        self.assertEqual(self.text('a.ppr'), LOOSE)
        self.assertEqual(self.ppr('fmt', '--check', '--stdout', self.rules / 'b.ppr'), '')

    def test_stdout_and_stdin(self):
        self.assertEqual(self.ppr('fmt', '--stdout', self.rules / 'a.ppr'), TIDY)
        self.assertEqual(self.ppr('fmt', '-', stdin=LOOSE.encode()), TIDY)
        self.ppr('fmt', '--check', '-', stdin=LOOSE.encode(), code=1)
        self.assertEqual(self.text('a.ppr'), LOOSE)

    def test_a_broken_file_stays_and_the_others_are_laid_out(self):
        (self.rules / 'c.ppr').write_text('regel :', encoding='utf-8')
        self.ppr('fmt', self.rules, code=1)
        self.assertIn('PPR1201', self.stderr)
        self.assertEqual((self.text('a.ppr'), self.text('c.ppr')), (TIDY, 'regel :'))

    def test_what_cannot_be_read_or_written(self):
        self.ppr('fmt', self.folder / 'nirgends', code=5)
        self.ppr('fmt', code=2)


class Messages(Case):
    def test_pages(self):
        german, english = self.ppr('explain-code', 'PPR2014'), self.ppr('explain-code', '2014', '--lang', 'en')
        self.assertIn('Rundung fehlt', german)
        self.assertIn('Missing rounding', english)
        self.assertEqual(english, self.ppr('--lang', 'en', 'explain-code', 'ppr2014'))
        self.assertEqual(english, self.ppr('explain-code', 'PPR2014', env={'LC_ALL': 'en_US.UTF-8'}))
        self.assertEqual(german.count('gerundet kaufmännisch auf 2'), 1)
        self.assertLessEqual(max(map(len, german.splitlines())), 100)

    def test_list_has_every_code_once(self):
        codes = [line.split()[0] for line in self.ppr('explain-code').splitlines()]
        self.assertEqual(codes, sorted(set(codes)))
        self.assertIn('PPR5204', codes)

    def test_unknown_codes(self):
        self.ppr('explain-code', '2114', code=2)
        self.assertIn('PPR2014', self.stderr)
        self.ppr('explain-code', 'Rundung', code=2)
        self.ppr('explain-code', '2014', '2015', code=2)

    def broken_rules(self):
        path = self.folder / 'ä b.ppr'
        path.write_text((RULES / '2024-01.ppr').read_text(encoding='utf-8').replace('regelwerk', 'regelwerkk', 1), encoding='utf-8')
        return path

    def test_check_names_the_page(self):
        self.ppr('check', self.broken_rules(), code=1)
        self.assertIn('ppr explain-code PPR1202', self.stderr)

    def sarif(self, path, *args, code):
        """The log, after a look at what SARIF 2.1.0 requires of what ppr writes."""
        log = json.loads(self.ppr('check', '--format', 'sarif', path, *args, code=code))
        self.assertEqual((log['version'], len(log['runs'])), ('2.1.0', 1))
        run = log['runs'][0]
        driver = run['tool']['driver']
        self.assertEqual((driver['name'], run['columnKind']), ('ppr', 'unicodeCodePoints'))
        self.assertEqual(len({rule['id'] for rule in driver['rules']}), len(driver['rules']))
        for rule in driver['rules']:
            self.assertTrue(rule['shortDescription']['text'] and rule['fullDescription']['text'])
        for result in run['results']:
            self.assertTrue(result['message']['text'])
            self.assertIn(result['level'], ('none', 'note', 'warning', 'error'))
            self.assertEqual(driver['rules'][result['ruleIndex']]['id'], result['ruleId'])
            places = [location['physicalLocation'] for location in result.get('locations', []) + result.get('relatedLocations', [])]
            for place in places:
                self.assertRegex(place['artifactLocation']['uri'], r'^[A-Za-z0-9._~/:%-]+$')
                region = place['region']
                self.assertLessEqual((region['startLine'], region['startColumn']), (region['endLine'], region['endColumn']))
                self.assertGreaterEqual(min(region.values()), 1)
            for related in result.get('relatedLocations', []):
                self.assertIn('text', related['message'])
            for fix in result.get('fixes', []):
                self.assertTrue(fix['artifactChanges'])
                for change in fix['artifactChanges']:
                    self.assertIn('uri', change['artifactLocation'])
                    self.assertTrue(all('deletedRegion' in replacement for replacement in change['replacements']))
        return run

    def test_sarif(self):
        path = self.broken_rules()
        run = self.sarif(path, code=1)
        result = run['results'][0]
        self.assertEqual(result['ruleId'], 'PPR1202')
        self.assertTrue(result['locations'][0]['physicalLocation']['artifactLocation']['uri'].startswith('file:///'))
        self.assertTrue(result['locations'][0]['physicalLocation']['artifactLocation']['uri'].endswith('%C3%A4%20b.ppr'))
        replacement = result['fixes'][0]['artifactChanges'][0]['replacements'][0]
        self.assertEqual(replacement['insertedContent']['text'], 'regelwerk')
        region = replacement['deletedRegion']
        self.assertEqual(region['endColumn'] - region['startColumn'], len('regelwerkk'))
        self.assertEqual(self.sarif(path, '--lang', 'en', code=1)['language'], 'en')
        self.assertEqual(self.sarif(RULES, code=0)['results'], [])
        self.assertEqual(self.sarif(self.folder / 'nirgends', code=1)['results'][0].get('locations'), None)

    def test_forms_of_check(self):
        path = self.broken_rules()
        as_json = self.ppr('check', '--json', path, code=1)
        self.assertEqual(as_json, self.ppr('check', '--format', 'json', path, code=1))
        self.assertEqual(json.loads(as_json)[0]['code'], 'PPR1202')
        self.ppr('check', '--format', 'text', path, code=1)
        self.assertIn('PPR1202', self.stderr)
        self.ppr('check', '--format', 'xml', path, code=2)

    def test_language_before_and_behind_the_command(self):
        path = self.broken_rules()
        for call in (('--lang', 'en', 'check', path), ('check', '--lang', 'en', path), ('check', path, '--lang', 'en')):
            self.ppr(*call, code=1)
            self.assertIn('error PPR1202', self.stderr)
        self.ppr('--lang', 'en', 'check', '--lang', 'de', path, code=1)
        self.assertIn('Fehler PPR1202', self.stderr)
        self.ppr('check', path, code=1, env={'LC_ALL': 'en_GB.UTF-8'})
        self.assertIn('error PPR1202', self.stderr)

if __name__ == '__main__':
    PPR = sys.argv.pop(1)
    unittest.main()
