#!/usr/bin/env python3
"""Applies the proposal of every diagnostic of the failing golden files and checks that the diagnostic is gone and no other has come: fixes.py PPR-PROGRAM
FOLDER …"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile


def findings(program, path):
    """Diagnostics of `ppr check --json`; [] when the file cannot be read as text at all."""
    done = subprocess.run([program, 'check', '--json', path.name], cwd=path.parent, capture_output=True, timeout=60, check=False)
    return json.loads(done.stdout.decode('utf-8'))


def same(a, b):
    """The same code about the same words."""
    return a['code'] == b['code'] and a['message'] == b['message']


def offset(text, line, column):
    """Index of a place; columns count characters."""
    lines = text.split('\n')
    return sum(len(earlier) + 1 for earlier in lines[: line - 1]) + column - 1


def apply(path, fix):
    text = path.read_text(encoding='utf-8')
    begin, end = offset(text, fix['line'], fix['column']), offset(text, fix['end_line'], fix['end_column'])
    path.write_text(text[:begin] + fix['replacement'] + text[end:], encoding='utf-8', newline='\n')


def check(program, path):
    """Number of proposals and what is wrong with them."""
    problems, count = [], 0
    before = findings(program, path)
    for finding in before:
        if 'fix' not in finding:
            continue
        count += 1
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            copy = folder / path.name
            (shutil.copytree if path.is_dir() else shutil.copy)(path, copy)
            apply(folder / finding['file'], finding['fix'])
            after = findings(program, copy)
        left = sum(same(finding, other) for other in after)
        if left >= sum(same(finding, other) for other in before):
            problems.append(f'{path.name}: {finding["code"]} stays with the proposal {finding["fix"]["replacement"]!r}')
        readable = not any(other['code'].startswith('PPR1') for other in before)  # else more of the text is read now
        known = {(other['code'], other['message']) for other in before}
        worse = [other['code'] for other in after if readable and other['severity'] == 'error' and (other['code'], other['message']) not in known]
        if worse:
            problems.append(f'{path.name}: the proposal {finding["fix"]["replacement"]!r} brings {", ".join(worse)}')
    return count, problems


def main():
    program, total, problems = sys.argv[1], 0, []
    for name in sys.argv[2:]:
        for path in sorted(pathlib.Path(name).iterdir()):
            if path.suffix != '.ppr' and not path.is_dir():
                continue
            count, wrong = check(program, path)
            total += count
            problems += wrong
    for problem in problems:
        print(problem)
    print(f'{total} proposals, {len(problems)} wrong')
    return 1 if problems or not total else 0


if __name__ == '__main__':
    sys.exit(main())
