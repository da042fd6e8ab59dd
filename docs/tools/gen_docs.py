#!/usr/bin/env python3
"""Writes the reference pages that are derived from tables: docs/bytecode.md, docs/diagnostics.md, docs/stdlib.md.

gen_docs.py           writes them
gen_docs.py --check   fails when a page is not what the tables say"""
import re
import sys

from deftable import ROOT, rows

NOTE = '<!-- Written by docs/tools/gen_docs.py from {}. Do not edit: change the table, then build the target `docs`. -->\n'


def many(text):
    """`{1:Zelle|Zellen}`, the word for so many, as the page shows it: for more than one."""
    return re.sub(r'\{\d:[^|}]*\|([^}]*)\}', r'\1', text)


def cell(text):
    return text.replace('|', '\\|').replace('\n', ' ')


def table(head, lines):
    out = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)]
    out += ['| ' + ' | '.join(cell(c) for c in line) + ' |' for line in lines]
    return '\n'.join(out) + '\n'


SHAPES = [
    ('IN', 'a: input slot'),
    ('K', 'a: constant index (for WIDE: wide constants)'),
    ('R', 'a: register'),
    ('RR', 'a, b: registers'),
    ('RK', 'a: register, b: constant index'),
    ('SEL', 'a: BOOL register, b, c: registers of the result type'),
    ('LIST', 'a: first argument, b: their number; the arguments are registers'),
    ('DOT', 'a: first argument, b: number of pairs (register, constant index), c: constant index of the summand'),
    ('RT', 'a: register, b: table'),
    ('RRT', 'a, b: registers (index = a × columns + b), c: table'),
    ('CALL', 'a: first argument, b: their number, c: native'),
    ('WHEN', 'a: register of the condition, b: place of its ELSE'),
    ('ELSE', 'b: place of its END'),
    ('END', 'no operand'),
]


def bytecode():
    types, ops, sections = 'runtime/code/types.def', 'runtime/code/opcodes.def', 'runtime/code/sections.def'
    out = ['# Bytecode\n', NOTE.format(f'`{types}`, `{ops}` and `{sections}`')]
    out.append('''The machine works on blocks of records ("lanes"). An instruction is six 32-bit words `op m d a b c`: it defines register `d` from the operands
`a`, `b`, `c`; `m` is the rounding mode where the instruction rounds. Every register is defined once. Nothing jumps backward; the only jump skips a
region no active lane has entered. `ppr dis` prints a program in these terms.
''')
    out.append('## Physical types\n')
    out.append(table(['number', 'name', 'C type', 'in listings'], [[n, f'`{name}`', f'`{c}`', text] for _, (n, name, c, text), _ in rows(types, 'PPR_TYPE')]))
    out.append('''Decimals, whole numbers, percent, dates, quarters and enumeration values are all INT; scale and kind are static. INT arithmetic is emitted only where
interval analysis proved 64 bits; WIDE has 128 bits and checks.
''')
    out.append('## Operand shapes\n')
    out.append(table(['shape', 'operands'], [[f'`{s}`', text] for s, text in SHAPES]))
    out.append('A letter after the shape gives the type of the operands: `_B` BOOL, `_I` INT, `_W` WIDE.\n')
    out.append('## Instructions\n')
    out.append('FAULTS: may set a fault on an active lane. ROUND: `m` is a rounding mode (0 half away from zero, 1 away from zero, 2 toward zero, 3 half to even). '
               'REGION: opens, divides or closes a region.\n')
    shapes = {s for s, _ in SHAPES}
    lines, group = [], None
    for line, (number, name, result, shape, flags, meaning), heading in rows(ops, 'OP'):
        base = shape if shape in shapes else shape.rsplit('_', 1)[0]
        if base not in shapes:
            raise SystemExit(f'{ops}:{line}: shape {shape} has no line in gen_docs.py')
        if heading != group:
            if lines:
                out.append(table(['number', 'name', 'result', 'shape', 'flags', 'meaning'], lines))
            out.append(f'### {heading[:1].upper()}{heading[1:]}\n')
            lines, group = [], heading
        lines.append([number, f'`{name}`', result, f'`{shape}`', '' if flags == '0' else flags.replace(' | ', ', '), f'`{meaning}`'])
    out.append(table(['number', 'name', 'result', 'shape', 'flags', 'meaning'], lines))
    out.append('## Sections of an edition\n')
    out.append('''An image holds, for every Fassung, these arrays of rows. A member is a 32-bit word, or (L) a 64-bit integer; the first numbers of a section are part of
the image format. In the image a section is its members one after the other, each as the steps from row to row, equal steps together (`runtime/code/column.c`
has the bytes, `image.c` what stands around them). Sections below 8 and from 40 to 44, code and explanation, may be left in the image until they are needed.
''')
    lines = []
    for _, (number, name, members), _ in rows(sections, 'SECTION'):
        names = [m.rstrip(')').split('(') for m in members.replace(') ', ')\n').split('\n')]
        lines.append([number, f'`{name}`', ', '.join(n + (' (L)' if kind == 'L' else '') for kind, n in names)])
    out.append(table(['number', 'section', 'members'], lines))
    return '\n'.join(out)


GROUPS = [
    (1000, 2000, 'PPR1xxx: text and syntax'),
    (2000, 3000, 'PPR2xxx: names, types, rules'),
    (3000, 4000, 'PPR3xxx: tables, time, Fassungen'),
    (4000, 5000, 'PPR4xxx: tests and commands'),
    (5000, 6000, 'PPR5xxx: input data and faults of a record'),
    (6000, 7000, 'PPR6xxx: images and natives'),
    (7000, 8000, 'PPR7xxx: files and the report itself'),
]


def diagnostics():
    path = 'runtime/base/diagnostics.def'
    out = ['# Diagnostics\n', NOTE.format(f'`{path}`')]
    out.append('Codes are stable and never reused. `{1}` … `{6}` are what a message fills in. Messages are German by default, English with `--lang en`.\n')
    found = sorted((int(a[0]), a) for _, a, _ in rows(path, 'DIAG'))
    for number, row in found:
        if not GROUPS[0][0] <= number < GROUPS[-1][1]:
            raise SystemExit(f'{path}: {number} {row[1]} is in no group of gen_docs.py')
    severities = {'ERROR': 'error', 'WARNING': 'warning', 'HINT': 'hint'}
    for low, high, title in GROUPS:
        members = [a for number, a in found if low <= number < high]
        if not members:
            continue
        out.append(f'## {title}\n')
        lines = []
        for number, _, severity, de, en, help_de, help_en in members:
            de, en, help_de, help_en = map(many, (de, en, help_de, help_en))
            lines.append([f'PPR{number}', severities[severity], de + (f'<br>*{help_de}*' if help_de else ''), en + (f'<br>*{help_en}*' if help_en else '')])
        out.append(table(['code', 'severity', 'German', 'English'], lines))
    return '\n'.join(out)


def stdlib():
    tables = sorted((ROOT / 'stdlib').glob('*.def'))
    out = ['# Standard library\n', NOTE.format('`stdlib/*.def`')]
    out.append('Functions every rule file can call. Each example is run by the tests.\n')
    for path in tables:
        out.append(f'## {path.stem[:1].upper()}{path.stem[1:]}\n')
        lines = []
        for _, (name, _, signature, _, _, _, doc_de, doc_en, example), _ in rows(path.relative_to(ROOT), 'NATIVE'):
            lines.append([f'`{name}`', f'`{signature}`', f'{doc_de}<br>{doc_en}', f'`{example}`'])
        out.append(table(['function', 'signature', 'meaning', 'example'], lines))
    return '\n'.join(out)


def ledger():
    out = ['# The ledger of a sweep\n', NOTE.format('`runtime/sweep/ledger.def`')]
    out.append('`laufbuch.sqlite`, which `ppr sweep` writes, is an SQLite file with these tables. Reports are made of it alone, and so may anybody\'s own evaluation be.\n\n'
               'Numbers are whole and scaled: `scale` says how many decimals those of a part or parameter have (percent: of the fraction, so 90,25 % is 9025 at scale 4). Sums are\n'
               'text, because they may exceed 64 bits.\n')
    lines = []
    for _, (name, columns, meaning), _ in rows('runtime/sweep/ledger.def', 'TABLE'):
        fields = re.findall(r'(\w+) (TEXT|INTEGER)', columns)
        key = re.search(r'PRIMARY KEY \(([^)]*)\)', columns)
        keys = key.group(1).split(', ') if key else [field for field, _ in fields if re.search(rf'\b{field} \w+ PRIMARY KEY', columns)]
        lines.append([f'`{name}`', ', '.join(f'**{field}**' if field in keys else field for field, _ in fields), meaning])
    out.append(table(['table', 'columns, **key**', 'what a row is'], lines))
    return '\n'.join(out)


PAGES = {'docs/bytecode.md': bytecode, 'docs/diagnostics.md': diagnostics, 'docs/stdlib.md': stdlib, 'docs/ledger.md': ledger}


def main():
    check = sys.argv[1:] == ['--check']
    stale = []
    for name, make in PAGES.items():
        text, path = make(), ROOT / name
        old = path.read_text(encoding='utf-8') if path.exists() else None
        if check and old != text:
            stale.append(name)
        elif not check and old != text:
            path.write_text(text, encoding='utf-8')
    for name in stale:
        print(f'{name} is not what the tables say: build the target `docs`')
    return 1 if stale else 0


if __name__ == '__main__':
    sys.exit(main())
