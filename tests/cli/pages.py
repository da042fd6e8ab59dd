#!/usr/bin/env python3
"""Manual pages, completion and help agree with the program: pages.py PPR PPR-EVIDENCE PAGES

The options of every subcommand, as its source gives them to getopt, are those of its help in both languages; every page names them and pleases mandoc
and groff, where these are there; bash, zsh and fish complete them."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PPR, EVIDENCE, PAGES = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
ROOT = pathlib.Path(__file__).resolve().parents[2]
CLI = ROOT / 'lang' / 'cli'
LANGUAGES = {'de': PAGES / 'de' / 'man1', 'en': PAGES / 'man1'}
COMMON = {'--lang', '--help', '-h'}


def said(*words):
    return subprocess.run(words, capture_output=True, text=True, encoding='utf-8', check=True, env=dict(os.environ, LC_ALL='de_DE.UTF-8')).stdout


def commands(language='de'):
    """Names of the subcommands and what they do, from the list of `ppr --help`."""
    listed = re.search(r'^(?:Befehle|Commands):\n(.*?)^$', said(PPR, '--lang', language, '--help'), re.M | re.S).group(1)
    return dict(line.split(maxsplit=1) for line in listed.splitlines())


def options(text):
    """Names and letters of the options a help shows: what stands before the first two blanks."""
    found = set()
    for line in text.splitlines():
        if line.startswith('  -'):
            found |= set(re.findall(r'(?<![\w-])--?[A-Za-z][\w-]*', re.split(r' {2,}', line.strip())[0]))
    return found


def taken(command):
    """Names and letters a subcommand gives to getopt, with how many values each takes."""
    source = (CLI / (command.replace('-', '') + '.c')).read_text(encoding='utf-8')
    shared = ''.join(header.read_text(encoding='utf-8') for header in sorted(CLI.glob('*.h'))).replace('\\\n', ' ')
    table = re.search(r'struct option options\[\] = \{(.*?)\};', source, re.S)
    rows = table.group(1) if table else ''
    for name, body in re.findall(r'^#define (\w+)(?!\()\s(.*_argument.*)$', shared, re.M): # options that several subcommands take
        rows = re.sub(rf'\b{name}\b', lambda _: body, rows)
    found = {'--' + name: kind == 'required' for name, kind in re.findall(r'\{\s*"([\w-]+)",\s*(no|required)_argument', rows)}
    letters = re.search(r'cli_option\(c, argc, argv, "([a-zA-Z:]*)"', source)
    found.update({'-' + letter: bool(colon) for letter, colon in re.findall(r'([a-zA-Z])(:?)', letters.group(1) if letters else '')})
    for refused in re.findall(r'if \(data\.\w+\) return cli_usage\(c, MSG_EXTRA_ARGUMENT, "(--[\w-]+)"', source): # one of the shared options that means nothing here
        del found[refused]
    return found


class Help(unittest.TestCase):
    def test_options_are_told(self):
        for command in commands():
            given = taken(command)
            for language in LANGUAGES:
                with self.subTest(command=command, language=language):
                    self.assertEqual(options(said(PPR, command, '--lang', language, '--help')) - {'-'}, set(given) | COMMON)

    def test_values(self):
        """An option takes a value where its help shows one."""
        for command in commands():
            shown = said(PPR, command, '--help')
            for option, value in taken(command).items():
                heads = [re.split(r' {2,}', line.strip())[0] for line in shown.splitlines() if line.startswith('  -')]
                head = next((x for x in heads if re.search(rf'(?<![\w-]){option}(?![\w-])', x)), '')
                self.assertEqual(bool(re.search(r' [^-\s]\S*$', head)), value, f'{command}: {head}')


class Man(unittest.TestCase):
    def pages(self):
        wanted = {'ppr.1', 'ppr-evidence.1'} | {f'ppr-{command}.1' for command in commands()}
        for language, folder in LANGUAGES.items():
            self.assertEqual({page.name for page in folder.iterdir()}, wanted, language)
            yield from ((language, folder / name) for name in sorted(wanted))

    def test_say_what_help_says(self):
        for language, page in self.pages():
            text = page.read_text(encoding='utf-8').replace('\\-', '-').replace('\\fB', '').replace('\\fR', '').replace('\\fI', '').replace('\\e', '\\')
            program = page.stem if page.stem in ('ppr', 'ppr-evidence') else None
            call = [EVIDENCE, '--help'] if program == 'ppr-evidence' else [PPR, '--lang', language, '--help'] if program else \
                [PPR, page.stem[4:], '--lang', language, '--help']
            if program == 'ppr-evidence' and language == 'en':
                continue # the checker takes its language from the environment
            shown = said(*call)
            headings = re.findall(r'^\.SH "(.*)"$', text, re.M)
            for heading in ('BEZEICHNUNG', 'ÜBERSICHT', 'OPTIONEN', 'RÜCKGABEWERTE') if language == 'de' else ('NAME', 'SYNOPSIS', 'OPTIONS', 'EXIT STATUS'):
                self.assertEqual(headings.count(heading), 1, f'{page}: {heading}')
            for option in options(shown):
                self.assertRegex(text, rf'(?m)^(?:.*, )?{option}(?:,| |$)', page)
            for line in shown.splitlines():
                if line.startswith('  -') and len(parts := re.split(r' {2,}', line.strip(), maxsplit=1)) == 2:
                    self.assertIn(parts[1].replace('`', ''), text, page)

    def test_mandoc(self):
        if not shutil.which('mandoc'):
            self.skipTest('mandoc is not installed')
        for _, page in self.pages():
            found = subprocess.run(['mandoc', '-Tlint', '-W', 'warning', str(page)], capture_output=True, text=True, encoding='utf-8', check=False).stdout
            wrong = [line for line in found.splitlines() if 'missing date' not in line] # a page belongs to a version, not to a day
            self.assertEqual(wrong, [])

    def test_groff(self):
        if not shutil.which('groff') or not shutil.which('preconv'):
            self.skipTest('groff is not installed')
        for _, page in self.pages():
            done = subprocess.run(['groff', '-man', '-ww', '-z', '-K', 'utf8', '-T', 'utf8', str(page)], capture_output=True, text=True, encoding='utf-8',
                                  check=False)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''), page)


class Folder(unittest.TestCase):
    """Completions are asked for in a folder with known names."""

    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = pathlib.Path(held.name)
        for name in ('regeln', 'daten'):
            (self.folder / name).mkdir()
        (self.folder / 'regeln.csv').touch()


class Bash(Folder):
    def complete(self, *words):
        """What bash offers for the last word: the function it has registered for the program is called as it calls it."""
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }\n' \
                 '[[ $(complete -p "${1##*/}") =~ -F\\ ([a-z_]+) ]] && "${BASH_REMATCH[1]}"; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(['bash', '--norc', '-c', script, 'bash', str(PAGES / 'ppr.bash'), *words], cwd=self.folder, capture_output=True, text=True,
                              encoding='utf-8', check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''), words)
        return set(done.stdout.split())

    def test_commands(self):
        self.assertEqual(self.complete('ppr', ''), set(commands()) | {'help'})
        self.assertEqual(self.complete('ppr', '--lang', 'en', 'consol'), {'consolidate'})
        self.assertEqual(self.complete('ppr', 'help', 'explain-'), {'explain-code'})
        self.assertEqual(self.complete('ppr', 'gibt-es-nicht', ''), set())

    def test_options(self):
        for command in commands():
            self.assertEqual(self.complete('ppr', command, '--'), {x for x in set(taken(command)) | COMMON if x.startswith('--')}, command)
        self.assertEqual(self.complete('ppr', '--'), {'--lang', '--help', '--version'})
        self.assertEqual(self.complete('ppr-evidence', '--'), {'--rules', '--lang', '--help'})

    def test_values(self):
        self.assertEqual(self.complete('ppr', 'check', '--format', ''), {'text', 'json', 'sarif'})
        self.assertEqual(self.complete('ppr', 'explain', '--format', '=', 'h'), {'html'}) # bash cuts words at =
        self.assertEqual(self.complete('ppr', '--lang', ''), {'de', 'en'})
        self.assertEqual(self.complete('ppr', 'check', '--edition', ''), set())
        self.assertEqual(self.complete('ppr', 'check', 'regel'), {'regeln', 'regeln.csv'})
        self.assertEqual(self.complete('ppr', 'compile', 'regeln', '-o', 'd'), {'daten'})
        self.assertEqual(self.complete('ppr', 'prove', '-o', 'regel'), {'regeln'}) # a folder
        self.assertEqual(self.complete('ppr', 'explain-code', 'PPR2014'), {'PPR2014'})

    def test_interactive(self):
        """The key Tab in a terminal."""
        with Terminal(['bash', '--norc', '-i'], self.folder) as terminal:
            terminal.type(f'bind "set bell-style none"; source {PAGES / "ppr.bash"}; echo geladen\n')
            terminal.wait('geladen\r')
            terminal.type('ppr consol\tregeln.\t')
            terminal.wait('ppr consolidate regeln.csv ')


class Zsh(Folder):
    def test_interactive(self):
        if not shutil.which('zsh'):
            self.skipTest('zsh is not installed')
        with Terminal(['zsh', '-f', '-i'], self.folder) as terminal:
            terminal.type(f'unsetopt beep zle_bracketed_paste; PS1=; fpath=({PAGES} $fpath); autoload -U compinit; compinit -u -D; echo gela""den\n')
            terminal.wait('geladen')
            terminal.type('ppr consol\t--edi\t')
            terminal.wait('--edition=')
            terminal.type('\x15ppr check --format sa\t')
            terminal.wait('sarif')
            terminal.type('\x15ppr-evidence --ru\t')
            terminal.wait('--rules=')
            terminal.type('\x15exit\n')


class Fish(Folder):
    def complete(self, line, language='de_DE.UTF-8'):
        if not shutil.which('fish'):
            self.skipTest('fish is not installed')
        script = f'source {PAGES / "ppr.fish"}; complete -C{line!r}'
        env = dict(os.environ, LC_ALL=language, HOME=str(self.folder), XDG_CONFIG_HOME=str(self.folder), XDG_DATA_HOME=str(self.folder))
        done = subprocess.run(['fish', '--no-config', '-c', script], cwd=self.folder, capture_output=True, text=True, encoding='utf-8', check=False, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        return dict((line + '\t').split('\t')[:2] for line in done.stdout.splitlines())

    def test_all(self):
        self.assertEqual(set(self.complete('ppr ')), set(commands()) | {'help'})
        for name, language in (('de_DE.UTF-8', 'de'), ('en_US.UTF-8', 'en')):
            self.assertEqual(self.complete('ppr tes', name)['test'], commands(language)['test'])
        for command in commands():
            self.assertEqual(set(self.complete(f'ppr {command} --')), {x for x in set(taken(command)) | COMMON if x.startswith('--')}, command)
        self.assertEqual(set(self.complete('ppr check --format ')), {'text', 'json', 'sarif'})
        self.assertEqual(set(self.complete('ppr check regel')), {'regeln/', 'regeln.csv'})
        self.assertEqual(set(self.complete('ppr explain-code PPR2014')), {'PPR2014'})
        self.assertEqual(set(self.complete('ppr-evidence --')), {'--rules', '--lang', '--help'})


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, words, folder):
        self.words, self.folder, self.seen = words, folder, ''

    def __enter__(self):
        try:
            self.pid, self.fd = pty.fork()
        except OSError as error:
            raise unittest.SkipTest('no terminal to be had') from error
        if self.pid == 0:
            os.chdir(self.folder)
            os.execvpe(self.words[0], self.words, dict(os.environ, TERM='dumb', LC_ALL='C.UTF-8', HOME=str(self.folder), PS1=''))
        return self

    def type(self, text):
        self.seen = ''
        os.write(self.fd, text.encode())

    def wait(self, wanted):
        end = time.monotonic() + 60
        while wanted not in self.seen:
            left = end - time.monotonic()
            if left < 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f'{wanted!r} does not appear: {self.seen!r}')
            self.seen += os.read(self.fd, 4096).decode('utf-8', 'replace')

    def __exit__(self, *_):
        os.close(self.fd) # the terminal hangs up
        os.waitpid(self.pid, 0)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
