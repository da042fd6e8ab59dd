#!/usr/bin/env python3
"""The handbook says what is so: handbook.py PPR PPR-EVIDENCE PAGE …

Each page begins in a folder with a copy of the rules. Its blocks, in their order:

sh              commands, run by bash with ppr and ppr-evidence; they end with 0. `sh 1`: the last one ends with 1
ausgabe         behind `sh`: what the commands print, line by line, errors too. A line "…" stands for lines left out; times and numbers of steps are not compared
text            behind `sh`: these lines, blanks apart, stand in what the commands print, in this order. Elsewhere: nothing is checked
datei NAME      makes the file
dazu NAME       goes on with it, an empty line between
diff NAME       changes it: the lines behind - stand in it once, those behind + come in their place; a blank begins a line that stays
zitat NAME      lines of a file of the tree, one behind the other. A line "…" stands for lines left out
norm            words of a source; nothing is checked

A block `wörter` is the list of reserved words: exactly those of lang/keywords.def. Every page of the folder is in the list of its README.md,
every page of messages in that of begriffe.md."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import tree
from deftable import rows

BLOCK = re.compile(r'^```(\S+)(?: ([^\n]+))?\n(.*?)^```$', re.M | re.S)


def squeezed(line):
    return ' '.join(line.split())


def stands_in(wanted, lines):
    """The first of the wanted lines that is not among the others in their order."""
    rest = iter(squeezed(line) for line in lines)
    return next((want for want in map(squeezed, wanted) if want not in ('', '…') and not any(line == want for line in rest)), None)


def is_output(wanted, lines):
    """Are these the lines, where "…" stands for one or more?"""
    at = 0
    for number, want in enumerate(wanted):
        if want == '…':
            following = wanted[number + 1] if number + 1 < len(wanted) else None
            at += 1
            while at < len(lines) and lines[at] != following:
                at += 1
            if following is None:
                at = len(lines)
        elif at < len(lines) and lines[at] == want:
            at += 1
        else:
            return False, want, lines[at] if at < len(lines) else '(nothing)'
    return at >= len(lines), '(nothing)', lines[at] if at < len(lines) else ''


def quoted(wanted, text):
    """Do the lines stand in the text, neighbours as neighbours?"""
    at = 0
    for part in re.split(r'^…\n', wanted, flags=re.M):
        found = text.find('\n' + part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def lines_of(text):
    return [re.sub(r'\d+ Schritte', '0 Schritte', re.sub(r'in \d+[,.]\d\d s$', 'in 0,00 s', line.rstrip())) for line in text.rstrip('\n').split('\n')] if text.strip() else []


class Page:
    def __init__(self, path, folder, env):
        self.path, self.folder, self.env = path, folder, env
        self.problems, self.commands, self.said, self.last = [], 0, None, ''

    def wrong(self, line, text):
        self.problems.append(f'{self.path.name}:{line}: {text}')

    def run(self, line, code, commands):
        self.commands += len(commands.strip().split('\n'))
        self.last = commands.strip()
        done = subprocess.run(['bash', '-e', '-c', commands], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding='utf-8',
                              env=self.env, check=False)
        self.said = done.stdout
        if done.returncode != int(code or 0):
            self.wrong(line, f'{self.last}\nended with {done.returncode}\n{done.stdout[-3000:]}')

    def change(self, line, file, body):
        old, new = (''.join(x[1:] for x in body.splitlines(keepends=True) if x[0] in ' ' + sign) for sign in '-+')
        text = file.read_text(encoding='utf-8')
        if ('\n' + text).count('\n' + old) != 1:
            self.wrong(line, f'this does not stand in {file.name} once:\n{old}')
        file.write_text(('\n' + text).replace('\n' + old, '\n' + new, 1)[1:], encoding='utf-8')

    def block(self, line, kind, name, body):
        if kind == 'sh':
            self.run(line, name, body)
            return
        said, self.said = self.said, None
        if kind in ('ausgabe', 'text') and said is not None:
            if kind == 'text':
                missing = stands_in(body.splitlines(), said.splitlines())
                if missing:
                    self.wrong(line, f'{self.last}\ndoes not print, after what stands before it: {missing}')
            else:
                good, want, found = is_output(lines_of(body), lines_of(said))
                if not good:
                    self.wrong(line, f'{self.last}\nthe page says: {want}\nprinted is:    {found}\n--- in full:\n{said[:6000]}')
        elif kind == 'ausgabe':
            self.wrong(line, 'an output without commands')
        elif kind in ('datei', 'dazu'):
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            before = file.read_text(encoding='utf-8') + '\n' if kind == 'dazu' else ''
            file.write_text(before + body, encoding='utf-8')
        elif kind == 'diff':
            self.change(line, self.folder / name, body)
        elif kind == 'zitat' and not quoted(body, '\n' + tree.text(name)):
            self.wrong(line, f'this does not stand in {name}')
        elif kind == 'wörter':
            told, words = body.split(), [row[1] for _, row, _ in rows('lang/keywords.def', 'KEYWORD')]
            if sorted(told) != sorted(words):
                self.wrong(line, f'reserved words: missing {sorted(set(words) - set(told))}, too many {sorted(set(told) - set(words))}')

    def check(self):
        text = self.path.read_text(encoding='utf-8')
        for match in BLOCK.finditer(text):
            self.block(text.count('\n', 0, match.start()) + 1, match.group(1), match.group(2), match.group(3))


def listed(page):
    """What a page that lists others leaves out: README.md the pages of its folder, begriffe.md those of messages."""
    lists = {'README.md': ('', page.parent.glob('*.md')), 'begriffe.md': ('../meldungen/', (tree.ROOT / 'docs' / 'meldungen').glob('[0-9]*.md'))}
    way, others = lists.get(page.name, ('', ()))
    text = page.read_text(encoding='utf-8')
    return [f'{other.name} is not in {page.name}' for other in sorted(others) if other != page and f']({way}{other.name})' not in text]


def main():
    programs = {str(pathlib.Path(program).resolve().parent) for program in sys.argv[1:3]}
    env = {name: value for name, value in os.environ.items() if name not in ('LC_MESSAGES', 'LANG')}
    env.update(LC_ALL='C.UTF-8', PATH=os.pathsep.join([*sorted(programs), os.environ['PATH']]))
    problems, count = [], 0
    for path in map(pathlib.Path, sys.argv[3:]):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(tree.ROOT / 'rules', f'{folder}/rules')
            page = Page(path, pathlib.Path(folder), env)
            page.check()
        problems += page.problems
        count += page.commands
        problems += listed(path)
    return tree.finish(problems, f'{count} commands')


if __name__ == '__main__':
    sys.exit(main())
