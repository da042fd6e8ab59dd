#!/usr/bin/env python3
"""Tests of `ppr lsp`: lsp.py PPR [TEST …]. What is expected is read off regeln/ by hand; positions are found by the words there."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import client
from client import Client, ServerError, apply, position, uri

HERE = pathlib.Path(__file__).resolve().parent
PPR = None
ASTRAL = '# 😀😀 vier Einheiten in UTF-16\n'


class Case(unittest.TestCase):
    """A server on a copy of regeln/ with both Fassungen open."""
    capabilities = None
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ppr lsp ü-'))
        self.addCleanup(shutil.rmtree, self.folder, True)
        for path in sorted((HERE / 'regeln').glob('*.ppr')):
            shutil.copy(path, self.folder)
        self.first, self.second = self.folder / '2024-01.ppr', self.folder / '2024-07.ppr'
        self.server = Client(PPR, self.capabilities)
        self.addCleanup(self.server.kill)
        self.text = {path: self.server.open(path) for path in (self.first, self.second)}

    def tearDown(self):
        self.assertEqual(self.server.close(), 0, self.server.errors.decode('utf-8', 'replace'))
        self.assertEqual(self.server.errors, b'')

    def place(self, path, words, after=0, nth=1):
        return position(self.text[path], words, after, nth=nth)

    def replace(self, path, old, new, nth=1):
        """Edits the open text as an editor does: one range."""
        begin = self.place(path, old, nth=nth)
        end = self.place(path, old, len(old), nth=nth)
        at = -1
        for _ in range(nth):
            at = self.text[path].index(old, at + 1)
        self.text[path] = self.text[path][:at] + new + self.text[path][at + len(old):]
        spot = [{'line': line, 'character': character} for line, character in (begin, end)]
        self.server.change(path, {'range': {'start': spot[0], 'end': spot[1]}, 'text': new})

    def hover(self, path, words, after=0, nth=1):
        result = self.server.at('textDocument/hover', path, self.place(path, words, after, nth))
        return result and result['contents']['value']

    def where(self, location):
        """(file, text of the line from the place on)."""
        name = location['uri'].rsplit('/', 1)[1]
        text = self.text[self.folder / name]
        start = location['range']['start']
        return name, text.split('\n')[start['line']][client.offset(text.split('\n')[start['line']], {'line': 0, 'character': start['character']}):]

    def definition(self, path, words, after=0, nth=1):
        result = self.server.at('textDocument/definition', path, self.place(path, words, after, nth))
        return result and self.where(result)

    def labels(self, path, words, after=0, nth=1):
        result = self.server.at('textDocument/completion', path, self.place(path, words, after, nth))
        return {item['label']: item for item in result['items']}

    def rename(self, path, words, name, after=0, nth=1):
        """Renames, writes the changed texts into a folder of their own, and returns them."""
        result = self.server.at('textDocument/rename', path, self.place(path, words, after, nth), newName=name)
        out = self.folder / 'umbenannt'
        shutil.rmtree(out, True)
        out.mkdir()
        texts = {}
        for file in (self.first, self.second):
            texts[file.name] = apply(self.text[file], result['changes'].get(uri(file), []))
            (out / file.name).write_text(texts[file.name], encoding='utf-8')
        for command in ('check', 'test'):
            done = subprocess.run([PPR, command, out], capture_output=True)
            self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        self.assertIn(b'2 Tests, 2 bestanden', done.stdout)
        return texts

    def refuses(self, code, path, words, name, after=0, nth=1):
        with self.assertRaises(ServerError) as caught:
            self.server.at('textDocument/rename', path, self.place(path, words, after, nth), newName=name)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return caught.exception.message


class Life(unittest.TestCase):
    def start(self, **options):
        server = Client(PPR, **options)
        self.addCleanup(server.kill)
        return server

    def code(self, server, method, params):
        with self.assertRaises(ServerError) as caught:
            server.request(method, params)
        return caught.exception.code

    def test_order_of_life(self):
        server = self.start(initialize=False)
        self.assertEqual(self.code(server, 'textDocument/hover', {}), -32002)
        server.notify('textDocument/didOpen', {'textDocument': {'uri': 'untitled:a', 'text': ''}}) # before initialize: dropped
        result = server.request('initialize', {'capabilities': {}})
        self.assertEqual(result['serverInfo']['name'], 'ppr')
        self.assertEqual(result['capabilities']['positionEncoding'], 'utf-16')
        self.assertEqual(result['capabilities']['textDocumentSync']['change'], 2)
        self.assertEqual(self.code(server, 'initialize', {'capabilities': {}}), -32600)
        self.assertEqual(self.code(server, 'textDocument/unbekannt', {}), -32601)
        self.assertEqual(self.code(server, '$/unbekannt', {}), -32601)
        server.notify('$/unbekannt', {})
        server.notify('workspace/unbekannt', {})
        self.assertEqual(self.code(server, 'textDocument/hover', {'textDocument': {'uri': 'untitled:a'}, 'position': {'line': 0, 'character': 0}}), -32602)
        self.assertIsNone(server.request('shutdown', None))
        self.assertEqual(self.code(server, 'textDocument/hover', {}), -32600)
        server.notify('exit', None)
        self.assertEqual(server.process.wait(client.PATIENCE), 0)

    def test_exit_without_shutdown(self):
        server = self.start()
        server.notify('exit', None)
        self.assertEqual(server.process.wait(client.PATIENCE), 1)

    def test_call(self):
        for arguments, code in ((['regeln'], 2), (['--tcp'], 2), (['--help'], 0)):
            done = subprocess.run([PPR, 'lsp', *arguments], stdin=subprocess.DEVNULL, capture_output=True)
            self.assertEqual(done.returncode, code, arguments)
        self.assertIn('Language Server Protocol', done.stdout.decode())

    def test_end_of_input(self):
        server = self.start()
        server.process.stdin.close()
        self.assertEqual(server.process.wait(client.PATIENCE), 1)

    def test_answers_what_was_written_before_the_end(self):
        server = self.start(initialize=False)
        number = server.ask('initialize', {'capabilities': {}})
        server.process.stdin.close()
        self.assertIn('capabilities', server.answer(number))

    def test_position_encodings(self):
        general = lambda *names: {'general': {'positionEncodings': list(names)}}
        for capabilities, encoding in ((general('utf-16'), 'utf-16'), (general('utf-16', 'utf-8'), 'utf-8'), (general('utf-32'), 'utf-32'),
                                       (general('utf-32', 'utf-16'), 'utf-16'), ({'offsetEncoding': ['utf-8', 'utf-16']}, 'utf-8')):
            server = self.start(capabilities=capabilities)
            self.assertEqual(server.capabilities['capabilities']['positionEncoding'], encoding)
            self.assertEqual(server.capabilities['offsetEncoding'], encoding)
            with tempfile.TemporaryDirectory() as folder:
                text = (HERE / 'regeln' / '2024-01.ppr').read_text(encoding='utf-8').replace('  = Tage / 7', '  # 😀ü\n  = Tage / 7')
                text = text.replace('"Gilt der gerundete Wert?" §', '"😀😀ü?" §')
                path = pathlib.Path(folder) / 'ä.ppr'
                server.open(path, text)
                line, character = position(text, '= VKS[a] * Größe der Stufe >=', 17, encoding)
                hover = server.at('textDocument/hover', path, (line, character))
                self.assertEqual(hover['range'], {'start': {'line': line, 'character': client.units('  = VKS[a] * ', encoding)},
                                                  'end': {'line': line, 'character': client.units('  = VKS[a] * Größe der Stufe', encoding)}})
                # An edit on a line with characters of four bytes, one unit behind the last of them.
                begin, end = position(text, '😀ü?"', 2, encoding), position(text, '😀ü?"', 3, encoding)
                spots = [dict(zip(('line', 'character'), p)) for p in (begin, end)]
                server.change(path, {'range': {'start': spots[0], 'end': spots[1]}, 'text': '"" wer'})
                errors = server.diagnostics(path)
                self.assertTrue(errors)
                at = position(text.replace('😀ü?"', '😀ü"" wer"'), '"" wer"', 1, encoding)
                self.assertIn(dict(zip(('line', 'character'), at)), [d['range']['start'] for d in errors])
            self.assertEqual(server.close(), 0)

    def test_english(self):
        server = self.start(locale='en-US')
        server.open('/nirgends/a.ppr', 'regelwerk X\nfassung 2024-01\nregl a\n')
        self.assertIn('keyword', server.diagnostics('/nirgends/a.ppr')[0]['message'])
        self.assertEqual(server.close(), 0)

    def test_watches_files_if_it_may(self):
        server = self.start(capabilities={'workspace': {'didChangeWatchedFiles': {'dynamicRegistration': True}}})
        message = server.wait(lambda m: m['method'] == 'client/registerCapability')
        self.assertEqual(message['params']['registrations'][0]['method'], 'workspace/didChangeWatchedFiles')
        server.send({'jsonrpc': '2.0', 'id': message['id'], 'result': None})
        self.assertEqual(server.close(), 0)


class Diagnostics(Case):
    def codes(self, path):
        return [d['code'] for d in self.server.diagnostics(path)]

    def test_none(self):
        self.assertEqual(self.codes(self.first), [])
        self.assertEqual(self.codes(self.second), [])

    def test_meaning(self):
        self.replace(self.first, '= Tage / 7 Tag je Woche gerundet kaufmännisch auf 2', '= Tage / 7 Tag je Woche')
        found = self.server.diagnostics(self.first)
        self.assertEqual([d['code'] for d in found], ['PPR2014'])
        self.assertEqual(found[0]['severity'], 1)
        self.assertEqual(found[0]['source'], 'ppr')
        begin, end = self.place(self.first, 'Tage / 7'), self.place(self.first, 'Tage / 7 Tag je Woche', 21)
        self.assertEqual(found[0]['range'], {'start': dict(zip(('line', 'character'), begin)), 'end': dict(zip(('line', 'character'), end))})

    def test_syntax_error_and_back(self):
        self.codes(self.first)
        self.replace(self.first, 'regel VKS je', 'regel VKS jo')
        self.assertEqual(self.codes(self.first), ['PPR1203'])
        self.replace(self.first, 'regel VKS jo', 'regel VKS je')
        self.assertEqual(self.codes(self.first), [])

    def test_whole_text(self):
        self.server.change(self.first, {'text': 'regelwerk'})
        self.assertEqual(self.codes(self.first), ['PPR1201'])
        self.server.change(self.first, {'text': ''}, {'text': self.text[self.first]})
        self.assertEqual(self.codes(self.first), [])

    def test_error_in_the_other_file(self):
        self.replace(self.first, 'regel Minuten je', 'regel Minute je')
        self.assertIn('PPR2001', self.codes(self.first))
        told = self.server.wait(lambda m: m['params'].get('uri') == uri(self.second) and m['params']['diagnostics'])
        self.assertEqual({d['code'] for d in told['params']['diagnostics']}, {'PPR2001'})

    def test_note_points_to_the_other_place(self):
        self.replace(self.second, 'regel Beginn des Quartals', 'regel Minuten')
        found = [d for d in self.server.diagnostics(self.second) if d['code'] == 'PPR3036']
        self.assertEqual(len(found), 1)
        related = found[0]['relatedInformation'][0]['location']
        self.assertEqual(self.where(related)[0], '2024-01.ppr')
        self.assertTrue(self.where(related)[1].startswith('Minuten je Berufsgruppe'))

    def test_closed_text_is_the_file(self):
        self.replace(self.second, 'regel Beginn des Quartals : Datum', 'regel Beginn des Quartals : Dat')
        self.assertIn('PPR2005', self.codes(self.second))
        self.server.notify('textDocument/didClose', {'textDocument': {'uri': uri(self.second)}})
        self.server.wait(lambda m: m['params'].get('uri') == uri(self.second) and not m['params']['diagnostics'])
        self.assertEqual(self.codes(self.first), []) # the file is right

    def test_files_on_disk_are_watched(self):
        self.codes(self.first)
        third = self.folder / '2025-01.ppr'
        third.write_text('regelwerk Übung\nfassung 2025-01\n  beschluss 21.03.2024 "B"\n  gilt ab 01.01.2025\n  ändert fassung 2024-06\n', encoding='utf-8')
        self.server.notify('workspace/didChangeWatchedFiles', {'changes': [{'uri': uri(third), 'type': 1}]})
        told = self.server.wait(lambda m: m['params'].get('uri') == uri(third))
        self.assertEqual([d['code'] for d in told['params']['diagnostics']], ['PPR3033'])
        third.unlink()
        self.server.notify('workspace/didChangeWatchedFiles', {'changes': [{'uri': uri(third), 'type': 3}]})
        self.server.version[str(self.first)] = 1
        self.assertEqual(self.codes(self.first), [])

    def test_text_that_is_no_file(self):
        name = 'untitled:Übung 1'
        self.server.notify('textDocument/didOpen', {'textDocument': {'uri': name, 'version': 7, 'text': self.text[self.first].replace('Tage / 7', 'Tge / 7')}})
        told = self.server.wait(lambda m: m['params'].get('uri') == name)
        self.assertEqual(told['params']['version'], 7)
        self.assertEqual([d['code'] for d in told['params']['diagnostics']], ['PPR2001'])

    def test_second_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'a.ppr'
            path.write_text(self.text[self.first].replace('Übung', 'Anderes').replace('regel erfüllt', 'regel erfült'), encoding='utf-8')
            self.server.open(path)
            self.assertEqual({d['code'] for d in self.server.diagnostics(path)}, {'PPR2001'})
            self.assertEqual(self.codes(self.first), [])


class Scenarios(Case):
    """A scenario in a subfolder is read with the Fassungen above it; the Fassungen do not know it."""
    SCENARIO = ('regelwerk Beispiel\nszenario "Probe" auf fassung 2024-07\nparameter Grad : Prozent(0) 0 %..200 % vorgabe 80 % § 16\n'
                'für Grad von 80 % bis 120 % schritt 10 %\nergänze zeitreihe Größe der Stufe § 16\n  ab 01.01.2024 : Grad\n')

    def open_scenario(self, text):
        (self.folder / 'szenarien').mkdir(exist_ok=True)
        path = self.folder / 'szenarien' / 'probe.ppr'
        path.write_text(text, encoding='utf-8')
        self.text[path] = self.server.open(path)
        return path

    def test_scenario(self):
        name = self.text[self.first].split('regelwerk ')[1].split(' "')[0].split('\n')[0]
        path = self.open_scenario(self.SCENARIO.replace('Beispiel', name))
        self.assertEqual([d['code'] for d in self.server.diagnostics(path)], [])
        text = self.hover(path, 'parameter Grad', 11)
        self.assertIn('parameter Grad : Prozent(0)', text)
        self.assertIn('2024-07 + Probe', text)
        self.assertEqual([s['name'] for s in self.server.of('textDocument/documentSymbol', path)], ['Grad', 'Grad', 'Größe der Stufe'])
        self.replace(path, 'schritt 10 %', 'schritt 15 %')
        self.assertEqual([d['code'] for d in self.server.diagnostics(path)], ['PPR2071'])
        self.assertIn('| 2024-01 – 2024-07 |', self.hover(self.first, '* Größe der Stufe', 3))

    def test_scenario_alone(self):
        path = self.open_scenario(self.SCENARIO.replace('Beispiel', 'Anderes'))
        self.assertIn('PPR3034', [d['code'] for d in self.server.diagnostics(path)])
        path = self.folder.parent / f'{self.folder.name}.ppr'
        path.write_text(self.SCENARIO, encoding='utf-8')
        self.addCleanup(path.unlink)
        self.server.open(path)
        self.assertIn('PPR3043', [d['code'] for d in self.server.diagnostics(path)])


class Hover(Case):
    def test_series(self):
        text = self.hover(self.first, '* Größe der Stufe', 3)
        self.assertIn('zeitreihe Größe der Stufe : Prozent(0)', text)
        self.assertIn('Einheit: Prozent', text)
        self.assertIn('Fundstelle: § 16 Abs. 1', text)
        self.assertIn('| 2024-01 – 2024-07 | ab 01.01.2024: 90 %; ab 01.01.2027: 95 % | § 16 Abs. 1 |', text)

    def test_rule_in_each_fassung(self):
        for path in (self.first, self.second):
            text = self.hover(path, 'regel Wochen je', 8)
            self.assertIn('regel Wochen je Bereich : Woche(2)', text)
            self.assertIn('Einheit: Woche, Nachkommastellen: 2', text)
            self.assertIn('| 2024-01 | = Tage / 7 Tag je Woche gerundet kaufmännisch auf 2 (und 1 weitere) | § 6 Abs. 2 Satz 1 |', text)
            self.assertIn('| 2024-07 | = Tage / 6 Tag je Woche gerundet kaufmännisch auf 2 | § 6 Abs. 2 |', text)

    def test_table(self):
        text = self.hover(self.first, 'tabelle Minutenwert', 10)
        self.assertIn('| A1 | 207 | 856 |', text)
        self.assertIn('| A6 | 159 | 248 |', text)
        self.assertIn('| 2024-01 | dieselben Werte |', text)
        self.assertIn('| 2024-07 | A1,a: 300; A1,b: 900 |', text)

    def test_cell(self):
        text = self.hover(self.first, '207  856', 1)
        self.assertIn('tabelle Minutenwert[A1,a]', text)
        self.assertIn('| 2024-01 | 207 Minute je Woche | § Anlage 1 |', text)
        self.assertIn('| 2024-07 | 300 Minute je Woche | § Anlage 1 Nr. 2 |', text)
        self.assertIn('| 2024-01 – 2024-07 | 159 Minute je Woche | § Anlage 1 Nr. 1 [erschlossen: Formel] |', self.hover(self.first, '159  248', 1))
        self.assertIn('Minutenwert[A1,b]', self.hover(self.second, '300  900', 6))

    def test_field(self):
        text = self.hover(self.first, '= Tage / 7', 3)
        self.assertIn('eingabe Tage je Bereich : Tag(0)', text)
        self.assertIn('Bereich: 0 Tag .. 99999 Tag', text)
        self.assertIn('aus "A3.3"', text)
        self.assertIn('fehlend 0', text)

    def test_element_of_a_rule(self):
        self.assertIn('regel VKS[a] : Stunde(0)', self.hover(self.first, '= VKS[a] *', 3))

    def test_other_names(self):
        self.assertIn('= "A06" "Tagesklinik" teilstationär', self.hover(self.first, 'A6 = "A06"', 1))
        self.assertIn('| A1, A6 |', self.hover(self.first, 'aufzählung Bereich', 13))
        self.assertIn('| 2024-01 – 2024-07 | A6 |', self.hover(self.first, 'Bereich ist teilstationär', 14))
        self.assertIn('= 60 Minute', self.hover(self.first, 'in Stunde gerundet', 4))
        self.assertIn('Grundeinheit', self.hover(self.first, '7 Tag je Woche', 3))
        self.assertIn('wenn Bereich ist teilstationär = Tage / 5', self.hover(self.first, 'ausnahme Tagesklinik', 12))
        self.assertIn('Gilt der gerundete Wert?', self.hover(self.first, 'und Vergleich ist', 6))
        self.assertIn('vorgabe genau', self.hover(self.first, 'und Vergleich ist', 6))
        self.assertIn('Achse `g` über Berufsgruppe', self.hover(self.first, '= Minuten[g]', 10))
        self.assertIn('schlüssel IK, Jahr, Quartal', self.hover(self.first, 'eingabe Nachweis', 10))
        fassung = self.hover(self.second, 'ändert fassung 2024-01', 17)
        self.assertIn('gilt ab 01.01.2024 bis 30.06.2024', fassung)
        self.assertIn('Beschluss vom 19.10.2023, BAnz AT 05.02.2024 B4', fassung)

    def test_language(self):
        self.assertIn('Datum(Quartal)', self.hover(self.second, '= beginn(', 3))
        self.assertIn('die Hälfte von null weg', self.hover(self.first, 'gerundet kaufmännisch', 10))
        self.assertEqual(self.hover(self.first, 'gerundet kaufmännisch', 2), 'Rundung')
        self.assertEqual(self.hover(self.first, 'summe über Bereich :', 8), 'Achse einer Auswertung; Untergrenze, ausschließlich')

    def test_nothing(self):
        self.assertIsNone(self.hover(self.first, '# Übungstexte', 5))
        self.assertIsNone(self.hover(self.first, '"Tage und Größen"', 3))
        self.assertIsNone(self.server.at('textDocument/hover', self.first, (99999, 99999)))

    def test_while_it_is_half_typed(self):
        self.replace(self.first, 'regel Wochen je Bereich : Woche(2)', 'regel Wochen je Bereich : Woche(')
        text = self.hover(self.first, '= summe über Bereich : Wochen', 24)
        self.assertIn('regel Wochen je Bereich : Woche(2)', text) # as it was before
        self.assertEqual(self.definition(self.second, '= Tage / 6', 3), ('2024-01.ppr', 'Tage : Tag(0) 0..99999 fehlend 0'))


class Places(Case):
    def references(self, path, words, after=0, nth=1, declaration=True):
        result = self.server.at('textDocument/references', path, self.place(path, words, after, nth), context={'includeDeclaration': declaration})
        return sorted(self.where(location) for location in result)

    def test_definition_of_the_fassung(self):
        self.assertEqual(self.definition(self.first, ': Wochen *', 3), ('2024-01.ppr', 'Wochen je Bereich : Woche(2) § 6 Abs. 2 Satz 1'))
        self.assertEqual(self.definition(self.second, 'erwarte Wochen', 9), ('2024-07.ppr', 'Wochen je Bereich : Woche(2) § 6 Abs. 2'))
        self.assertEqual(self.definition(self.second, 'ergänze tabelle Minutenwert', 18)[0], '2024-01.ppr')

    def test_definitions(self):
        for words, after, begin in (('[A1] = 700', 1, 'A1 "Regelbehandlung"'), ('ist teilstationär', 5, 'teilstationär'), ('in Stunde', 4, 'Stunde = 60 Minute'),
                                    ('Vergleich ist genau', 15, 'genau "§ 7 Abs. 4"'), ('= Minuten[g]', 10, 'g : Stunde(0)'),
                                    ('Berichtsquartal = 2024-Q1', 3, 'Berichtsquartal = Jahr'), ('über Bereich', 6, 'Bereich § 3'),
                                    ('= Jahr, Quartal', 9, 'Quartal : Zahl(0)')):
            self.assertTrue(self.definition(self.first, words, after)[1].startswith(begin), words)
        self.assertTrue(self.definition(self.second, 'ändert fassung 2024-01', 18)[1].startswith('2024-01'))
        self.assertIsNone(self.definition(self.first, 'regel Wochen', 2))

    def test_references(self):
        self.assertEqual(self.references(self.first, 'regel Wochen', 7), [
            ('2024-01.ppr', 'Wochen * Minutenwert'),
            ('2024-01.ppr', 'Wochen je Bereich : Woche(2) § 6 Abs. 2 Satz 1'),
            ('2024-01.ppr', 'Wochen[A1] = 100; Minuten[a] = 20700; VKS[a] = 345; erfüllt = ja'),
            ('2024-07.ppr', 'Wochen je Bereich : Woche(2) § 6 Abs. 2'),
            ('2024-07.ppr', 'Wochen[A1] = 116,67; Minuten[a] = 35001; VKS[a] = 583; Beginn des Quartals = 01.07.2024')])
        self.assertEqual(len(self.references(self.second, 'erwarte Wochen', 9, declaration=False)), 3)

    def test_references_of_a_member(self):
        self.assertEqual([name for name, _ in self.references(self.first, 'A1  207')], ['2024-01.ppr'] * 4 + ['2024-07.ppr'] * 3)

    def test_two_axes_of_one_enumeration(self):
        found = self.references(self.first, 'als Von :', 4)
        self.assertEqual(found, [('2024-01.ppr', 'Von : angerechnet')]) # not the alias of the block
        self.assertEqual(self.definition(self.first, ': angerechnet', 3), ('2024-01.ppr', 'angerechnet : Stunde(2) 0..999999 spalte "VKS" fehlend 0'))

    def test_highlight(self):
        result = self.server.at('textDocument/documentHighlight', self.first, self.place(self.first, 'regel Minuten', 8))
        self.assertEqual([(h['range']['start']['line'], h['kind']) for h in result],
                         [(self.place(self.first, 'regel Minuten')[0], 3), (self.place(self.first, '= Minuten[g]')[0], 2), (self.place(self.first, 'Minuten[a]')[0], 2)])


class Rename(Case):
    def test_rule_in_all_fassungen(self):
        texts = self.rename(self.second, 'ändere regel Wochen', 'Wochen der Behandlung', 14)
        for name, count in (('2024-01.ppr', 3), ('2024-07.ppr', 2)):
            self.assertEqual(texts[name].count('Wochen der Behandlung'), count)
        self.assertNotIn('Wochen[A1]', texts['2024-01.ppr'])
        self.assertIn('# 700 / 7 = 100 Wochen;', texts['2024-01.ppr']) # a comment is no name

    def test_field_keeps_its_column(self):
        texts = self.rename(self.first, '= Tage / 7', 'Belegungstage', 3)
        self.assertIn('Belegungstage : Tag(0) 0..99999 spalte "Tage" fehlend 0', texts['2024-01.ppr'])
        self.assertIn('gegeben Belegungstage = 0; Belegungstage[A1] = 700', texts['2024-07.ppr'])
        texts = self.rename(self.first, ': angerechnet', 'übernommen', 3)
        self.assertIn('übernommen : Stunde(2) 0..999999 spalte "VKS" fehlend 0', texts['2024-01.ppr'])
        self.assertIn('schlüssel IK : Text, Kalenderjahr : Zahl(0) 2020..2099 spalte "Jahr", Quartal', self.rename(self.first, '= Jahr, Quartal', 'Kalenderjahr', 3)['2024-01.ppr'])

    def test_member_keeps_its_code(self):
        texts = self.rename(self.first, 'A1  207', 'Regel-1')
        self.assertIn('Regel-1 = "A1" "Regelbehandlung" vollstationär', texts['2024-01.ppr'])
        self.assertIn('  Regel-1  300  900', texts['2024-07.ppr'])
        self.assertIn('TK = "A06" "Tagesklinik"', self.rename(self.first, 'A6  159', 'TK')['2024-01.ppr'])

    def test_other_names(self):
        texts = self.rename(self.first, 'aufzählung Bereich', 'Behandlungsbereich', 12)
        self.assertIn('wenn Behandlungsbereich ist teilstationär', texts['2024-01.ppr'])
        self.assertIn('spalte "Behandlungsbereich"', texts['2024-01.ppr'])
        self.assertIn('je Berufsgruppe als gruppe', self.rename(self.first, '= Minuten[g]', 'gruppe', 10)['2024-01.ppr'])
        self.assertIn('wenn Bereich ist tagesklinisch', self.rename(self.first, 'ist teilstationär', 'tagesklinisch', 5)['2024-01.ppr'])
        self.assertIn('Std = 60 Minute', self.rename(self.first, 'in Stunde', 'Std', 4)['2024-01.ppr'])
        self.assertIn('ausnahme halbe Tage', self.rename(self.first, 'ausnahme Tagesklinik', 'halbe Tage', 10)['2024-01.ppr'])
        self.assertIn('und Lesart ist genau', self.rename(self.first, 'und Vergleich', 'Lesart', 5)['2024-01.ppr'])
        self.assertIn('Vergleich ist exakt', self.rename(self.first, 'vorgabe genau', 'exakt', 9)['2024-01.ppr'])

    def test_prepare(self):
        result = self.server.at('textDocument/prepareRename', self.first, self.place(self.first, 'regel VKS je', 7))
        self.assertEqual(result['placeholder'], 'VKS')
        self.assertIsNone(self.server.at('textDocument/prepareRename', self.first, self.place(self.first, 'regel VKS je', 2)))
        with self.assertRaises(ServerError):
            self.server.at('textDocument/prepareRename', self.second, self.place(self.second, '= beginn(', 3))

    def test_refused(self):
        for name in ('', 'wenn', 'x wenn y', '7 Tage', 'a+b', 'a\nb', ' a', 'a  b', 'a # b', '§ 6', '😀', 'Grö\u0308ße'):
            self.refuses(-32602, self.first, 'regel VKS', name, 7)
        for name in ('min', 'Zahl', 'Datum', 'Beleg', 'tage', 'wochentag', 'kaufmännisch'):
            self.refuses(-32803, self.first, 'regel VKS', name, 7)
        self.refuses(-32602, self.first, 'A1  207', 'zwei Worte')
        self.assertIn('schon', self.refuses(-32803, self.first, 'regel VKS', 'Minuten', 7))
        self.refuses(-32803, self.first, 'regel VKS', 'Bereich', 7)
        self.refuses(-32803, self.first, 'in Stunde', 'Minute', 4)
        self.refuses(-32803, self.first, 'A1  207', 'A6')
        self.refuses(-32803, self.second, '= beginn(', 'anfang', 3)
        self.refuses(-32803, self.second, 'ändert fassung 2024-01', '2023-01', 18)
        self.refuses(-32803, self.first, 'regel VKS', 'Beginn des Quartals', 7) # a name of the later Fassung only
        self.assertIn('Von', self.refuses(-32803, self.first, 'über Berufsgruppe als Von', 'v', 23)) # the axes of `angerechnet` are found by their names

    def test_refused_where_a_name_would_be_captured(self):
        # Written out, the axes may have other names, but not that of the rule `Faktor`, which would then be an axis in `* Faktor`.
        self.replace(self.first, '= summe über Berufsgruppe als Von : angerechnet', '= summe über Berufsgruppe als Von : angerechnet[Von, Auf] * Faktor')
        self.replace(self.first, 'regel erfüllt', 'regel Faktor : Zahl(0) § 8\n  = 1\n\nregel erfüllt')
        self.assertEqual(self.server.diagnostics(self.first), [])
        self.assertIn('angerechnet[v, Auf] * Faktor', self.rename(self.first, 'als Von : angerechnet', 'v', 4)['2024-01.ppr'])
        self.refuses(-32803, self.first, 'als Von : angerechnet', 'Faktor', 4)

    def test_refused_while_broken(self):
        self.replace(self.second, 'regel Beginn des Quartals : Datum', 'regel Beginn des Quartals :')
        self.assertIn('Syntaxfehler', self.refuses(-32803, self.first, 'regel VKS', 'X', 7))

    def test_same_name(self):
        self.assertEqual(self.server.at('textDocument/rename', self.first, self.place(self.first, 'regel VKS', 7), newName='VKS'), {'changes': {}})


class Completion(Case):
    def test_declarations(self):
        self.replace(self.second, '\nausgabe "Fristen"', '\n\nausgabe "Fristen"')
        found = self.labels(self.second, '\n\nausgabe "Fristen"', 1)
        for word in ('regel', 'tabelle', 'ändere', 'streiche', 'ergänze', 'test'):
            self.assertEqual(found[word]['kind'], 14)
        self.assertNotIn('dann', found)

    def after(self, path, words, typed, nth=1):
        """Labels at the end of `typed` put in place of `words`."""
        self.replace(path, words, typed, nth=nth)
        return self.labels(path, typed, len(typed))

    def test_expression(self):
        found = self.after(self.first, '= Tage / 7', '= Ta / 7')
        found = self.labels(self.first, '= Ta / 7', 4)
        self.assertEqual(found['Tage']['detail'], 'eingabe je Bereich : Tag(0)')
        for word in ('Minuten', 'Minutenwert', 'summe', 'wenn', 'beginn', 'min', 'Bereich'):
            self.assertIn(word, found)
        for word in ('regel', 'A1', 'Nachweis', 'dann'):
            self.assertNotIn(word, found)
        start = self.place(self.first, '= Ta / 7', 2)
        self.assertEqual(found['Tage']['textEdit']['range'], {'start': dict(zip(('line', 'character'), start)),
                                                              'end': {'line': start[0], 'character': start[1] + 2}})

    def test_name_of_several_words(self):
        found = self.after(self.first, '* Größe der Stufe >=', '* Größe der St')
        self.assertEqual(found['Größe der Stufe']['textEdit']['range']['start']['character'], self.place(self.first, '* Größe der St', 2)[1])

    def test_keyword_behind_a_name(self):
        found = self.after(self.first, 'wenn Bereich ist teilstationär', 'wenn Bereich i')
        self.assertEqual(found['ist']['textEdit']['range']['start']['character'], self.place(self.first, 'wenn Bereich i', 13)[1])
        self.assertEqual(found['in']['kind'], 14)

    def test_members_and_attributes(self):
        found = self.after(self.first, 'Bereich ist teilstationär', 'Bereich ist t')
        self.assertEqual(set(found), {'A1', 'A6', 'vollstationär', 'teilstationär', 'nicht'})
        found = self.after(self.first, 'Vergleich ist genau', 'Vergleich ist nicht ')
        self.assertEqual(set(found), {'genau', 'gerundet-verglichen'})

    def test_index(self):
        found = self.after(self.first, '= VKS[a]', '= VKS[')
        self.assertIn('a', found)
        self.assertIn('b', found)
        self.assertNotIn('A1', found)

    def test_types_units_and_modes(self):
        found = self.after(self.first, 'regel Minuten je Berufsgruppe : Minute(2)', 'regel Minuten je Berufsgruppe : M')
        self.assertTrue({'Minute', 'Zahl', 'Prozent', 'Datum', 'Bereich', 'Bruch', 'ja'} <= set(found))
        self.assertNotIn('Tage', found)
        self.assertTrue({'Stunde', 'Minute', 'Prozent'} <= set(self.after(self.first, 'in Stunde gerundet', 'in S')))
        self.assertEqual(set(self.after(self.first, '/ 5 Tag je Woche gerundet kaufmännisch', '/ 5 Tag je Woche gerundet k')),
                         {'kaufmännisch', 'aufwärts', 'abwärts', 'gerade'})
        self.assertTrue({'Tag', 'Woche'} <= set(self.after(self.first, '= Tage / 7 Tag', '= Tage / 7 T')))

    def test_axes(self):
        self.assertTrue({'Bereich', 'Berufsgruppe'} <= set(self.after(self.first, 'summe über Bereich', 'summe über B')))
        self.assertTrue({'Bereich', 'Berufsgruppe'} <= set(self.after(self.first, 'regel erfüllt', 'regel erfüllt je ')))

    def test_rows(self):
        self.replace(self.first, '  A6  159', '  A')
        found = self.labels(self.first, '  A  248', 3)
        self.assertEqual({label for label, item in found.items() if item['kind'] == 20}, {'A1', 'A6'})

    def test_amended(self):
        found = self.after(self.second, 'ändere regel Wochen', 'ändere regel W')
        self.assertEqual({label for label, item in found.items() if item['kind'] != 14}, {'Wochen', 'Minuten', 'VKS', 'erfüllt', 'übertragen'})
        found = self.after(self.second, 'ergänze tabelle Minutenwert', 'ergänze tabelle ')
        self.assertEqual(set(found), {'Minutenwert'})

    def test_labels_of_a_rule(self):
        self.replace(self.first, '\nregel Minuten je', '  ausnahme ganz vor T\n\nregel Minuten je')
        self.assertIn('Tagesklinik', self.labels(self.first, 'ausnahme ganz vor T', 19))

    def test_test(self):
        found = self.after(self.first, 'erwarte Wochen[A1]', 'erwarte W')
        self.assertTrue({'Wochen', 'Tage', 'VKS'} <= set(found))
        self.assertNotIn('Minutenwert', found)

    def test_nothing(self):
        for words, after in (('# Übungstexte für', 10), ('"Tage und', 4), ('§ 6 Abs. 2 Satz 1', 9)):
            self.assertEqual(self.labels(self.first, words, after), {}, words)
        self.assertEqual(self.after(self.first, 'regel erfüllt', 'regel neu'), {})
        self.assertEqual({label for label, item in self.labels(self.first, '  A6 = "A06"', 4).items() if item['kind'] != 14}, set())

    def test_keys(self):
        self.assertEqual(set(self.after(self.first, '= Jahr, Quartal', '= Jahr, Q')), {'IK', 'Jahr', 'Quartal'})


class Layout(Case):
    def test_format(self):
        self.assertEqual(self.server.of('textDocument/formatting', self.first, options={'tabSize': 2, 'insertSpaces': True}), [])
        self.replace(self.first, '  = Tage / 7 Tag', '      =   Tage/7    Tag')
        edits = self.server.of('textDocument/formatting', self.first, options={'tabSize': 2, 'insertSpaces': True})
        formatted = subprocess.run([PPR, 'fmt', '-'], input=self.text[self.first].encode(), capture_output=True, check=True).stdout.decode()
        self.assertEqual(apply(self.text[self.first], edits), formatted)
        self.assertEqual(len(edits), 1)
        self.assertLess(len(edits[0]['newText']), 40) # only what differs

    def test_format_broken(self):
        self.replace(self.first, 'regel VKS', 'regel')
        self.assertIsNone(self.server.of('textDocument/formatting', self.first, options={}))

    def test_symbols(self):
        symbols = self.server.of('textDocument/documentSymbol', self.first)
        names = [(s['name'], s['detail']) for s in symbols]
        self.assertEqual(names, [('Tag', 'einheit'), ('Bereich', 'aufzählung'), ('Berufsgruppe', 'aufzählung'), ('Nachweis', 'eingabe'), ('Vergleich', 'auslegung'),
                                 ('Minutenwert', 'tabelle'), ('Größe der Stufe', 'zeitreihe'), ('Wochen', 'regel'), ('Minuten', 'regel'), ('VKS', 'regel'),
                                 ('erfüllt', 'regel'), ('übertragen', 'regel'), ('A5.1', 'ausgabe'), ('eine Station', 'test')])
        by_name = {s['name']: s for s in symbols}
        self.assertEqual([c['name'] for c in by_name['Bereich']['children']], ['A1', 'A6'])
        self.assertEqual([c['name'] for c in by_name['Nachweis']['children']], ['IK', 'Jahr', 'Quartal', 'Tage', 'angerechnet'])
        self.assertEqual([c['name'] for c in by_name['Wochen']['children']], ['Tagesklinik'])
        flat = lambda p: (p['line'], p['character'])
        def inside(inner, outer):
            return flat(outer['start']) <= flat(inner['start']) <= flat(inner['end']) <= flat(outer['end'])
        for s in symbols:
            self.assertTrue(inside(s['selectionRange'], s['range']), s)
            for c in s['children']:
                self.assertTrue(inside(c['selectionRange'], c['range']), c)
        self.assertEqual([s['detail'] for s in self.server.of('textDocument/documentSymbol', self.second)],
                         ['ergänze tabelle', 'ändere regel', 'regel', 'ausgabe', 'test'])


class Actions(Case):
    def actions(self, path, words, after=0, only=None):
        spot = dict(zip(('line', 'character'), self.place(path, words, after)))
        context = {'diagnostics': [], **({'only': only} if only else {})}
        return self.server.of('textDocument/codeAction', path, range={'start': spot, 'end': spot}, context=context)

    def test_fix_of_a_name(self):
        self.replace(self.first, '= Tage / 7', '= Tge / 7')
        self.server.diagnostics(self.first)
        found = self.actions(self.first, '= Tge / 7', 3)
        self.assertEqual([a['title'] for a in found], ['„Tge“ durch „Tage“ ersetzen'])
        self.assertEqual(found[0]['kind'], 'quickfix')
        self.assertEqual(found[0]['diagnostics'][0]['code'], 'PPR2001')
        edits = found[0]['edit']['changes'][uri(self.first)]
        self.assertIn('= Tage / 7 Tag je Woche', apply(self.text[self.first], edits))
        self.assertEqual(self.actions(self.first, 'regel VKS'), [])
        self.assertEqual(self.actions(self.first, '= Tge / 7', 3, ['refactor']), [])
        self.assertEqual(len(self.actions(self.first, '= Tge / 7', 3, ['quickfix'])), 1)

    def test_fix_of_a_spelling(self):
        self.replace(self.first, 'regel VKS', 'regl VKS')
        self.server.diagnostics(self.first)
        found = self.actions(self.first, 'regl VKS', 1)
        self.assertEqual([a['title'] for a in found], ['„regl“ durch „regel“ ersetzen'])

    def test_fix_that_inserts(self):
        self.replace(self.first, 'Woche gerundet kaufmännisch auf 2\n  ausnahme', 'Woche\n  ausnahme')
        self.server.diagnostics(self.first)
        found = self.actions(self.first, '= Tage / 7', 3)
        self.assertEqual(len(found), 1)
        self.assertIn('gerundet kaufmännisch auf 2', found[0]['title'])
        self.assertIn('= Tage / 7 Tag je Woche gerundet kaufmännisch auf 2\n', apply(self.text[self.first], found[0]['edit']['changes'][uri(self.first)]))

    def test_wrong_range(self):
        with self.assertRaises(ServerError) as caught:
            self.server.of('textDocument/codeAction', self.first, context={'diagnostics': []})
        self.assertEqual(caught.exception.code, -32602)


class Tests(Case):
    def lenses(self, path):
        return self.server.of('textDocument/codeLens', path)

    def run_test(self, path):
        command = self.lenses(path)[0]['command']
        return self.server.request('workspace/executeCommand', {'command': command['command'], 'arguments': command['arguments']})

    def test_passes(self):
        lens = self.lenses(self.first)[0]
        self.assertEqual(lens['command']['title'], '▶ Test ausführen')
        self.assertEqual(lens['range']['start']['line'], self.place(self.first, 'test "eine Station"')[0])
        self.assertEqual(self.run_test(self.first), {'passed': True, 'title': 'eine Station', 'details': ''})
        message = self.server.wait(lambda m: m['method'] == 'window/showMessage')
        self.assertEqual(message['params'], {'type': 3, 'message': 'Test „eine Station“: bestanden'})

    def test_fails_with_the_text_on_the_screen(self):
        self.replace(self.second, 'VKS[a] = 583', 'VKS[a] = 584')
        result = self.run_test(self.second)
        self.assertFalse(result['passed'])
        self.assertIn('VKS[a]: erwartet 584 Stunde, ist 583 Stunde', result['details'])
        message = self.server.wait(lambda m: m['method'] == 'window/showMessage')
        self.assertEqual(message['params']['type'], 1)
        self.assertIn('nicht bestanden', message['params']['message'])

    def test_cannot_run(self):
        self.replace(self.second, '= beginn(Berichtsquartal)', '= begin(Berichtsquartal)')
        with self.assertRaises(ServerError) as caught:
            self.run_test(self.second)
        self.assertEqual(caught.exception.code, -32803)

    def test_wrong_calls(self):
        for params, code in (({'command': 'rm', 'arguments': []}, -32602), ({'command': 'ppr.runTest'}, -32602), ({'command': 'ppr.runTest', 'arguments': [{}]}, -32602),
                             ({'command': 'ppr.runTest', 'arguments': [{'uri': uri(self.first), 'line': 0}]}, -32803)):
            with self.assertRaises(ServerError) as caught:
                self.server.request('workspace/executeCommand', params)
            self.assertEqual(caught.exception.code, code, params)

    def test_cancelled(self):
        command = self.lenses(self.first)[0]['command']
        numbers = [self.server.ask('workspace/executeCommand', {'command': command['command'], 'arguments': command['arguments']}) for _ in range(3)]
        self.server.notify('$/cancelRequest', {'id': numbers[1]})
        self.assertTrue(self.server.answer(numbers[0])['passed'])
        with self.assertRaises(ServerError) as caught:
            self.server.answer(numbers[1])
        self.assertEqual(caught.exception.code, -32800)
        self.assertTrue(self.server.answer(numbers[2])['passed'])

    def test_cancelled_before_its_turn(self):
        params = {'textDocument': {'uri': uri(self.first)}, 'position': {'line': 1, 'character': 1}}
        frames = b''
        for message in ({'id': 'a', 'method': 'textDocument/hover', 'params': params}, {'id': 'b', 'method': 'textDocument/hover', 'params': params},
                        {'method': '$/cancelRequest', 'params': {'id': 'b'}}):
            body = json.dumps({'jsonrpc': '2.0', **message}).encode()
            frames += b'Content-Length: %d\r\n\r\n' % len(body) + body
        self.server.raw(frames)
        self.server.answer('a')
        with self.assertRaises(ServerError) as caught:
            self.server.answer('b')
        self.assertEqual(caught.exception.code, -32800)


class SameAsCheck(unittest.TestCase):
    """Every file of the golden folder shows in the editor what `ppr check` says about it."""

    def test_all(self):
        server = Client(PPR)
        self.addCleanup(server.kill)
        files = sorted((client.ROOT / 'tests' / 'golden' / 'check' / 'bad').glob('*.ppr')) + sorted((client.ROOT / 'tests' / 'golden' / 'parse' / 'bad').glob('*.ppr'))
        checked = 0
        with tempfile.TemporaryDirectory() as top:
            for source in files:
                try:
                    text = source.read_bytes().decode('utf-8')
                except UnicodeDecodeError:
                    continue # a client sends text
                if '\0' in text or '\r' in text:
                    continue
                folder = pathlib.Path(top) / source.stem
                folder.mkdir()
                path = folder / 'a.ppr'
                path.write_bytes(text.encode('utf-8'))
                done = subprocess.run([PPR, 'check', '--json', path], capture_output=True)
                said = json.loads(done.stdout)
                said = said if isinstance(said, list) else said['diagnostics']
                wanted = sorted((d['code'], d.get('line', 1) - 1) for d in said)
                server.open(path, text)
                found = sorted((d['code'], d['range']['start']['line']) for d in server.diagnostics(path))
                self.assertEqual(found, wanted, source.name)
                server.notify('textDocument/didClose', {'textDocument': {'uri': uri(path)}})
                checked += 1
        print(f'{checked} of {len(files)} files')
        self.assertGreater(checked, 100)
        self.assertEqual(server.close(), 0)


if __name__ == '__main__':
    PPR = sys.argv.pop(1)
    unittest.main()
