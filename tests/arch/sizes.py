#!/usr/bin/env python3
"""Reports the longest files and functions; a file above the ceiling fails."""
import re
import sys

import tree

CEILING = 900
SHOWN = 12


def functions(path):
    """(lines, name) of the functions of a C file: from a line at the margin that opens a body to the brace at the margin that ends it."""
    start = name = None
    head = ''
    for number, line in enumerate(tree.blank(path).splitlines(), 1):
        if start is None:
            head = line if re.match(r'[A-Za-z_]', line) else head + line
            match = re.search(r'(\w+)\s*\([^;]*\)\s*(?:__attribute__\s*\(\(.*\)\)\s*)?\{\s*$', head)
            if match and line.rstrip().endswith('{'):
                start, name = number, match.group(1)
        elif line.startswith('}'):
            yield number - start + 1, name
            start, head = None, ''


def main():
    sizes, longest, problems = [], [], []
    for path in tree.files(*tree.PRODUCT, 'tests'):
        if path.suffix == '.def':
            continue
        count = tree.text(path).count('\n')
        sizes.append((count, str(path)))
        if count > CEILING:
            problems.append(f'{path}: {count} lines, more than {CEILING}')
        if path.suffix == '.c':
            longest += [(lines, f'{path}: {name}') for lines, name in functions(path)]
    product = [(n, p) for n, p in sizes if not p.startswith('tests/')]
    print(f'{len(product)} product files with {sum(n for n, _ in product)} lines, {len(sizes) - len(product)} test files with '
          f'{sum(n for n, p in sizes if p.startswith("tests/"))} lines')
    for title, found in (('longest files', sizes), ('longest functions', longest)):
        print(title)
        for count, name in sorted(found, reverse=True)[:SHOWN]:
            print(f'  {count:5} {name}')
    return tree.finish(problems, 'sizes')


if __name__ == '__main__':
    sys.exit(main())
