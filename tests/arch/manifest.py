#!/usr/bin/env python3
"""rules/MANIFEST: the digest of every published Fassung. Published files are never edited, so a difference is an error of the editor.

Lines are `SHA-256  path below rules/`; `#` begins a comment. `manifest.py --update` adds files that are not listed; it never changes a line."""
import hashlib
import re
import sys

import tree


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    rules = tree.ROOT / 'rules'
    manifest = rules / 'MANIFEST'
    if not manifest.exists():
        return tree.finish(['rules/MANIFEST is missing'], 'manifest')
    text = manifest.read_text(encoding='utf-8')
    listed, problems = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith('#'):
            continue
        match = re.fullmatch(r'([0-9a-f]{64})\s+\*?(\S.*)', line)
        if not match:
            problems.append(f'rules/MANIFEST:{number}: not a line `digest  path`')
        elif match.group(2) in listed:
            problems.append(f'rules/MANIFEST:{number}: {match.group(2)} is listed twice')
        else:
            listed[match.group(2)] = match.group(1)
    present = {p.relative_to(rules).as_posix(): p for p in rules.rglob('*.ppr')}
    unlisted = sorted(set(present) - set(listed))
    if '--update' in sys.argv[1:] and unlisted:
        with manifest.open('a', encoding='utf-8') as out:
            out.writelines(f'{digest(present[name])}  {name}\n' for name in unlisted)
        unlisted = []
    problems += [f'rules/{name} is not in rules/MANIFEST (tests/arch/manifest.py --update)' for name in unlisted]
    for name, expected in listed.items():
        if name not in present:
            problems.append(f'rules/MANIFEST: {name} does not exist')
        elif digest(present[name]) != expected:
            problems.append(f'rules/{name} was published and has changed since: another result is another Fassung')
    return tree.finish(problems, 'manifest')


if __name__ == '__main__':
    sys.exit(main())
