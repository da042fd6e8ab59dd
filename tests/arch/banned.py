#!/usr/bin/env python3
"""What must not occur: functions without bounds or with a locale, binary floats, global mutable state in libraries, paths of one machine."""
import re
import sys

import tree

BANNED = {
    'strcpy': 'no bound', 'strcat': 'no bound', 'sprintf': 'no bound', 'vsprintf': 'no bound', 'gets': 'no bound', 'strtok': 'hidden state',
    'scanf': 'no error', 'sscanf': 'no overflow check', 'fscanf': 'no overflow check', 'atoi': 'no error', 'atol': 'no error', 'atoll': 'no error',
    'atof': 'binary float', 'strtod': 'binary float', 'strtof': 'binary float', 'strtold': 'binary float', 'alloca': 'unbounded stack',
    'setjmp': 'no longjmp here', 'longjmp': 'no longjmp here', 'setlocale': 'the locale must not change results', 'localtime': 'hidden state',
    'gmtime': 'hidden state', 'tmpnam': 'race', 'mktemp': 'race', 'rand': 'not deterministic across systems', 'system': 'no shell',
}
# Ending the process and writing to the terminal is for the programs, not for the libraries.
LIBRARY_ONLY = {'abort', 'exit', '_Exit', 'printf', 'puts', 'putchar', 'perror', 'getenv'}
# Time measurement is no value; the quotients of kern_div.c and the constants of divisor.c are proved exact where they are computed.
FLOAT_ALLOWED = {
    'runtime/vm/kern_div.c',
    'runtime/vm/divisor.c',
    'runtime/include/ppr/run.h',
    'runtime/io/run.c',
    'lang/cli/data.c',
    'lang/cli/data.h',
    'lang/cli/run.c',
}
FLOAT = r'\b(?:float|double|_Decimal64)\b|(?<![\w.])\d+\.\d*(?:[eE][+-]?\d+)?[fFlL]?(?![\w.])|[<"]math\.h[>"]'
GLOBAL = r'^(?:static\s+)?(?!static\b|const\b|typedef\b|extern\b|return\b|else\b|goto\b|case\b|struct \w+ \{|enum\b)(?:unsigned\s+|struct\s+)?\w+\s+\**\w+(?:\[[^\]]*\])*\s*(?:=[^;()]*)?;'
# Written in pieces, so that this file does not find itself.
MACHINE = '|'.join(['/' + p + '/' for p in ('work', 'home', 'root', 'Users', 'mnt')] + ['[A-Z]:' + r'\\\\(?:Users|Windows)'])
TEXT = {'.c', '.h', '.def', '.re', '.y', '.md', '.txt', '.cmake', '.in', '.json', '.py', '.ppr', '.out', '.csv', '.sh'}


def main():
    problems = []
    names = '|'.join(BANNED)
    for path in tree.files(*tree.PRODUCT, 'tests'):
        for number, match in tree.lines_matching(path, rf'\b({names})\s*\('):
            problems.append(f'{path}:{number}: {match.group(1)}: {BANNED[match.group(1)]}')
    for path in tree.files(*tree.PRODUCT):
        name = path.as_posix()
        if name not in FLOAT_ALLOWED and path.suffix != '.def':
            for number, match in tree.lines_matching(path, FLOAT):
                problems.append(f'{path}:{number}: binary float `{match.group(0)}`')
        if not name.startswith(('lang/cli/', 'lang/man/', 'runtime/evidence/')):
            for number, match in tree.lines_matching(path, rf'\b({"|".join(LIBRARY_ONLY)})\s*\('):
                problems.append(f'{path}:{number}: {match.group(1)} in a library')
            if path.suffix == '.c':
                for number, match in tree.lines_matching(path, GLOBAL):
                    problems.append(f'{path}:{number}: global mutable state `{match.group(0)}`')
    for path in tree.files('runtime', 'lang', 'stdlib', 'rules', 'tests', 'docs', '.ci', suffixes=TEXT):
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            if re.search(rf'(?<![\w.-])(?:{MACHINE})', line):
                problems.append(f'{path}:{number}: path of one machine')
    return tree.finish(problems, 'banned')


if __name__ == '__main__':
    sys.exit(main())
