#!/usr/bin/env python3
"""The examples of the handbook: handbook.py PPR PPR-EVIDENCE PAGE …

A block `sh` with commands of ppr that is followed by a block `text` is run in a copy of the rules; the lines of the text, blanks apart, must appear in what the
command prints, in that order. "…" stands for lines left out. Commands without such a block must end well."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import tree

BLOCKS = re.compile(r'^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?', re.M | re.S)


def squeezed(line):
    return ' '.join(line.split())


def main():
    programs = {'ppr': sys.argv[1], 'ppr-evidence': sys.argv[2]}
    problems, count = [], 0
    for page in map(pathlib.Path, sys.argv[3:]):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(tree.ROOT / 'rules', f'{folder}/rules')
            for commands, expected in BLOCKS.findall(page.read_text(encoding='utf-8')):
                said = ''
                for command in re.split(r'\n| && ', commands.strip()):
                    program, _, rest = command.partition(' ')
                    count += 1
                    done = subprocess.run(f'{programs[program]} {rest}', shell=True, cwd=folder, capture_output=True, text=True, encoding='utf-8',
                                          env=dict(os.environ, LC_ALL='de_DE.UTF-8'), check=False)
                    said += done.stdout
                    if done.returncode != 0:
                        problems.append(f'{page.name}: {command}\nended with {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-1000:]}')
                lines = iter(squeezed(line) for line in said.splitlines())
                for wanted in map(squeezed, expected.splitlines()):
                    if wanted not in ('', '…') and not any(line == wanted for line in lines):
                        problems.append(f'{page.name}: {commands.strip()}\ndoes not print, after what stands before it: {wanted}')
                        break
    return tree.finish(problems, f'{count} commands')


if __name__ == '__main__':
    sys.exit(main())
