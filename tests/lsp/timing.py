#!/usr/bin/env python3
"""How long `ppr lsp` takes to answer about the whole PPP-RL: timing.py PPR BOUND_MS PLACES. Every request at names spread over every shipped file, on texts
as they are and right behind an edit, while a compilation runs in the background: it must hold nobody up. What is bounded is the time the thread that
answers was computing, where the system tells it (Linux), so that a machine with other things to do measures the same; else the time that passed. Prints
median and longest of each, and how long messages about an edit took to come."""
import pathlib
import re
import statistics
import sys
import time

from client import RULES, Client, ServerError, units, uri

PLACES = int(sys.argv[3]) # of each file
METHODS = ('hover', 'definition', 'references', 'documentHighlight', 'prepareRename', 'completion', 'rename', 'formatting', 'documentSymbol', 'codeAction', 'codeLens')
REFUSED = -32803 # understood, but cannot be done: no name of the Regelwerk stands there


class Stopwatch:
    """Seconds the answering thread, which is the first of the process, was computing."""
    def __init__(self, process):
        self.file = pathlib.Path(f'/proc/{process.pid}/schedstat')
        self.told = self.file.exists() and self.file.read_text().split()[0] != '0'

    def now(self):
        return int(self.file.read_text().split()[0]) / 1e9 if self.told else time.perf_counter()


def parameters(path, line, character):
    spot = {'line': line, 'character': character}
    return {'textDocument': {'uri': uri(path)}, 'position': spot, 'range': {'start': spot, 'end': spot}, 'context': {'includeDeclaration': True},
            'options': {}, 'newName': 'Etwas-anderes'}


def names(server, path, text):
    """Places spread over a text where a name stands that can be renamed: there every method has something to answer."""
    lines = text.split('\n')
    step = max(1, len(lines) // PLACES)
    for begin in range(0, len(lines), step):
        if place := first_name(server, path, lines, range(begin, min(begin + step, len(lines)))):
            yield place


def first_name(server, path, lines, numbers):
    for number in numbers:
        for word in re.finditer(r'[^\W\d][\w-]*', lines[number].split('#')[0]):
            place = number, units(lines[number][:word.start() + 1], 'utf-16')
            try:
                if server.request('textDocument/prepareRename', parameters(path, *place)):
                    return place
            except ServerError as error:
                if error.code != REFUSED:
                    raise
    return None


def main():
    ppr, bound = sys.argv[1], float(sys.argv[2])
    server = Client(ppr)
    texts = {path: server.open(path) for path in sorted(RULES.glob('*.ppr'))}
    places = {path: list(names(server, path, text)) for path, text in texts.items()}
    watch = Stopwatch(server.process)
    kept, fresh, passed, refused = {m: [] for m in METHODS}, {m: [] for m in METHODS}, [], []

    def measure(into, method, path, place):
        start, begin = watch.now(), time.perf_counter()
        try:
            answer = server.request('textDocument/' + method, parameters(path, *place))
        except ServerError as error: # such as a unit that functions of the language name: known after the same work
            assert method == 'rename' and error.code == REFUSED, error
            refused.append(answer := str(error))
        assert answer or method in ('codeAction', 'codeLens', 'formatting'), (method, path, place) # rules are in layout and have no errors
        into[method].append(1000 * (watch.now() - start))
        passed.append(1000 * (time.perf_counter() - begin))

    def change(path, begin, end, text):
        server.change(path, {'range': {'start': {'line': begin, 'character': 0}, 'end': {'line': end, 'character': 0}}, 'text': text})

    count = 0
    for path, spots in places.items():
        end = texts[path].count('\n')
        for place in spots:
            for method in METHODS:
                measure(kept, method, path, place)
            # Behind an edit: a comment at the end of the file, put there and taken away, so that every answer needs the texts read anew.
            for edit in ((end, end, '# x\n'), (end, end + 1, '')):
                change(path, *edit)
                measure(fresh, METHODS[count % len(METHODS)], path, place)
                count += 1

    path, last = max(texts, key=lambda p: len(texts[p])), []
    end = texts[path].count('\n')
    for edit in ((end, end, '# x\n'), (end, end + 1, '')) * 2:
        change(path, *edit)
        start = time.perf_counter()
        assert server.diagnostics(path) == []
        last.append(1000 * (time.perf_counter() - start))
    assert server.close() == 0, server.errors

    assert len(refused) < len(kept['rename']) / 4, refused
    unit = 'computing' if watch.told else 'passed'
    for title, measured in (('as it is', kept), ('behind an edit', fresh)):
        for method, times in measured.items():
            assert len(times) >= (len(texts) if measured is kept else 1), f'{method}: only {len(times)} answers {title}'
            print(f'{title:15} {method:18} {len(times):5} answers   median {statistics.median(times):8.2f} ms   longest {max(times):8.2f} ms {unit}')
    longest = max(max(times) for measured in (kept, fresh) for times in measured.values())
    print(f'messages about an edit: median {statistics.median(last):.0f} ms after it, with the pause the server waits for further typing')
    print(f'longest answer {longest:.2f} ms {unit} ({max(passed):.2f} ms passed), bound {bound:.0f} ms')
    if longest > bound:
        sys.exit('an answer took too long')


if __name__ == '__main__':
    main()
