#!/usr/bin/env python3
"""Documentation that points into the tree points at something: relative links, and paths in backticks that begin with a top folder."""
import re
import sys

import tree

FOLDERS = 'runtime|lang|stdlib|rules|tests|docs|\\.ci'


def main():
    problems = []
    pages = tree.files('docs', 'rules', 'tests', suffixes={'.md'}) + [tree.pathlib.Path(p) for p in ('README.md', 'CHANGELOG.md') if (tree.ROOT / p).exists()]
    for page in pages:
        fenced = False
        for number, line in enumerate(tree.text(page).splitlines(), 1):
            if line.lstrip().startswith('```'):
                fenced = not fenced
            if fenced:
                continue
            for target in re.findall(r'\]\(([^)#:]+)(?:#[^)]*)?\)', re.sub(r'`[^`]*`', '', line)):
                if not (tree.ROOT / page.parent / target).exists():
                    problems.append(f'{page}:{number}: link to {target}')
            for path in re.findall(rf'`((?:{FOLDERS})/[\w./-]*)`', line):
                if not (tree.ROOT / path).exists():
                    problems.append(f'{page}:{number}: {path} does not exist')
    return tree.finish(problems, 'links')


if __name__ == '__main__':
    sys.exit(main())
