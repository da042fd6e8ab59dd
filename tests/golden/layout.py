#!/usr/bin/env python3
"""Lays out every rule file of the tree that can be parsed: layout.py PPR-PROGRAM DUMP-PROGRAM FOLDER …

The text laid out has the same tree and the same comments, and laid out again it does not change."""
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r'^```ppr\n(.*?)^```', re.S | re.M)
WIDTH = 160


def run(*words, stdin=None):
    done = subprocess.run(words, input=stdin, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout.decode('utf-8', 'replace')


def comments(text):
    """The comments of a text, in order; a # inside quotation marks is none, one inside a citation's line is."""
    found = []
    for line in text.splitlines():
        match = re.match(r'(?:[^#"„]|"[^"]*"|„[^“"”]*[“"”])*?(#.*)$', line)
        if match:
            found.append(match.group(1).rstrip())
    return found


def breakable(line):
    """A line beyond the width that could have ended earlier."""
    code = re.sub(r'"[^"]*"|„[^“]*“', '""', line.split('#')[0])
    return len(line) > WIDTH and len(code) > WIDTH and re.search(r'[;,] | (und|oder|dann|sonst|§) ', code.lstrip(' §')) is not None


def check(program, dump, path, folder):
    problems = []
    text = path.read_bytes().decode('utf-8', 'replace')
    status, once = run(program, 'fmt', '--stdout', path)
    if status:
        return None
    copy = folder / 'copy.ppr'
    copy.write_text(once, encoding='utf-8', newline='')
    if run(dump, '--print', path)[1] != run(dump, '--print', copy)[1]:
        problems.append('has another tree')
    if comments(text) != comments(once):
        problems.append('has other comments')
    if run(program, 'fmt', '--check', copy) != (0, ''):
        problems.append('changes again')
    problems += [f'has a wide line: {line}' for line in once.splitlines() if breakable(line)]
    return [f'{path}: laid out, it {problem}' for problem in problems]


def main():
    program, dump, problems, count, refused = sys.argv[1], sys.argv[2], [], 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        paths = []
        for root in map(pathlib.Path, sys.argv[3:]):
            paths += sorted(root.rglob('*.ppr'))
            for page in sorted(root.rglob('*.md')):
                for number, match in enumerate(BLOCK.finditer(page.read_text(encoding='utf-8'))):
                    paths.append(folder / f'{page.stem}-{number}.ppr')
                    paths[-1].write_text(match.group(1), encoding='utf-8')
        for path in paths:
            found = check(program, dump, path, folder)
            refused += found is None
            count += found is not None
            problems += found or []
    for problem in problems:
        print(problem)
    print(f'{count} files laid out, {refused} with syntax errors, {len(problems)} problems')
    return 1 if problems or not count else 0


if __name__ == '__main__':
    sys.exit(main())
