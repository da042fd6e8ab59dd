#!/usr/bin/env python3
"""How long `ppr lsp` takes to answer about the whole PPP-RL: timing.py PPR BOUND_MS PLACES. Every request at places spread over every shipped file, on texts as
they are and right behind an edit. Prints median and longest answer of each; fails when an answer takes longer than the bound. Also that a compilation
in the background holds nobody up: the answers are measured while it runs."""
import statistics
import sys

from client import RULES, Client, ServerError, units, uri

PLACES = int(sys.argv[3]) # of each file
METHODS = ('hover', 'definition', 'references', 'documentHighlight', 'prepareRename', 'completion', 'rename', 'formatting', 'documentSymbol', 'codeAction', 'codeLens')


def places(text):
    """Names spread over the text: (line, character)."""
    lines = text.split('\n')
    step = max(1, len(lines) // PLACES)
    for number in range(0, len(lines), step):
        line = lines[number]
        word = max(line.split('#')[0].split(' '), key=len, default='')
        yield number, units(line[:line.index(word) + min(1, len(word))] if word else '', 'utf-16')


def main():
    ppr, bound = sys.argv[1], float(sys.argv[2]) / 1000
    server = Client(ppr)
    texts = {path: server.open(path) for path in sorted(RULES.glob('*.ppr'))}
    path = next(iter(texts))
    server.at('textDocument/hover', path, (0, 0))
    kept, fresh = {m: [] for m in METHODS}, {m: [] for m in METHODS}

    def measure(into, method, path, line, character):
        spot = {'line': line, 'character': character}
        params = {'textDocument': {'uri': uri(path)}, 'position': spot, 'range': {'start': spot, 'end': spot}, 'context': {'includeDeclaration': True},
                  'options': {}, 'newName': 'Etwas anderes'}
        try:
            _, seconds = server.timed('textDocument/' + method, params)
        except ServerError as error:
            if error.code not in (-32803, -32602):
                raise
            return
        into[method].append(seconds)

    for path, text in texts.items():
        for i, (line, character) in enumerate(places(text)):
            for method in METHODS:
                measure(kept, method, path, line, character)
            # Behind an edit: a comment at the end of the file, put there and taken away, so that every answer needs the texts read anew.
            end = {'line': text.count('\n'), 'character': 0}
            method = METHODS[i % len(METHODS)]
            server.change(path, {'range': {'start': end, 'end': end}, 'text': '# x\n'})
            measure(fresh, method, path, line, character)
            server.change(path, {'range': {'start': end, 'end': {'line': end['line'] + 1, 'character': 0}}, 'text': ''})
            measure(fresh, method, path, line, character)
    longest = 0
    for title, measured in (('as it is', kept), ('behind an edit', fresh)):
        for method, seconds in measured.items():
            if seconds:
                print(f'{title:15} {method:18} {len(seconds):5} answers   median {statistics.median(seconds) * 1000:8.2f} ms   longest {max(seconds) * 1000:8.2f} ms')
                longest = max(longest, *seconds)
    assert server.close() == 0, server.errors
    assert min(len(kept[m]) for m in METHODS) >= 2 * PLACES, 'too few answers'
    print(f'longest {longest * 1000:.2f} ms, bound {bound * 1000:.0f} ms')
    if longest > bound:
        sys.exit('an answer took too long')


if __name__ == '__main__':
    main()
