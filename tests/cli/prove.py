#!/usr/bin/env python3
"""`ppr prove` as users meet it: exit codes, JSON, tables of the records written and run again, choice of Fassung and rule: prove.py PPR."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / 'tests' / 'golden' / 'prove'
failures = []


def call(ppr, *words):
    return subprocess.run([ppr, *map(str, words)], capture_output=True, text=True, encoding='utf-8', timeout=120, check=False)


def expect(what, condition, done=None):
    if not condition:
        failures.append(what)
        print(f'{what}:\n{done.stdout}{done.stderr}' if done else what)


def test_codes(ppr):
    for name, code in (('bewiesen', 0), ('faelle', 1), ('unentschieden', 6), ('fehler', 1)):
        done = call(ppr, 'prove', GOLDEN / f'{name}.ppr', '--budget', 20000)
        expect(f'{name}: exit code {code}', done.returncode == code, done)
    for words, code in (([], 2), (['a', 'b'], 2), (['--budget', '0', 'a'], 2), (['--budget', '1x', 'a'], 2), (['--nirgends', 'a'], 2), (['/nirgends.ppr'], 5),
                        ([GOLDEN / 'faelle.ppr', '--rule', 'Stuffe'], 2), ([GOLDEN / 'faelle.ppr', '--edition', '2025-01'], 2)):
        done = call(ppr, 'prove', *words)
        expect(f'{words}: exit code {code}', done.returncode == code and (done.stderr or code == 0), done)
    done = call(ppr, '--lang', 'en', 'prove', GOLDEN / 'faelle.ppr', '--rule', 'Stuffe')
    expect('unknown rule in English', 'there is no rule “Stuffe”' in done.stderr, done)
    rule, edition = 'Regel „Stuffe“ gibt es nicht', 'Fassung „1999-01“ gibt es nicht'
    for words, said in ((('--rule', 'Stuffe', '--edition', '2024-01'), rule), (('--rule', 'Quote', '--edition', '1999-01'), edition),
                        (('--rule', 'Stuffe', '--edition', '1999-01'), edition)):
        done = call(ppr, 'prove', ROOT / 'tests' / 'cli' / 'regeln', *words)
        expect(f'{words}: {said}', done.returncode == 2 and said in done.stderr, done)


def test_english(ppr):
    """The run of a record in the language asked for; what is quoted of the rule text stays German."""
    done = call(ppr, '--lang', 'en', 'prove', GOLDEN / 'faelle.ppr')
    run = done.stdout.split('overlap: ')[1].split('run:\n')[1].split('PPR5209')[0]
    expect('conditions in English', re.search(r'^    case “groß”: wenn .* → yes$', run, re.M) and ' = yes\n' in run and 'ja' not in run, done)
    done = call(ppr, '--lang', 'en', 'prove', GOLDEN / 'quote.ppr')
    expect('numbers in English', 'run:\n    Bezug = beweglich\n    Ist[a] = 3.50 Stunde\n    Ist[b] = 3.50 Stunde\n    sonst Ist / (' in done.stdout, done)


def test_choice(ppr):
    done = call(ppr, 'prove', GOLDEN / 'stufen.ppr', '--rule', 'Einführungsstufe', '--json')
    proofs = json.loads(done.stdout)
    expect('one rule alone', done.returncode == 1 and {p['rule'] for p in proofs} == {'Einführungsstufe'} and len(proofs) == 3, done)
    done = call(ppr, 'prove', GOLDEN / 'stufen.ppr', '--rule', 'verspätet', '--edition', '2024-01')
    expect('a rule that is sound beside others that are not', done.returncode == 0 and 'Lücke' not in done.stdout, done)


def test_json(ppr):
    done = call(ppr, 'prove', GOLDEN / 'faelle.ppr', '--json')
    proofs = json.loads(done.stdout)
    by = {(p['kind'], p['status']): p for p in proofs}
    gap, clash = by['cover', 'witness'], by['exclude', 'witness']
    expect('gap at 50', gap['tables'] == {'Haus': 'Haus;Jahr;Quartal;Betten;ermächtigt\n1;2024;1;50;nein\n'} and gap['fault'] == 'PPR5208', done)
    expect('place of the gap', gap['line'] == 14 and gap['column'] == 7 and gap['citation'] == '§ 6' and gap['key'] == '1,2024,1', done)
    expect('clash from 121 on', clash['tables']['Haus'].endswith('\n1;2024;1;121;ja\n') and (clash['first'], clash['second']) == ('groß', 'Ermächtigung'), done)
    expect('pairs proved', sum(p['status'] == 'proved' for p in proofs) == 2, done)
    again = call(ppr, 'prove', GOLDEN / 'faelle.ppr', '--json')
    expect('the same answer every time', again.stdout == done.stdout)
    done = call(ppr, 'prove', GOLDEN / 'fehler.ppr', '--json')
    expect('errors of the text beside JSON', done.stdout == '[]\n' and 'PPR3001' in done.stderr, done)


def test_records(ppr, at):
    """The record that divides by zero does so in `ppr run` too; under the reading it names, and not under the preset."""
    done = call(ppr, 'prove', GOLDEN / 'quote.ppr', '--rule', 'Anteil', '-o', at / 'saetze')
    expect('tables named', done.returncode == 1 and 'Tabellen in' in done.stdout, done)
    tables = at / 'saetze' / '1'
    expect('tables written', sorted(p.name for p in tables.iterdir()) == ['Zeit.csv'])
    run = call(ppr, 'run', GOLDEN / 'quote.ppr', tables, '-o', at / 'aus', '--reading', 'Bezug=beweglich')
    errors = (at / 'aus' / 'Fehler.csv').read_text(encoding='utf-8')
    expect('fault in the run', run.returncode == 3 and 'PPR5204' in errors and 'quote.ppr:27' in errors, run)
    run = call(ppr, 'run', GOLDEN / 'quote.ppr', tables, '-o', at / 'aus2')
    expect('no fault under the preset', run.returncode == 0, run)
    (at / 'datei').write_text('', encoding='utf-8')
    done = call(ppr, 'prove', GOLDEN / 'faelle.ppr', '-o', at / 'datei')
    expect('no folder', done.returncode == 5 and 'datei' in done.stderr, done)


def test_handbook(ppr, at):
    """The example of the handbook: the text block is what the program prints for the rule text before it."""
    page = (ROOT / 'docs' / 'handbuch' / 'beweisen.md').read_text(encoding='utf-8')
    rules, shown = re.search(r'^```ppr-error \S+\n(.*?)^```\n\n```text\n\$ ppr prove betten.ppr\n(.*?)^```$', page, re.M | re.S).groups()
    (at / 'betten.ppr').write_text(rules, encoding='utf-8')
    done = subprocess.run([ppr, 'prove', 'betten.ppr'], cwd=at, capture_output=True, text=True, encoding='utf-8', timeout=120, check=False)
    expect('the example of the handbook', done.stdout == shown and done.returncode == 1, done)


def main():
    ppr = sys.argv[1]
    test_codes(ppr)
    test_choice(ppr)
    test_json(ppr)
    test_english(ppr)
    with tempfile.TemporaryDirectory() as at:
        test_records(ppr, pathlib.Path(at))
        test_handbook(ppr, pathlib.Path(at))
    print(f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
