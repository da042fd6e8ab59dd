#!/usr/bin/env python3
"""What no client should send to `ppr lsp`, and text as it is while it is typed: hostile.py PPR. The server answers with the right codes, goes on, and
ends without a leak."""
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

import client
from client import RULES, Client, ServerError, position, uri

PPR = None
SEED = int(os.environ.get('PPR_SEED', '0')) or random.randrange(1, 1 << 32)
REQUESTS = ('hover', 'definition', 'references', 'documentHighlight', 'prepareRename', 'completion')


def frame(body):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b'Content-Length: %d\r\n\r\n' % len(body) + body


class Hostile(unittest.TestCase):
    def setUp(self):
        self.server = Client(PPR)
        self.addCleanup(self.server.kill)

    def tearDown(self):
        self.assertEqual(self.server.close(), 0, self.server.errors.decode('utf-8', 'replace'))
        self.assertEqual(self.server.errors, b'') # no report of a sanitizer

    def error(self, raw, id=None):
        """Sends bytes; the code of the error they are answered with."""
        self.server.raw(raw)
        while id not in self.server.answers:
            self.server.take()
        return self.server.answers.pop(id)['error']['code']

    def alive(self):
        with self.assertRaises(ServerError) as caught:
            self.server.request('noch/da', {})
        self.assertEqual(caught.exception.code, -32601)

    def test_no_json(self):
        for body in (b'', b'{', b'nichts', b'{"jsonrpc":"2.0"', b'\xff\xfe{}', b'{"a":"\xc3"}', b'[1,]', b'{} {}', b'"\\ud800"x', b'[' * 100000, b'{"a":' * 1000 + b'1' + b'}' * 1000):
            self.assertEqual(self.error(frame(body)), -32700, body[:40])
        self.alive()

    def test_no_message(self):
        for message, id in (([], None), ([{'jsonrpc': '2.0', 'id': 1, 'method': 'shutdown'}], None), (7, None), ('x', None), (None, None), ({}, None), ({'id': 7}, 7),
                            ({'jsonrpc': '1.0', 'id': 7, 'method': 'a'}, 7), ({'jsonrpc': '2.0', 'id': 7, 'method': 7}, 7), ({'jsonrpc': '2.0', 'id': {}, 'method': 'a'}, None),
                            ({'jsonrpc': '2.0', 'id': [], 'method': 'a'}, None), ({'jsonrpc': '2.0', 'id': 'ü'}, 'ü'), ({'jsonrpc': '2.0', 'id': 7, 'method': 'a\0b'}, 7)):
            self.assertEqual(self.error(frame(message), id), -32600, message)
        self.server.send({'jsonrpc': '2.0', 'id': 9, 'result': None}) # an answer nobody asked for
        self.server.send({'jsonrpc': '2.0', 'id': 9, 'error': {'code': 1, 'message': ''}})
        self.alive()

    def test_headers(self):
        good = frame({'jsonrpc': '2.0', 'id': 'gut', 'method': 'noch/da'})
        for head, code in ((b'Content-Type: text\r\n\r\n', -32700), (b'Content-Length: x\r\n\r\n', -32700), (b'Content-Length: -5\r\n\r\n', -32700),
                           (b'Content-Length: 5 5\r\n\r\n', -32700), (b'Content-Length: 2\r\nContent-Length: 3\r\n\r\n', -32700), (b'\r\n\r\n', -32700),
                           (b'Content-Length: 99999999999999999999999999\r\n\r\n', -32600), (b'Content-Length: 4294967296\r\n\r\n{}', -32600),
                           (b'M\xfcll ohne Ende ' * 1000, -32700), (bytes(range(256)) * 64, -32700), (b'Content-Length:' * 2000, -32700)):
            self.assertEqual(self.error(head), code, head[:40])
            self.assertEqual(self.error(good, 'gut'), -32601, head[:40]) # found again
        self.assertEqual(self.error(b'content-length:  2\t\r\nContent-Type: a/b; charset=utf-8\r\n\r\n{}'), -32600)

    def test_in_pieces(self):
        for piece in frame({'jsonrpc': '2.0', 'id': 'langsam', 'method': 'noch/da'}):
            self.server.raw(bytes([piece]))
        with self.assertRaises(ServerError):
            self.server.answer('langsam')

    def test_wrong_parameters(self):
        self.server.notify('textDocument/didOpen', {'textDocument': {'uri': 'untitled:a', 'version': 1, 'text': 'regelwerk X\n'}})
        place = {'line': 0, 'character': 0}
        wrong = (None, [], 7, {}, {'textDocument': None}, {'textDocument': {'uri': 7}}, {'textDocument': {'uri': 'untitled:b'}, 'position': place},
                 {'textDocument': {'uri': 'untitled:a\0'}, 'position': place})
        for method in REQUESTS + ('formatting', 'documentSymbol', 'codeAction', 'codeLens', 'rename'):
            for params in wrong:
                with self.assertRaises(ServerError) as caught:
                    self.server.request('textDocument/' + method, params)
                self.assertEqual(caught.exception.code, -32602, (method, params))
        for method in REQUESTS:
            for spot in (None, {}, {'line': -1, 'character': 0}, {'line': 1.5, 'character': 0}, {'line': '0', 'character': 0}, {'line': 1e9, 'character': 10 ** 30}):
                with self.assertRaises(ServerError):
                    self.server.request('textDocument/' + method, {'textDocument': {'uri': 'untitled:a'}, 'position': spot})
            self.server.request('textDocument/' + method, {'textDocument': {'uri': 'untitled:a'}, 'position': {'line': 2147483647, 'character': 2147483647}})

    def test_wrong_notifications(self):
        name = 'untitled:a'
        self.server.notify('textDocument/didOpen', {'textDocument': {'uri': name, 'version': 1, 'text': 'regelwerk X\n'}})
        for method in ('didOpen', 'didChange', 'didClose', 'didSave'):
            for params in (None, 7, {}, {'textDocument': 7}, {'textDocument': {'uri': 'file://%00'}}, {'textDocument': {'uri': 'file://host'}, 'contentChanges': 7},
                           {'textDocument': {'uri': 'file:///%zz/%', 'text': 7}}):
                self.server.notify('textDocument/' + method, params)
        spot = lambda line, character: {'line': line, 'character': character}
        for change in (7, {}, {'text': 7}, {'text': 'x', 'range': 7}, {'text': 'x', 'range': {'start': spot(5, 5)}},
                       {'text': 'x', 'range': {'start': spot(0, 5), 'end': spot(0, 1)}}, {'text': 'Y', 'range': {'start': spot(99, 99), 'end': spot(99, 99)}}):
            self.server.notify('textDocument/didChange', {'textDocument': {'uri': name, 'version': 2}, 'contentChanges': [change]})
        # Only the last one is a change: behind the end is the end.
        told = self.server.wait(lambda m: m['params'].get('uri') == name and m['params'].get('version') == 2)
        self.assertEqual(told['params']['diagnostics'][0]['range']['start'], spot(1, 0))
        self.server.notify('$/cancelRequest', None)
        self.server.notify('$/cancelRequest', {'id': {}})
        self.server.notify('$/setTrace', {'value': 'verbose'})
        self.server.notify('workspace/didChangeWatchedFiles', {'changes': 7})
        self.server.notify('textDocument/didClose', {'textDocument': {'uri': name}})
        self.server.notify('textDocument/didClose', {'textDocument': {'uri': name}})
        self.alive()

    def everything(self, name, line, character):
        """Every request at a place; none may fail but a renaming."""
        params = {'textDocument': {'uri': name}, 'position': {'line': line, 'character': character}, 'context': {'includeDeclaration': True}, 'options': {},
                  'range': {'start': {'line': 0, 'character': 0}, 'end': {'line': line, 'character': character}}, 'newName': 'Anderes'}
        numbers = [self.server.ask('textDocument/' + m, params) for m in REQUESTS + ('formatting', 'documentSymbol', 'codeAction', 'codeLens')]
        renames = [self.server.ask('textDocument/rename', params)]
        for number in numbers:
            try:
                self.server.answer(number)
            except ServerError as error:
                self.assertEqual(error.code, -32803, error)
        for number in renames:
            try:
                self.server.answer(number)
            except ServerError as error:
                self.assertIn(error.code, (-32803, -32602), error)

    def test_texts_that_are_none(self):
        texts = ('', '\0', '\ufeff', '\r\n\r\n', '\u202e', '😀' * 1000, '"' * 10000, '§' * 10000, '(' * 20000, 'regelwerk ' * 5000, 'wenn ' * 5000, '[' * 300 + ']' * 300,
                 'a' * 100000, '\n' * 50000, '# ' + 'x' * 70000, ''.join(chr(c) for c in range(1, 0x300)), 'fassung 2024-01\n' * 1000)
        for i, text in enumerate(texts):
            name = f'untitled:{i}'
            self.server.notify('textDocument/didOpen', {'textDocument': {'uri': name, 'version': 1, 'text': text}})
            lines = text.split('\n')
            self.everything(name, len(lines) - 1, client.units(lines[-1], 'utf-16'))
            self.everything(name, 0, 1)
            self.server.notify('textDocument/didClose', {'textDocument': {'uri': name}})
        self.alive()

    def test_beginnings_of_shipped_files(self):
        """Typing a shipped file: every so often everything is asked at the end of what is there."""
        random_ = random.Random(SEED)
        print('seed', SEED)
        for path in sorted(RULES.glob('*.ppr')):
            text = path.read_text(encoding='utf-8')
            name = 'untitled:' + path.name
            self.server.notify('textDocument/didOpen', {'textDocument': {'uri': name, 'version': 1, 'text': ''}})
            done = 0
            for end in sorted(random_.randrange(len(text)) for _ in range(6)):
                last = text[:done].count('\n'), client.units(text[text.rfind('\n', 0, done) + 1:done], 'utf-16')
                spot = dict(zip(('line', 'character'), last))
                self.server.notify('textDocument/didChange', {'textDocument': {'uri': name, 'version': end},
                                                              'contentChanges': [{'range': {'start': spot, 'end': spot}, 'text': text[done:end]}]})
                done = end
                self.everything(name, text[:end].count('\n'), client.units(text[text.rfind('\n', 0, end) + 1:end], 'utf-16'))
            self.server.notify('textDocument/didClose', {'textDocument': {'uri': name}})

    def test_damaged_shipped_files(self):
        """The whole Regelwerk with words lost, doubled and swapped in one of its open files."""
        random_ = random.Random(SEED + 1)
        print('seed', SEED)
        path = RULES / '2024-01.ppr'
        text = self.server.open(path)
        for _ in range(8):
            words = text.split(' ')
            for _ in range(random_.randrange(1, 6)):
                i, kind = random_.randrange(len(words) - 1), random_.randrange(4)
                if kind == 0:
                    del words[i]
                elif kind == 1:
                    words.insert(i, words[i])
                elif kind == 2:
                    words[i], words[i + 1] = words[i + 1], words[i]
                else:
                    words[i] = words[i][:random_.randrange(len(words[i]) + 1)]
            self.server.change(path, {'text': ' '.join(words)})
            damaged = ' '.join(words)
            at = random_.randrange(len(damaged))
            self.everything(uri(path), damaged.count('\n', 0, at), client.units(damaged[damaged.rfind('\n', 0, at) + 1:at], 'utf-16'))
        self.server.change(path, {'text': text})
        self.assertEqual(self.server.diagnostics(path), [])

    def test_ends_while_it_compiles(self):
        server = Client(PPR)
        self.addCleanup(server.kill)
        server.open(RULES / '2024-01.ppr')
        server.wait(lambda m: m['method'] == 'textDocument/publishDiagnostics')
        server.change(RULES / '2024-01.ppr', {'text': ''}, {'text': (RULES / '2024-01.ppr').read_text(encoding='utf-8')})
        server.at('textDocument/hover', RULES / '2024-01.ppr', (0, 0))
        import time
        time.sleep(0.4) # the thread is at work, or was
        self.assertEqual(server.close(), 0, server.errors)
        self.assertEqual(server.errors, b'')


if __name__ == '__main__':
    PPR = sys.argv.pop(1)
    unittest.main()
