#!/usr/bin/env python3
"""Tests of `ppr test`: testing.py PPR. The numbers behind testen/ are derived there and in tests/unit/test_cover.c; the texts in testen/erwartet were
read before they were put there."""
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent / 'testen'
PPR = None


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ppr-test-'))
        self.addCleanup(shutil.rmtree, self.folder, True)
        shutil.copytree(HERE, self.folder, dirs_exist_ok=True)
        self.env = {'PATH': os.environ.get('PATH', ''), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}

    def ppr(self, *args, code=0):
        done = subprocess.run([PPR, *map(str, args)], capture_output=True, env=self.env, cwd=self.folder, timeout=120, check=False)
        self.stdout, self.stderr = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, code, f'{args}\n{self.stdout}\n{self.stderr}')
        return self.stdout

    def golden(self, name):
        self.assertEqual(self.stdout, (HERE / 'erwartet' / name).read_text(encoding='utf-8'))


class Runs(Case):
    def test_passed(self):
        self.assertEqual(self.ppr('test', 'klein.ppr'), '3 Tests, 3 bestanden, 0 nicht bestanden\n')
        self.assertIn('faelle/abschlag.csv:2: bestanden  2024-01  „b knapp verfehlt“  § 7 Abs. 4\n', self.ppr('test', '-v', 'klein.ppr'))
        self.assertEqual(self.ppr('test', '.'), self.ppr('test', 'klein.ppr'))

    def test_failed(self):
        self.ppr('test', 'klein.ppr', '--cases', 'falsch', code=1)
        self.golden('falsch.txt')
        self.ppr('--lang', 'en', 'test', 'klein.ppr', '--cases', 'falsch/abschlag.csv', code=1)
        self.golden('falsch-en.txt')

    def test_errors_in_cases(self):
        self.ppr('test', 'klein.ppr', '--cases', 'kaputt', code=1)
        self.golden('kaputt.txt')
        self.assertIn('kaputt/abschlag.csv:2:30: Fehler PPR5101: „1.5“', self.stderr)
        self.assertIn('kaputt/abschlag.csv:3:6: Fehler PPR5114', self.stderr)
        self.ppr('test', 'klein.ppr', '--cases', 'nirgends', code=5)
        self.assertIn('PPR7001', self.stderr)
        (self.folder / 'leer').mkdir()
        self.assertEqual(self.ppr('test', 'klein.ppr', '--cases', 'leer', code=1), '1 Test, 1 bestanden, 0 nicht bestanden\n')
        self.assertIn('PPR5048: keine Falltabelle (*.csv) in leer', self.stderr)

    def test_values_in_english(self):
        (self.folder / 'x.csv').write_text('Fall;verlangt[a];Ist[a];Quartal;Jahr;erwarte erfüllt[a]\ngut;7;7;1;2024;nein\n', encoding='utf-8')
        for lang, texts in (('de', ('erwartet nein, ist ja', 'verlangt[a] = 7 Stunde (gegeben)')), ('en', ('expected no, is yes', 'verlangt[a] = 7 Stunde (given)'))):
            self.ppr('--lang', lang, 'test', 'klein.ppr', '--cases', 'x.csv', code=1)
            for text in texts:
                self.assertIn(text, self.stdout)

    def test_proposals_in_heads(self):
        """A proposal is about the name alone: what stands around it in the cell stays."""
        for head, said, column in (('Soll[a];erwarte verlangd[a]', ('verlangd', 'verlangt'), 22), ('Soll[a];"erwarte  verlangd[a]"', ('verlangd', 'verlangt'), 24),
                                   ('Sol[a];erwarte verlangt[a]', ('Sol', 'Soll'), 6)):
            (self.folder / 'x.csv').write_text(f'Fall;{head}\ngut;7;7\n', encoding='utf-8')
            self.ppr('test', 'klein.ppr', '--cases', 'x.csv', code=1)
            self.assertIn(f'x.csv:1:{column}: Fehler PPR2001: unbekannter Name „{said[0]}“\n', self.stderr)
            self.assertIn(f'Vorschlag: „{said[0]}“ durch „{said[1]}“ ersetzen\n', self.stderr)

    def test_error_of_every_row(self):
        """An error of the head is told once, and is why each row fails."""
        (self.folder / 'x.csv').write_text('Fall;Quartal;Jahr;erwarte Schwelle\neins;1;2024;90 %\nzwei;2;2024;90 %\n', encoding='utf-8')
        self.ppr('test', 'klein.ppr', '--cases', 'x.csv', code=1)
        self.assertEqual(self.stdout.count('Der Test hat Fehler.'), 2)
        self.assertNotIn('Speicher', self.stdout)
        self.assertEqual(self.stderr.count('PPR4101:'), 1)

    def test_files_of_spreadsheets(self):
        """Line ends of Windows, a byte order mark, commas between cells, the old encoding: all as in input tables."""
        good = (self.folder / 'faelle' / 'abschlag.csv').read_text(encoding='utf-8')
        small = 'Fall,Tagesklinik,Soll[a],erwarte verlangt[a]\nGrüße,nein,"7",7\n'
        for content, count in ((good.replace('\n', '\r\n').encode(), 3), (b'\xef\xbb\xbf' + good.encode(), 3), (small.encode(), 2), (small.encode('cp1252'), 2),
                               (good.rstrip('\n').encode(), 3)):
            (self.folder / 'x.csv').write_bytes(content)
            self.assertEqual(self.ppr('test', 'klein.ppr', '--cases', 'x.csv'), f'{count} Tests, {count} bestanden, 0 nicht bestanden\n')
        (self.folder / 'x.csv').write_bytes(small.encode('cp1252'))
        self.assertIn('„Grüße“', self.ppr('test', '-v', 'klein.ppr', '--cases', 'x.csv'))
        self.assertIn('PPR5012', self.stderr)

    def test_errors_in_rules(self):
        (self.folder / 'klein.ppr').write_text('regelwerk Klein "x"\n', encoding='utf-8')
        self.assertEqual(self.ppr('test', 'klein.ppr', '--coverage', code=1), '')

    def test_usage(self):
        for args in (['--threshold', '101'], ['--threshold', 'viel'], ['--threshold', '95,'], ['--threshold', '-1'], ['--nope'], ['x']):
            self.assertEqual(self.ppr('test', 'klein.ppr', *args, code=2), '')
        self.assertIn('--watch', self.ppr('test', '--help'))


class Coverage(Case):
    def test_text(self):
        self.ppr('test', 'klein.ppr', '--coverage')
        self.golden('abdeckung.txt')
        self.ppr('--lang', 'en', 'test', 'klein.ppr', '--coverage')
        self.golden('abdeckung-en.txt')

    # 24 of 28 goals: 85,714… %
    def test_threshold(self):
        for share, code in (('0', 0), ('85', 0), ('85,71', 0), ('85.71', 0), ('85,72', 1), ('86', 1), ('100', 1)):
            self.ppr('test', 'klein.ppr', '--threshold', share, code=code)
            self.assertIn('24 von 28, 85,7 %', self.stdout)
            self.assertEqual('liegt unter' in self.stderr, code == 1, share)
        self.assertNotIn('klein.ppr:24', self.stdout)
        self.ppr('test', 'klein.ppr', '--threshold', '100', code=1)
        self.assertIn('Abdeckung 85,71 % liegt unter 100,00 %', self.stderr)

    def test_json(self):
        got = json.loads(self.ppr('test', 'klein.ppr', '--cases', 'falsch', '--json', '--coverage', code=1))
        self.assertEqual((got['passed'], got['failed'], len(got['tests'])), (1, 1, 2))
        self.assertEqual([t['passed'] for t in got['tests']], [True, False])
        self.assertIn('verlangt[b] = 300 Stunde', got['tests'][1]['explanation'])
        self.assertEqual(got['coverage']['goals'], 28)
        cell = [i for i in got['coverage']['items'] if i['what'] == 'Faktor[b]']
        self.assertEqual(cell, [{'file': 'klein.ppr', 'line': 22, 'column': 6, 'kind': 'cell', 'declaration': 'Faktor', 'what': 'Faktor[b]', 'yes': True}])
        self.assertNotIn('coverage', json.loads(self.ppr('test', 'klein.ppr', '--json')))


class JUnit(Case):
    def test_file(self):
        self.ppr('test', 'klein.ppr', '--cases', 'falsch', '--junit', 'aus.xml', code=1)
        root = xml.etree.ElementTree.parse(self.folder / 'aus.xml').getroot()
        self.assertEqual((root.tag, root.get('tests'), root.get('failures')), ('testsuites', '2', '1'))
        self.assertEqual([(s.get('name'), s.get('tests'), s.get('failures')) for s in root],
                         [('klein.ppr', '1', '0'), ('falsch/abschlag.csv', '1', '1')])
        case = root[1][0]
        self.assertEqual((case.get('name'), case.get('classname'), case.get('line')), ('ohne Faktor & „<Soll>“ gerechnet', '2024-01', '2'))
        self.assertIn('erwartet 200 Stunde, ist 300 Stunde', case[0].get('message'))
        self.assertIn('Regel „verlangt“', case[0].text)

    def test_whole_or_not(self):
        self.ppr('test', 'klein.ppr', '--junit', 'nirgends/aus.xml', code=5)
        target = self.folder / 'aus.xml'
        target.write_text('alt', encoding='utf-8')
        (self.folder / 'klein.ppr').write_text('regelwerk Klein "x"\n', encoding='utf-8')
        self.ppr('test', 'klein.ppr', '--junit', 'aus.xml', code=1)
        self.assertEqual(target.read_text(encoding='utf-8'), 'alt')
        self.assertEqual([p.name for p in self.folder.glob('aus.xml*')], ['aus.xml'])


class Watch(Case):
    def until(self, words, seconds=60):
        """Reads both outputs until the words were said; what was said before is forgotten."""
        end = time.monotonic() + seconds
        while words not in self.said:
            self.assertGreater(end, time.monotonic(), f'{words}\n{self.said}')
            if select.select([self.process.stdout], [], [], 1)[0]:
                self.said += os.read(self.process.stdout.fileno(), 65536).decode()
        before, self.said = self.said.split(words, 1)
        return before + words

    def test_changes(self):
        self.said = ''
        self.process = subprocess.Popen([PPR, 'test', '.', '--watch'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.env, cwd=self.folder)
        self.addCleanup(self.process.stdout.close)
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        rules, cases = self.folder / 'klein.ppr', self.folder / 'faelle' / 'abschlag.csv'
        good = rules.read_text(encoding='utf-8')
        self.assertIn('3 Tests, 3 bestanden', self.until('Warte auf Änderungen'))
        cases.write_text(cases.read_text(encoding='utf-8').replace(';ja;0;', ';ja;7;'), encoding='utf-8')
        said = self.until('Warte auf Änderungen')
        self.assertIn('geändert: ./faelle/abschlag.csv', said)
        self.assertIn('erwartet 7 Euro, ist 0 Euro', said)
        rules.write_text(good[:len(good) // 2], encoding='utf-8') # half-written
        self.assertIn('Fehler PPR', self.until('Warte auf Änderungen'))
        rules.write_text(good, encoding='utf-8')
        self.assertIn('3 Tests, 2 bestanden', self.until('Warte auf Änderungen'))
        (self.folder / 'faelle' / 'neu.csv').write_text('Fall;Soll[a];Tagesklinik;erwarte verlangt[a]\nneu;3;nein;3\n', encoding='utf-8')
        self.assertIn('4 Tests, 3 bestanden', self.until('Warte auf Änderungen'))
        cases.unlink()
        self.assertIn('2 Tests, 2 bestanden', self.until('Warte auf Änderungen'))
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.process.wait(timeout=20), -signal.SIGINT)


if __name__ == '__main__':
    PPR = sys.argv.pop(1)
    unittest.main()
