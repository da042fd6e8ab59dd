"""The source tree as the architecture checks see it: which files there are and their code without comments and strings."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRODUCT = ('runtime', 'lang', 'stdlib')
CODE = {'.c', '.h', '.def', '.re', '.y'}

sys.path.insert(0, str(ROOT / 'docs' / 'tools'))

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', re.S)


def files(*folders, suffixes=CODE):
    """Paths relative to the root, sorted."""
    found = []
    for folder in folders:
        found += [p.relative_to(ROOT) for p in (ROOT / folder).rglob('*') if p.suffix in suffixes and p.is_file()]
    return sorted(found)


def text(path):
    return (ROOT / path).read_text(encoding='utf-8', errors='replace') # bad golden files are bad in this way too


def blank(path, keep_strings=False):
    """The text of a source file with comments (and strings) blanked, so that places stay where they are."""
    def replace(match):
        token = match.group(0)
        if token[0] == '"' and keep_strings:
            return token
        if token[0] in '"\'':
            return token[0] + ' ' * (len(token) - 2) + token[0]
        return re.sub(r'[^\n]', ' ', token)
    return TOKEN.sub(replace, text(path))


def lines_matching(path, pattern, keep_strings=False):
    for number, line in enumerate(blank(path, keep_strings).splitlines(), 1):
        for match in re.finditer(pattern, line):
            yield number, match


def finish(problems, what):
    """Exit code of a check; prints what it found."""
    for problem in problems:
        print(problem)
    print(f'{what}: {len(problems)} problems' if problems else f'{what}: in order')
    return 1 if problems else 0
