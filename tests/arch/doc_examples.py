#!/usr/bin/env python3
"""Compiles the rule texts in the documentation: doc_examples.py PPR-PROGRAM FILE-OR-FOLDER …

A block marked `ppr` must compile without error, a block marked `ppr-error CODE` must be refused with that code. Every block is a whole file."""
import pathlib
import re
import subprocess
import sys
import tempfile

import tree


def blocks(path):
    """(line, info words, text) of the fenced blocks."""
    fence, start, info, body = None, 0, [], []
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        match = re.match(r'\s*(```+)\s*(.*)$', line)
        if fence is None and match:
            fence, start, info, body = match.group(1), number, match.group(2).split(), []
        elif fence and line.strip() == fence:
            yield start, info, '\n'.join(body) + '\n'
            fence = None
        elif fence:
            body.append(line)


def main():
    program = sys.argv[1]
    pages = []
    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        pages += sorted(path.rglob('*.md')) if path.is_dir() else [path]
    problems, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for page in pages:
            for line, info, body in blocks(page):
                if not info or info[0] not in ('ppr', 'ppr-error'):
                    continue
                count += 1
                file = pathlib.Path(folder) / f'{page.stem}-{line}.ppr'
                file.write_text(body, encoding='utf-8')
                done = subprocess.run([program, 'check', str(file)], capture_output=True, text=True, encoding='utf-8', check=False)
                said = (done.stdout + done.stderr).replace(folder, '').strip()
                place = f'{page.name}:{line}'
                if done.returncode not in (0, 1):
                    problems.append(f'{place}: ppr check ended with {done.returncode}\n{said}')
                elif info[0] == 'ppr' and done.returncode != 0:
                    problems.append(f'{place}: does not compile\n{said}')
                elif info[0] == 'ppr-error' and (done.returncode == 0 or len(info) != 2 or info[1] not in said):
                    problems.append(f'{place}: expected {" ".join(info[1:])}\n{said}')
    return tree.finish(problems, f'{count} examples')


if __name__ == '__main__':
    sys.exit(main())
