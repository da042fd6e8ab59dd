#!/usr/bin/env python3
"""The commands in README.md work: readme.py PPR-PROGRAM. Runs every command line that begins with build/release/ppr, with the given program in its place."""
import re
import shutil
import subprocess
import sys
import tempfile

import tree


def main():
    program = sys.argv[1]
    blocks = re.findall(r'^```sh\n(.*?)^```$', tree.text('README.md'), re.M | re.S)
    problems, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(tree.ROOT / 'rules', f'{folder}/rules')
        for line in ''.join(blocks).splitlines():
            for command in line.split(' && '):
                if not command.startswith('build/release/ppr '):
                    continue
                count += 1
                done = subprocess.run(command.replace('build/release/ppr', program, 1), shell=True, cwd=folder, capture_output=True, text=True,
                                      encoding='utf-8', check=False)
                if done.returncode != 0 or not (done.stdout or done.stderr or '-o ' in command):
                    problems.append(f'{command}\nended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}')
        if not list(tree.pathlib.Path(folder, 'out').glob('*.csv')):
            problems.append('the main job wrote no result')
    return tree.finish(problems, f'{count} commands of README.md')


if __name__ == '__main__':
    sys.exit(main())
