#!/usr/bin/env python3
"""Runs a command per file and compares what it says with the .out beside: golden.py [--bless] [--ppr PROGRAM] [--dump PROGRAM] FOLDER …

A folder holds a file `cmd`. Its first line is the command, with {ppr}, {dump} and {file} (or {stem}) filled in; a line `files: GLOB` (default *.ppr) names
the inputs, files or folders. The command runs in the folder of its input, so that no path of a machine gets into the output. Expected are standard
output, then standard error, then a line [status N] unless the status is 0. --bless writes the .out files; review is the diff."""
import argparse
import difflib
import pathlib
import shlex
import subprocess
import sys

TIMEOUT = 60


def read_command(folder):
    """(words of the command, glob of the inputs)"""
    lines = [line for line in (folder / 'cmd').read_text(encoding='utf-8').splitlines() if line.strip() and not line.startswith('#')]
    options = dict(line.split(':', 1) for line in lines[1:])
    unknown = set(options) - {'files'}
    if not lines or unknown:
        sys.exit(f'{folder}/cmd: {"no command" if not lines else "unknown line " + unknown.pop()}')
    return shlex.split(lines[0]), options.get('files', '*.ppr').strip()


def run(words, programs, path):
    values = {**programs, 'file': path.name, 'stem': path.stem}
    try:
        done = subprocess.run([word.format(**values) for word in words], cwd=path.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT,
                              check=False)
    except subprocess.TimeoutExpired:
        return f'[no end after {TIMEOUT} s]\n'
    said = (done.stdout + done.stderr).decode('utf-8', 'backslashreplace').replace('\r\n', '\n')
    if said and not said.endswith('\n'):
        said += '\n'
    return said + (f'[status {done.returncode}]\n' if done.returncode else '')


def out_of(path):
    return path.with_name(path.name + '.out') if path.is_dir() else path.with_suffix('.out')


def check_folder(folder, programs, bless):
    """Number of inputs and of failures."""
    words, pattern = read_command(folder)
    inputs = sorted(path for path in folder.glob(pattern) if path.name != 'cmd' and path.suffix != '.out')
    failures = 0
    for path in inputs:
        expected_path = out_of(path)
        found = run(words, programs, path)
        expected = expected_path.read_text(encoding='utf-8') if expected_path.exists() else None
        if found == expected:
            continue
        if bless:
            with open(expected_path, 'w', encoding='utf-8', newline='\n') as out:
                out.write(found)
            print(f'blessed {expected_path}')
            continue
        failures += 1
        if expected is None:
            print(f'{expected_path} is missing; found:\n{found}')
        else:
            sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), found.splitlines(True), str(expected_path), 'found'))
    wanted = {out_of(path) for path in inputs}
    for stale in sorted({path for source in inputs for path in source.parent.glob('*.out')} - wanted):
        failures += 1
        print(f'{stale}: no input belongs to it')
    if not inputs:
        failures += 1
        print(f'{folder}: no file matches {pattern}')
    return len(inputs), failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--bless', action='store_true')
    parser.add_argument('--ppr', default='ppr')
    parser.add_argument('--dump', default='parse_dump')
    parser.add_argument('folders', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    sys.stdout.reconfigure(encoding='utf-8')
    programs = {'ppr': options.ppr, 'dump': options.dump}
    total = failed = 0
    for folder in options.folders:
        count, failures = check_folder(folder, programs, options.bless)
        total += count
        failed += failures
    print(f'{total} files, {failed} failures')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
