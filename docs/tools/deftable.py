"""Reads the rows of a .def table: calls of one macro with words, numbers, nested calls and C strings as arguments."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|\d\w*|\s+|.', re.S)
ESCAPES = {'n': '\n', 't': '\t', '"': '"', '\\': '\\'}


def _unquote(token):
    return re.sub(r'\\(.)', lambda m: ESCAPES[m.group(1)], token[1:-1])


def rows(path, macro):
    """The rows `macro(…)` of a file: (line number, list of arguments, comment behind the row or above it since the last row).

    A C string argument is its text (neighbouring strings are one), any other argument is its source text."""
    text = (ROOT / path).read_text(encoding='utf-8')
    found = []
    heading = ''
    line = 1
    depth = 0
    arguments, parts = [], []
    start = 0
    pending = None
    for token in (m.group(0) for m in TOKEN.finditer(text)):
        if token.startswith(('/*', '//')):
            comment = re.sub(r'\s+', ' ', token.strip('/').strip('*').strip())
            if depth == 0:
                heading = comment
        elif depth == 0:
            if token == '#':
                pending = None
            if token == '(' and pending == macro:
                depth, arguments, parts, start = 1, [], [], line
            elif not token.isspace():
                pending = token
        else:
            if token == '(':
                depth += 1
            elif token == ')':
                depth -= 1
            if depth == 0 or (depth == 1 and token == ','):
                arguments.append(_argument(parts))
                parts = []
                if depth == 0:
                    found.append((start, arguments, heading))
                    pending = None
            else:
                parts.append(token)
        line += token.count('\n')
    return found


def _argument(parts):
    words = [p for p in parts if not p.isspace()]
    if words and all(w.startswith('"') for w in words):
        return ''.join(_unquote(w) for w in words)
    return re.sub(r'\s+', ' ', ''.join(parts)).strip()
