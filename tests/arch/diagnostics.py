#!/usr/bin/env python3
"""Every diagnostic: a code of its own, both languages with the same arguments, used somewhere, and shown by a golden file when it is about rule text."""
import re
import sys

import tree
from deftable import rows

TABLE = 'runtime/base/diagnostics.def'
GOLDEN = ('tests/golden/parse/bad', 'tests/golden/check/bad', 'tests/golden/scenario/bad')


def main():
    problems = []
    numbers, names = {}, {}
    used = set()
    for path in tree.files(*tree.PRODUCT, suffixes={'.c', '.h', '.re', '.y'}):
        used |= set(re.findall(r'\bDIAG_(\w+)', tree.blank(path)))
    shown = set()
    for folder in GOLDEN:
        shown |= {match.group(1) for path in (tree.ROOT / folder).glob('*') if (match := re.match(r'(?:PPR)?(\d{4})', path.name))}
    for line, row, _ in rows(TABLE, 'DIAG'):
        place = f'{TABLE}:{line}'
        if len(row) != 7:
            problems.append(f'{place}: {len(row)} members, not 7')
            continue
        number, name, severity, de, en, help_de, help_en = row
        if number in numbers:
            problems.append(f'{place}: number {number} is taken in line {numbers[number]}')
        if name in names:
            problems.append(f'{place}: name {name} is taken in line {names[name]}')
        numbers[number], names[name] = line, line
        if severity not in ('ERROR', 'WARNING', 'HINT'):
            problems.append(f'{place}: severity {severity}')
        if not de or not en:
            problems.append(f'{place}: a language is missing')
        if bool(help_de) != bool(help_en):
            problems.append(f'{place}: help in one language only')
        if set(re.findall(r'\{\d\}', de)) != set(re.findall(r'\{\d\}', en)):
            problems.append(f'{place}: the languages fill in different arguments')
        for text in row[3:]:
            if re.sub(r'\{[1-6](:[^{|}]+\|[^{|}]+)?\}', '', text).count('{'):
                problems.append(f'{place}: neither an argument nor a word for so many: {text}')
        if name not in used:
            problems.append(f'{place}: DIAG_{name} is used nowhere')
        if 1000 <= int(number) < 4000 and number not in shown:
            problems.append(f'{place}: no golden file starts with {number} or PPR{number}')
    return tree.finish(problems, 'diagnostics')


if __name__ == '__main__':
    sys.exit(main())
