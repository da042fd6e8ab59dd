"""A client of `ppr lsp` for the tests: sends messages, waits for answers, keeps what the server says by itself."""
import json
import os
import pathlib
import queue
import subprocess
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / 'rules' / 'ppp-rl'
PATIENCE = 120 # seconds; builds with sanitizers on a loaded machine


def uri(path):
    return 'file://' + urllib.parse.quote(str(path))


class ServerError(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code, self.message = error['code'], error['message']


class Client:
    def __init__(self, ppr, capabilities=None, locale='de', initialize=True, env=None):
        environment = {'PATH': os.environ.get('PATH', ''), 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''), **(env or {})}
        self.process = subprocess.Popen([ppr, 'lsp', '--stdio'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        self.messages = queue.Queue()
        self.answers, self.said = {}, []
        self.errors = b''
        self.next_id = 0
        self.version = {}
        self.readers = [threading.Thread(target=target, daemon=True) for target in (self._read, self._read_errors)]
        for reader in self.readers:
            reader.start()
        if initialize:
            self.capabilities = self.request('initialize', {'processId': None, 'rootUri': None, 'locale': locale, 'capabilities': capabilities or {}})
            self.notify('initialized', {})

    def _read(self):
        out = self.process.stdout
        while True:
            length = None
            while True:
                line = out.readline()
                if not line:
                    self.messages.put(None)
                    return
                if line == b'\r\n':
                    break
                name, _, value = line.decode('ascii').partition(':')
                assert name == 'Content-Length', line
                length = int(value)
            self.messages.put(json.loads(out.read(length).decode('utf-8')))

    def _read_errors(self):
        self.errors = self.process.stderr.read()

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps(message, ensure_ascii=False).encode('utf-8')
        self.raw(b'Content-Length: %d\r\n\r\n' % len(body) + body)

    def notify(self, method, params):
        self.send({'jsonrpc': '2.0', 'method': method, 'params': params})

    def ask(self, method, params):
        """Sends a request and returns its id."""
        self.next_id += 1
        self.send({'jsonrpc': '2.0', 'id': self.next_id, 'method': method, 'params': params})
        return self.next_id

    def take(self, timeout=PATIENCE):
        """Waits for the next message, files it, and returns it."""
        message = self.messages.get(timeout=timeout)
        if message is None:
            raise EOFError(f'the server ended: {self.errors.decode("utf-8", "replace")}')
        if 'method' in message:
            self.said.append(message)
        else:
            self.answers[message['id']] = message
        return message

    def answer(self, number):
        while number not in self.answers:
            self.take()
        message = self.answers.pop(number)
        if 'error' in message:
            raise ServerError(message['error'])
        return message['result']

    def request(self, method, params):
        return self.answer(self.ask(method, params))

    def timed(self, method, params):
        start = time.perf_counter()
        result = self.request(method, params)
        return result, time.perf_counter() - start

    def wait(self, wanted):
        """The first message of the server's own, from now on or kept, for which wanted(message) holds."""
        while True:
            for i, message in enumerate(self.said):
                if wanted(message):
                    return self.said.pop(i)
            self.take()

    def open(self, path, text=None, language='ppr'):
        text = pathlib.Path(path).read_text(encoding='utf-8') if text is None else text
        self.version[str(path)] = 1
        self.notify('textDocument/didOpen', {'textDocument': {'uri': uri(path), 'languageId': language, 'version': 1, 'text': text}})
        return text

    def change(self, path, *changes):
        self.version[str(path)] += 1
        self.notify('textDocument/didChange', {'textDocument': {'uri': uri(path), 'version': self.version[str(path)]}, 'contentChanges': list(changes)})

    def diagnostics(self, path):
        """Those of the present version of an open file, once they are told."""
        def wanted(message):
            params = message['params']
            return (message['method'] == 'textDocument/publishDiagnostics' and params['uri'] == uri(path) and params.get('version') == self.version[str(path)])
        return self.wait(wanted)['params']['diagnostics']

    def at(self, method, path, position, **more):
        line, character = position
        return self.request(method, {'textDocument': {'uri': uri(path)}, 'position': {'line': line, 'character': character}, **more})

    def of(self, method, path, **more):
        return self.request(method, {'textDocument': {'uri': uri(path)}, **more})

    def close(self):
        """shutdown, exit; the exit code."""
        self.request('shutdown', None)
        self.notify('exit', None)
        self.process.stdin.close()
        return self.process.wait(timeout=PATIENCE)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


def units(text, encoding):
    """Length of a text in the units of an encoding."""
    return len(text.encode('utf-16-le')) // 2 if encoding == 'utf-16' else len(text.encode('utf-8')) if encoding == 'utf-8' else len(text)


def position(text, needle, after=0, encoding='utf-16', nth=1):
    """Line and character of the nth place where needle stands, `after` characters behind its beginning."""
    at = -1
    for _ in range(nth):
        at = text.index(needle, at + 1)
    at += after
    line = text.count('\n', 0, at)
    return line, units(text[text.rfind('\n', 0, at) + 1:at], encoding)


def offset(text, place, encoding='utf-16'):
    """Index of a position of the protocol."""
    lines = text.split('\n')
    line = lines[place['line']]
    count = 0
    while units(line[:count], encoding) < place['character']:
        count += 1
    return sum(len(other) + 1 for other in lines[:place['line']]) + count


def apply(text, edits, encoding='utf-16'):
    for edit in sorted(edits, key=lambda e: (e['range']['start']['line'], e['range']['start']['character']), reverse=True):
        begin, end = offset(text, edit['range']['start'], encoding), offset(text, edit['range']['end'], encoding)
        text = text[:begin] + edit['newText'] + text[end:]
    return text
