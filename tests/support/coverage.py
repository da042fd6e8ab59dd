#!/usr/bin/env python3
"""Line and branch coverage of the product from gcov's counters: coverage.py BUILD-FOLDER [FLOOR]

FLOOR: fails when fewer percent of the branches of runtime/ were taken."""
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    lines, branches = collections.defaultdict(dict), collections.defaultdict(dict)
    for data in sorted(build.rglob('*.gcda')):
        done = subprocess.run(['gcov', '--json-format', '--stdout', '--branch-probabilities', str(data)], capture_output=True, cwd=data.parent, check=True)
        for document in done.stdout.splitlines():
            for file in json.loads(document)['files']:
                name = file['file']
                for prefix in (str(ROOT) + '/', str(build) + '/'):
                    name = name.removeprefix(prefix)
                if not name.startswith(('runtime/', 'lang/', 'stdlib/')):
                    continue
                for line in file['lines']:
                    number = line['line_number']
                    lines[name][number] = lines[name].get(number, 0) + line['count']
                    for index, branch in enumerate(line['branches']):
                        key = (number, index)
                        branches[name][key] = branches[name].get(key, 0) + branch['count']
    total = [0, 0]
    print(f'{"file":44} {"lines":>12} {"branches":>12}')
    for name in sorted(lines):
        l, b = lines[name].values(), branches[name].values()
        print(f'{name:44} {sum(map(bool, l)):5}/{len(l):5} {sum(map(bool, b)):5}/{len(b):5}')
        if name.startswith('runtime/'):
            total = [total[0] + sum(map(bool, b)), total[1] + len(b)]
    percent = 100 * total[0] // max(total[1], 1)
    print(f'branches of runtime/: {percent} %')
    return 1 if len(sys.argv) > 2 and percent < int(sys.argv[2]) else 0


if __name__ == '__main__':
    sys.exit(main())
