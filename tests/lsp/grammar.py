#!/usr/bin/env python3
"""The colours of rule files: grammar.py TOKENS. Every shipped rule file, every example of the tests and every block of the reference is read by the
TextMate grammar, with the regular expressions of Oniguruma as editors use it, and by the lexer of the compiler; both must see the same tokens.
Ends with 77 when Oniguruma is not installed."""
import ctypes
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRAMMAR = ROOT / 'lang' / 'editor' / 'vscode' / 'syntaxes' / 'ppr.tmLanguage.json'
# Class of a token by the beginning of its scope.
CLASSES = {
    'comment.': 'comment', 'string.unquoted.citation.': 'cite', 'constant.other.evidence.': 'cite', 'string.quoted.': 'text', 'constant.numeric.date.': 'date',
    'constant.numeric.quarter.': 'quarter', 'constant.numeric.edition.': 'edition', 'constant.numeric.ppr': 'number', 'keyword.operator.ppr': 'sign',
    'punctuation.': 'sign', 'keyword.': 'keyword', 'storage.modifier.': 'keyword', 'constant.language.': 'keyword', 'entity.name.': 'name', 'support.type.': 'name',
    'variable.other.': 'name',
}


class Region(ctypes.Structure):
    _fields_ = [('allocated', ctypes.c_int), ('num_regs', ctypes.c_int), ('beg', ctypes.POINTER(ctypes.c_int)), ('end', ctypes.POINTER(ctypes.c_int)),
                ('history', ctypes.c_void_p)]


class Oniguruma:
    """Compiled patterns, searched in UTF-8."""

    def __init__(self):
        self.lib = ctypes.CDLL('libonig.so.5')
        self.lib.onig_region_new.restype = ctypes.POINTER(Region)
        self.utf8 = ctypes.addressof(ctypes.c_char.in_dll(self.lib, 'OnigEncodingUTF8'))
        self.syntax = ctypes.addressof(ctypes.c_char.in_dll(self.lib, 'OnigSyntaxRuby')) # the default, as in editors
        encodings = (ctypes.c_void_p * 1)(self.utf8)
        self.lib.onig_initialize(encodings, 1)
        self.region = self.lib.onig_region_new()
        self.lib.onig_search.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4 + [ctypes.POINTER(Region), ctypes.c_uint]
        self.known = {}

    def compile(self, pattern):
        if pattern not in self.known:
            data = pattern.encode()
            buffer = ctypes.create_string_buffer(data)
            start = ctypes.addressof(buffer)
            regex, info = ctypes.c_void_p(), ctypes.create_string_buffer(256)
            capture_group = 1 << 8
            code = self.lib.onig_new(ctypes.byref(regex), ctypes.c_void_p(start), ctypes.c_void_p(start + len(data)), ctypes.c_uint(capture_group),
                                     ctypes.c_void_p(self.utf8), ctypes.c_void_p(self.syntax), info)
            if code != 0:
                sys.exit(f'Oniguruma refuses {pattern!r} ({code})')
            self.known[pattern] = regex
        return self.known[pattern]

    def search(self, pattern, line, at):
        """Groups [(begin, end)] of the first match at or behind `at`, or None."""
        start = ctypes.addressof(line)
        end = start + len(line.raw) - 1
        found = self.lib.onig_search(self.compile(pattern), start, end, start + at, end, self.region, 0)
        if found < 0:
            return None
        region = self.region.contents
        return [(region.beg[i], region.end[i]) for i in range(region.num_regs)]


def rules_of(grammar, patterns):
    for rule in patterns:
        yield from rules_of(grammar, grammar['patterns']) if rule.get('include') == '$self' else [rule]


def tokenize(onig, grammar, text):
    """(begin, end, scope) in bytes of the whole text, as a TextMate engine gives them out: innermost scope."""
    offset = 0
    stack = [{'patterns': grammar['patterns']}]
    for raw in text.encode().splitlines(keepends=True):
        line = ctypes.create_string_buffer(raw)
        at, size = 0, len(raw)
        while at <= size:
            top = stack[-1]
            best = None
            if 'end' in top:
                groups = onig.search(top['end'], line, at)
                if groups:
                    best = (groups[0][0], -1, groups, None)
            for number, rule in enumerate(rules_of(grammar, top.get('patterns', []))):
                groups = onig.search(rule.get('match') or rule['begin'], line, at)
                if groups and (best is None or (groups[0][0], number) < best[:2]):
                    best = (groups[0][0], number, groups, rule)
            if best is None:
                break
            begin, _, groups, rule = best
            if begin > at and top.get('name'):
                yield offset + at, offset + begin, top['name']
            end = groups[0][1]
            if rule is None:
                stack.pop()
                if end > begin:
                    yield offset + begin, offset + end, top['name']
            elif 'begin' in rule and 'name' in rule:
                stack.append(rule)
                yield offset + begin, offset + end, rule['name']
            elif 'captures' in rule or 'beginCaptures' in rule:
                if 'begin' in rule:
                    stack.append(rule)
                for number, capture in rule.get('captures', rule.get('beginCaptures')).items():
                    if groups[int(number)][0] >= 0:
                        yield offset + groups[int(number)][0], offset + groups[int(number)][1], capture['name']
            else:
                yield offset + begin, offset + end, rule['name']
            if end == at and rule is not None and 'begin' not in rule:
                sys.exit(f'an empty match: {rule}')
            at = end
        if stack[-1].get('name') and at < size and raw[at:].strip():
            yield offset + at, offset + size, stack[-1]['name']
        offset += size


def class_of(scope, where):
    for prefix, kind in CLASSES.items():
        if scope.startswith(prefix):
            return kind
    sys.exit(f'{where}: scope {scope}')


def compare(onig, grammar, tokens, name, text, path):
    """Both sides as a class per byte; blanks count for nothing."""
    data = text.encode()
    done = subprocess.run([tokens, path], capture_output=True, text=True)
    if done.returncode != 0:
        return None # no text of the language
    wanted, found = [None] * len(data), [None] * len(data)
    starts = set()
    for row in done.stdout.splitlines():
        begin, end, kind = row.split()
        starts.add(int(begin))
        wanted[int(begin):int(end)] = [kind] * (int(end) - int(begin))
    for begin, end, scope in tokenize(onig, grammar, text):
        found[begin:end] = [class_of(scope, name)] * (end - begin)
    for i, byte in enumerate(data):
        if bytes([byte]) in b' \t\r\n' or wanted[i] == found[i] or (wanted[i] is None and found[i] == 'comment'):
            continue
        if 0x80 <= byte and data[i - 1:i + 1] == b'\xc2\xa0' or byte == 0xc2 and data[i:i + 2] == b'\xc2\xa0':
            continue # a blank that does not break
        line = data.count(b'\n', 0, i) + 1
        sys.exit(f'{name}:{line}: the compiler sees {wanted[i]}, the grammar {found[i]}: {data[max(0, data.rfind(bytes([10]), 0, i)):i + 20].decode(errors="replace")!r}')
    return len(starts)


def texts():
    for folder in ('rules', 'tests', 'docs'):
        for path in sorted((ROOT / folder).rglob('*.ppr')):
            try:
                yield path.relative_to(ROOT), path.read_bytes().decode('utf-8')
            except UnicodeDecodeError:
                pass
    for path in sorted((ROOT / 'docs').rglob('*.md')):
        for number, block in enumerate(re.findall(r'^```ppr\S*.*?\n(.*?)^```', path.read_text(encoding='utf-8'), re.M | re.S), 1):
            yield f'{path.relative_to(ROOT)}, block {number}', block


def main():
    try:
        onig = Oniguruma()
    except OSError:
        print('libonig.so.5 is not installed (package libonig5): the grammar is not tested')
        sys.exit(77)
    grammar = json.loads(GRAMMAR.read_text(encoding='utf-8'))
    files = skipped = total = shipped = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'a.ppr'
        for name, text in texts():
            path.write_bytes(text.encode())
            count = compare(onig, grammar, sys.argv[1], name, text, path)
            if count is None:
                if str(name).startswith('rules'):
                    sys.exit(f'{name}: a shipped file is no text of the language')
                skipped += 1
                continue
            files += 1
            shipped += str(name).startswith('rules')
            total += count
        # Words beside keywords, and spellings the compiler accepts.
        for text in ('regeln regel-x regel_x xregel Wenn wenn\n', 'a−b × 2 ≤ 3 ≠ 4 ≥ 1\n', '„a“ „b” "c" # „\n', '7 Tag je Woche 90 % 2,5% 01.07.2024 2024-Q3 2024-07\n',
                     'regel a b je c : ja/nein § 6 [sekundär: x] # y\n', '§ a # b\n§ c [erschlossen]; § d\n', 'Fassung fassung Fehler fehler\n', 'Zahl Zahl der Tage Zahl(0)\n'):
            path.write_text(text, encoding='utf-8')
            if compare(onig, grammar, sys.argv[1], text, text, path) is None:
                sys.exit(f'{text!r} is no text of the language')
    print(f'{files} texts, {shipped} of them shipped, {total} tokens; {skipped} with errors left out')
    assert shipped >= 8 and total > 20000


if __name__ == '__main__':
    main()
