#!/usr/bin/env python3
"""The numbers of the image format: rows of types.def, opcodes.def and sections.def may be added, never changed or removed.

frozen.txt holds the rows already used in images; `frozen.py --update` adds new rows to it (never changes one)."""
import sys

import tree
from deftable import rows

LIST = tree.ROOT / 'tests' / 'arch' / 'frozen.txt'


def current():
    for macro, path, members in (('PPR_TYPE', 'types.def', 2), ('OP', 'opcodes.def', 5), ('SECTION', 'sections.def', 3)):
        for _, row, _ in rows(f'runtime/code/{path}', macro):
            yield f'{macro} {row[0]}', ' '.join(row[1:members])


def main():
    problems = []
    frozen = dict(line.split(' : ', 1) for line in LIST.read_text(encoding='utf-8').splitlines() if line)
    now = {}
    for key, value in current():
        if key in now:
            problems.append(f'{key}: the number occurs twice')
        now[key] = value
    new = [key for key in now if key not in frozen]
    if '--update' in sys.argv[1:]:
        with LIST.open('a', encoding='utf-8') as out:
            out.writelines(f'{key} : {now[key]}\n' for key in new)
        new = []
    problems += [f'{key} is new: tests/arch/frozen.py --update' for key in new]
    for key, value in frozen.items():
        if now.get(key) != value:
            problems.append(f'{key} was `{value}` and is `{now.get(key, "gone")}`: images already written would change their meaning')
    return tree.finish(problems, 'frozen')


if __name__ == '__main__':
    sys.exit(main())
