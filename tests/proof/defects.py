#!/usr/bin/env python3
"""Seeded defects: every change of a sound rule file that opens a gap or makes two cases meet must be found, with a record that shows it, or be refused
with the place; and the sound files have nothing to be found: defects.py PPR sound FOLDER | rules FOLDER | whole FOLDER (what is proved of the published
rules as they are).

The record is tried without the prover: the conditions of the changed text become yes/no rules of their own, and `ppr run` on the tables found says which of
them hold. None is the gap, two are the clash."""
import argparse
import csv
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROVED, FOUND, UNDECIDED = 0, 1, 6


def call(ppr, *words):
    return subprocess.run([ppr, *words], capture_output=True, text=True, encoding='utf-8', timeout=600, check=False)


def prove(ppr, path, out, *more):
    """out: folder of the tables found, None: they are not written."""
    done = call(ppr, 'prove', str(path), '--json', *(['-o', str(out)] if out else []), *more)
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith('[') else [], done.stderr


# ---- changes of a text, by line: (what, number of the line, changed text) ----

DATE = re.compile(r'\b(\d\d)\.(\d\d)\.(\d{4})\b')
NUMBER = re.compile(r'(?<![\w,.])\d+(?:,\d+)?(?![\w,.])')


def shifted(text, by):
    """A written number one unit of its last place more or less."""
    digits = text.replace(',', '')
    now = str(int(digits) + by).rjust(len(digits), '0')
    if now.startswith('-'):
        return None
    return now[:len(now) - len(text.split(',')[1])] + ',' + now[-len(text.split(',')[1]):] if ',' in text else now


def shifted_date(day, month, year):
    """The same day of the next quarter, or the last of it."""
    month, year = (int(month) + 3, int(year)) if int(month) <= 9 else (int(month) - 9, int(year) + 1)
    last = {1: 31, 3: 31, 4: 30, 6: 30, 7: 31, 9: 30, 10: 31, 12: 31}[month]
    return f'{min(int(day), last):02}.{month:02}.{year}'


def bounds(lines, is_bound):
    """One bound moved by one unit."""
    for i, line in enumerate(lines):
        if not is_bound(lines, i):
            continue
        head, colon, value = line.partition(' : ')
        for m in DATE.finditer(head):
            yield f'Tag {m.group()} verschoben', i, head[:m.start()] + shifted_date(*m.groups()) + head[m.end():] + colon + value
        for m in [] if DATE.search(head) else NUMBER.finditer(head):
            for by in (1, -1):
                now = shifted(m.group(), by)
                if now is not None:
                    yield f'Grenze {m.group()} zu {now}', i, head[:m.start()] + now + head[m.end():] + colon + value


def in_block(lines, i, words):
    """Is the line inside of a declaration that begins with one of the words?"""
    while i > 0 and (lines[i].startswith((' ', '#')) or not lines[i]):
        i -= 1
    return lines[i].startswith(words)


def is_case_bound(lines, i):
    return lines[i].lstrip().startswith('wenn ') and lines[i - 1].lstrip().startswith('fall ')


def is_entry(lines, i):
    return lines[i].startswith('  ') and ' : ' in lines[i] and in_block(lines, i, ('staffel', 'zeitreihe'))


def blocks(lines):
    """(first line, line behind) of every branch that begins with fall or ausnahme."""
    for i, line in enumerate(lines):
        if line.lstrip().startswith(('fall ', 'ausnahme ')):
            end = i + 1
            while end < len(lines) and lines[end].startswith('    '):
                end += 1
            yield i, end


def changes(text):
    """(what was done, number of the line, text)"""
    lines = text.split('\n')

    def put(first, end, now):
        return '\n'.join(lines[:first] + now + lines[end:])

    for what, i, line in list(bounds(lines, is_case_bound)) + list(bounds(lines, is_entry)):
        yield what, i + 1, put(i, i + 1, [line])
    for i, line in enumerate(lines):
        if is_case_bound(lines, i):
            for old, new in ((' < ', ' <= '), (' >= ', ' > '), (' <= ', ' < '), (' > ', ' >= ')):
                if old in line:
                    yield f'{old.strip()} zu {new.strip()}', i + 1, put(i, i + 1, [line.replace(old, new, 1)])
        if is_entry(lines, i):
            yield 'Eintrag gestrichen', i + 1, put(i, i + 1, [])
            yield 'Eintrag doppelt', i + 1, put(i, i + 1, [line, line])
        if re.match(r'  \S+( \d+)+$', line) and in_block(lines, i, ('tabelle', 'grenze')):
            yield 'Zeile gestrichen', i + 1, put(i, i + 1, [])
            yield 'Zeile doppelt', i + 1, put(i, i + 1, [line, line])
    for first, end in blocks(lines):
        branch = lines[first:end]
        label = branch[0].split()[1]
        if branch[0].lstrip().startswith('fall'):
            yield f'Fall {label} gestrichen', first + 1, put(first, end, [])
        yield f'{label} doppelt', first + 1, put(first, end, branch + [branch[0].replace(label, label + '-noch', 1)] + branch[1:])


# ---- the record, tried without the prover ----

def day(text):
    return text[6:] + text[3:5] + text[:2]


def member_axes(text):
    """{rule: name of its axis}"""
    return dict(re.findall(r'^regel (.+?) je (\S+) : ', text, re.M))


def probes(text, rule):
    """Conditions of the branches, tiers or entries of a rule as yes/no expressions."""
    body = re.search(rf'^(regel|staffel|zeitreihe) {re.escape(rule)}\b.*?(?=^\S|\Z)', text, re.M | re.S).group()
    kind = body.split()[0]
    if kind == 'regel':
        return re.findall(r'^    wenn (.*)$', body, re.M)
    if kind == 'staffel':
        argument = re.search(r' nach (.+?) : ', body).group(1)
        unit = re.search(rf'{argument} : (Tag)', text)
        unit = f' {unit.group(1)}' if unit else ''
        found = []
        for bound in re.findall(r'^  ((?:ab|über|unter|bis|\d).*?) : ', body, re.M):
            parts = [f'{argument} {op} {n}{unit}' for word, op in (('ab', '>='), ('über', '>'), ('unter', '<'), ('bis', '<='))
                     for n in re.findall(rf'\b{word} (\S+)', bound)]
            found.append(' und '.join(parts or [f'{argument} = {bound}{unit}']))
        return found
    found = []
    entries = re.findall(r'^  ab (\S+)(?: bis (\S+))? : ', body, re.M)
    for i, (start, end) in enumerate(entries):
        condition = f'beginn(Berichtsquartal) >= {start}'
        if end:
            condition += f' und beginn(Berichtsquartal) <= {end}'
        elif i + 1 < len(entries) and day(entries[i + 1][0]) > day(start):  # else both hold from that day on
            condition += f' und beginn(Berichtsquartal) < {entries[i + 1][0]}'
        found.append(condition)
    return found


def holding(ppr, folder, text, rule, element, tables):
    """How many conditions of the rule hold for the record."""
    axis = member_axes(text).get(rule)
    conditions = probes(text, rule)
    head = re.split(r'^ausgabe ', text, maxsplit=1, flags=re.M)[0]
    kept = []  # what the conditions need: every declaration but the one in question and what rests on it
    for block in re.split(r'^(?=\S)', head, flags=re.M):
        if not re.match(rf'(regel|staffel|zeitreihe) {re.escape(rule)}\b', block):
            kept.append(block)
    probe = ''.join(kept)
    je = f' je {axis}' if axis else ''
    for i, condition in enumerate(conditions):
        probe += f'regel Probe{i}{je} : ja/nein § 1\n  = {condition}\n'
    probe += f'ausgabe "Probe"{je}\n' + (f'  spalte "Element" = {axis}\n' if axis else '')
    probe += ''.join(f'  spalte "Probe{i}" = Probe{i}\n' for i in range(len(conditions)))
    (folder / 'probe.ppr').write_text(probe, encoding='utf-8')
    done = call(ppr, 'run', str(folder / 'probe.ppr'), tables, '-o', str(folder / 'ergebnis'), '--quiet')
    if done.returncode:
        sys.exit(f'the record does not run: {done.stdout}{done.stderr}\n{probe}')
    with open(folder / 'ergebnis' / 'Probe.csv', encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file, delimiter=';'))
    member = element[element.find('[') + 1:-1] if '[' in element else None
    row = next(r for r in rows if member is None or r['Element'] == member)
    return sum(row[f'Probe{i}'] == 'ja' for i in range(len(conditions)))


def check_change(ppr, folder, name, what, line, text):
    """None, or what is wrong."""
    path = folder / 'text.ppr'
    path.write_text(text, encoding='utf-8')
    code, proofs, errors = prove(ppr, path, folder / 'tabellen')
    if 'Zeile' in what:  # of a table: refused, with the place
        place = re.search(r'text\.ppr:(\d+):\d+: Fehler PPR300[12]', errors)
        return None if code == FOUND and place else f'not refused: {errors}'
    found = [p for p in proofs if p['status'] == 'witness' and p['kind'] != 'fault' and 'tables' in p]
    if code != FOUND or not found:
        return f'not found (exit code {code}) {errors}'
    if call(ppr, 'check', str(path)).returncode == 0:
        return 'it compiles, though something was found'
    for p in found:
        n = holding(ppr, folder, text, p['rule'], p['element'], p['folder'])
        if (n != 0) if p['kind'] == 'cover' else (n < 2):
            return f'{p["kind"]} of {p["element"]}: {n} conditions hold for the record in {p["tables"]}'
        shutil.rmtree(p['folder'])
    return None


def sound(ppr, folder):
    total, wrong = 0, []
    for path in sorted(folder.glob('*.ppr')):
        text = path.read_text(encoding='utf-8')
        with tempfile.TemporaryDirectory() as at:
            at = pathlib.Path(at)
            code, proofs, errors = prove(ppr, path, at / 'tabellen')
            if code != PROVED or not proofs or call(ppr, 'check', str(path)).returncode:
                wrong.append(f'{path.name}: a sound file, exit code {code} {errors} {[p for p in proofs if p["status"] != "proved"]}')
            count = 0
            for what, line, changed in changes(text):
                count += 1
                problem = check_change(ppr, at, path.name, what, line, changed)
                if problem:
                    wrong.append(f'{path.name}:{line}: {what}: {problem}')
            print(f'{path.name}: {len(proofs)} obligations proved, {count} defects')
            total += count
    if total < 30:
        wrong.append(f'only {total} defects')
    return total, wrong


# ---- the published rules ----

# (file, edition, kind of defect, rule, text, text in its place): each makes a gap or an overlap, or cannot be compiled.
def published(folder):
    changes_file = pathlib.Path(__file__).with_name('published.json')
    return json.loads(changes_file.read_text(encoding='utf-8'))


def rules(ppr, folder):
    wrong = []
    seeds = published(folder)
    with tempfile.TemporaryDirectory() as at:
        at = pathlib.Path(at)
        for seed in seeds:
            copy = at / 'regeln'
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy, ignore=lambda _, names: [n for n in names if not n.endswith('.ppr')])
            path = copy / seed['file']
            text = path.read_text(encoding='utf-8')
            places = list(re.finditer(r'\s+'.join(re.escape(word) for word in seed['old'].split()), text)) # however it is laid out
            if len(places) != 1:
                wrong.append(f'{seed["file"]}: {len(places)} places with {seed["old"]!r}')
                continue
            path.write_text(text[:places[0].start()] + seed['new'].strip() + text[places[0].end():], encoding='utf-8')
            code, proofs, errors = prove(ppr, copy, at / 'tabellen', '--edition', seed['edition'], '--rule', seed['rule'], '--budget', '20000')
            if seed['kind'] == 'refused':
                if code != FOUND or not re.search(rf'{seed["file"]}:\d+:\d+: Fehler {seed["code"]}', errors):
                    wrong.append(f'{seed["file"]}: {seed["new"]!r}: not refused with {seed["code"]}: {errors}')
                continue
            found = [p for p in proofs if p['status'] == 'witness' and p['kind'] == seed['kind'] and 'tables' in p]
            if code != FOUND or not found:
                wrong.append(f'{seed["file"]}: {seed["new"]!r}: no record ({code}) {errors}')
                continue
            # the record is a record of the published rules too: read, allowed, evaluated
            run = call(ppr, 'run', str(folder), found[0]['folder'], '-o', str(at / 'ergebnis'), '--record', found[0]['record'], '--quiet',
                       *[w for r in found[0]['readings'] for w in ('--reading', r)])
            if run.returncode:
                wrong.append(f'{seed["file"]}: {seed["new"]!r}: the record does not run: {run.stdout}{run.stderr}')
    return len(seeds), wrong


# Shares of up to eight surveys are added as exact fractions. Their common denominator, a product of eight sums of some thirty counts below 100000, can leave
# 128 bits: 8 * lb(30 * 99999) > 127. Surveys of real hospitals stay far below (8 * lb(300) < 66).
KNOWN = {('Anteil', 'PPR5203'), ('eingestufte Tage', 'PPR5203')}


def whole(ppr, folder):
    code, proofs, errors = prove(ppr, folder, None, '--budget', '20000')
    wrong = [errors] if errors else []
    if code != FOUND:
        wrong.append(f'exit code {code}')
    for p in proofs:
        if p['status'] != 'proved' and (p['kind'] != 'fault' or (p['rule'], p['fault']) not in KNOWN):
            wrong.append(f'{p["file"]}:{p["line"]}: {p["edition"]} {p["rule"]} {p["kind"]} {p["fault"]}: {p["status"]}')
    for edition in sorted(path.stem for path in folder.glob('20*.ppr')):
        kinds = {p['kind'] for p in proofs if p['edition'] == edition}
        if kinds != {'cover', 'exclude', 'fault'}:
            wrong.append(f'{edition}: asked only {sorted(kinds)}')
    counts = {status: sum(p['status'] == status for p in proofs) for status in ('proved', 'witness', 'undecided')}
    print(counts)
    return len(proofs), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('ppr')
    parser.add_argument('what', choices=['sound', 'rules', 'whole'])
    parser.add_argument('folder', type=pathlib.Path)
    args = parser.parse_args()
    total, wrong = {'sound': sound, 'rules': rules, 'whole': whole}[args.what](args.ppr, args.folder)
    for problem in wrong:
        print(problem)
    print(f'{total} {"questions" if args.what == "whole" else "defects"}, {len(wrong)} problems')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
