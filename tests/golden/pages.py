#!/usr/bin/env python3
"""Runs the examples of the pages about messages (docs/meldungen/README.md): pages.py PPR-PROGRAM [CODE …]

A wrong example leads to the message of its page and to no other error, a right one to neither. Every message an analyst can meet has a page."""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / 'docs' / 'meldungen'
sys.path.insert(0, str(ROOT / 'docs' / 'tools'))
from deftable import rows  # noqa: E402

# Messages whose page has no examples, and why.
WITHOUT = {
    1001: 'bytes a page cannot show', 1002: 'bytes a page cannot show', 1003: 'bytes a page cannot show', 1004: 'characters a page cannot show',
    1005: 'characters a page cannot show', 1103: 'looks the same on a page', 1208: 'too long for a page', 2031: 'see golden file',
    2048: 'too long for a page', 2050: 'too long for a page', 2056: 'too long for a page', 2057: 'too long for a page', 3032: 'copies of a file', 3043: 'a file alone', 3049: 'a folder without editions',
    3040: 'an empty folder', 5001: 'depends on the system', 5005: 'too long for a page', 5006: 'too long for a page', 5007: 'too long for a page',
    5010: 'bytes a page cannot show', 5011: 'bytes a page cannot show', 5012: 'bytes a page cannot show', 5013: 'line ends a page cannot show',
    5015: 'bytes a page cannot show', 5016: 'line ends a page cannot show', 5018: 'two editions', 5019: 'depends on the system',
    5021: 'too long for a page', 5029: 'too long for a page', 5030: 'only of programs made otherwise', 5033: 'always comes with another message',
    5034: 'only of programs made otherwise', 5035: 'always comes with another message', 5036: 'too long for a page', 5038: 'too long for a page',
    5039: 'only of programs made otherwise', 5042: 'two editions', 5043: 'too long for a page', 5044: 'always comes with another message',
    5045: 'depends on the moment', 5048: 'an empty folder', 5109: 'two editions', 5118: 'two editions', 5119: 'too long for a page', 5120: 'too long for a page',
    5202: 'only of hosts that set values themselves', 5205: 'needs a library', 5206: 'only of programs made otherwise', 5208: 'only in proofs',
    5209: 'only in proofs', 5401: 'needs a sweep', 5402: 'needs a sweep', 5403: 'needs a sweep', 5404: 'needs a sweep', 5405: 'needs a sweep', 5406: 'needs a sweep', 5407: 'needs a sweep', 5411: 'needs a sweep', 5412: 'needs a sweep', 5413: 'needs a sweep', 5414: 'needs a sweep', 5415: 'needs a sweep', 5416: 'needs a sweep', 5417: 'needs a sweep', 5431: 'needs records and a survey', 5432: 'needs records and a survey', 5433: 'needs records and a survey', 5434: 'needs records and a survey', 5435: 'needs records and a survey', 5436: 'needs records and a survey', 5421: 'needs a ledger', 5422: 'needs a ledger', 7001: 'depends on the system', 7002: 'depends on the system', 7003: 'too long for a page', 7004: 'depends on the system',
    7005: 'depends on the system', 7006: 'depends on the system', 7007: 'depends on the system', 7008: 'depends on the system',
    7900: 'too long for a page', 7901: 'depends on the system', 7902: 'a fault of ppr',
}
ALONG = {'PPR5035'}  # tells which record another message refuses


def wanted(number):
    return 1000 <= number < 8000


def read_pages():
    """{code: [(right, file, text), …]} of all pages, after a look at their form."""
    pages, problems = {}, []
    for path in sorted(PAGES.glob('[0-9]*.md')):
        for block in re.split(r'^(?=## )', path.read_text(encoding='utf-8'), flags=re.M)[1:]:
            match = re.match(r'## (PPR(\d{4})) ([^\n]+)\n\n(.+?)\n\n### ([^\n]+)\n\n(.+?)\n(?:\n(```.*))?\Z', block.rstrip('\n') + '\n', re.S)
            if not match:
                problems.append(f'{path.name}: not the form of a page: {block.splitlines()[0]}')
                continue
            examples = re.findall(r'^```(falsch|richtig) ?(\S*)\n(.*?)^```$', match.group(7) or '', re.S | re.M)
            if match.group(1) in pages:
                problems.append(f'{path.name}: {match.group(1)} has two pages')
            pages[match.group(1)] = [(word == 'richtig', file, text) for word, file, text in examples]
    return pages, problems


def rule_text(example):
    """A whole rule file of an example."""
    if example.startswith('regelwerk'):
        return example
    frame = (PAGES / 'rahmen.ppr').read_text(encoding='utf-8')
    if re.search(r'^eingabe ', example, re.M):
        frame = frame[: frame.index('eingabe Nachweis')]
    return frame + '\n' + example


def check_rules(program, folder, examples):
    """Codes of errors and of everything else of rule texts."""
    files = {file or 'beispiel.ppr': rule_text(text) if not file else text for _, file, text in examples}
    if any(files) and '' not in [file for _, file, _ in examples] and '2024-01.ppr' not in files:
        files['2024-01.ppr'] = rule_text('')
    scenarios = []
    for name, text in files.items():
        if name.startswith('szenario'):  # is named, and lies elsewhere
            (folder / 'szenarien').mkdir(exist_ok=True)
            scenarios += ['--scenario', folder / 'szenarien' / name]
            (folder / 'szenarien' / name).write_text(text, encoding='utf-8')
        else:
            (folder / name).write_text(text, encoding='utf-8')
    done = subprocess.run([program, 'check', '--json', folder, *scenarios], capture_output=True, timeout=60, check=False)
    found = json.loads(done.stdout.decode('utf-8'))
    return {f['code'] for f in found if f['severity'] == 'error'}, {f['code'] for f in found if f['severity'] != 'error'}


def check_data(program, folder, examples):
    """The same of records: everything said counts as an error."""
    shutil.copytree(PAGES / 'daten', folder / 'daten')
    (folder / 'regeln.ppr').write_text(rule_text(''), encoding='utf-8')
    call = 'ppr run regeln.ppr daten -o aus'
    for _, file, text in examples:
        if file == 'aufruf':
            call = text.strip()
        elif file.endswith('.ppr'):
            (folder / file).write_text(rule_text(text), encoding='utf-8')
        elif text.strip() == '(keine Datei)':
            (folder / 'daten' / file).unlink()
        else:
            (folder / 'daten' / file).write_text(text, encoding='utf-8')
            if file == 'flach.csv':
                call = 'ppr run --flat regeln.ppr daten/flach.csv -o aus'
            if file.endswith('.ndjson'):
                call = f'ppr run --ndjson regeln.ppr daten/{file} -o aus'
    done = subprocess.run([program, *shlex.split(call)[1:]], cwd=folder, capture_output=True, timeout=60, check=False)
    said = done.stderr.decode('utf-8') + done.stdout.decode('utf-8')
    errors = folder / 'aus' / 'Fehler.csv'
    said += errors.read_text(encoding='utf-8') if errors.exists() else ''
    return set(re.findall(r'PPR\d{4}', said)) - ALONG, set()


def check(program, code, severity, examples):
    problems = []
    for right in (False, True):
        mine = [example for example in examples if example[0] == right]
        word = 'right' if right else 'wrong'
        if not mine:
            problems.append(f'{code}: no {word} example')
            continue
        with tempfile.TemporaryDirectory() as name:
            run = check_rules if code < 'PPR5' else check_data
            errors, others = run(program, pathlib.Path(name), mine)
        everything = errors | others
        if right and (errors or code in everything):
            problems.append(f'{code}: the right example gives {" ".join(sorted(everything))}')
        if not right and (code not in everything or errors - {code}):
            problems.append(f'{code}: the wrong example gives {" ".join(sorted(everything)) or "nothing"}')
    return problems


def main():
    program, only = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2:]
    table = {f'PPR{row[0]}': row[2] for _, row, _ in rows('runtime/base/diagnostics.def', 'DIAG')}
    pages, problems = read_pages()
    codes = [code for code in table if wanted(int(code[3:]))]
    listed = [line.split()[0] for line in subprocess.run([program, 'explain-code'], capture_output=True, check=True).stdout.decode('utf-8').splitlines()]
    problems += [f'{code}: no page' for code in codes if code not in pages]
    problems += [f'{code}: a page for no message' for code in pages if code not in table]
    problems += [f'{code}: not in the program' for code in pages if code not in listed]
    count = 0
    for code, examples in sorted(pages.items()):
        if only and code not in only:
            continue
        number = int(code[3:])
        if number in WITHOUT or number >= 6000:
            if examples:
                problems.append(f'{code}: has examples now; take it out of WITHOUT')
            continue
        count += 1
        problems += check(program, code, table.get(code), examples)
    for problem in problems:
        print(problem)
    print(f'{len(pages)} pages, {count} with examples, {len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
