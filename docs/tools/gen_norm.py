#!/usr/bin/env python3
"""Writes docs/normabdeckung.md: every place of the PPP-RL and what in rules/ppp-rl computes it, or why nothing does.

gen_norm.py           writes the page
gen_norm.py --check   fails when the page is stale
Both fail when docs/norm.tsv calls a place `gerechnet` that nothing cites, when it calls a place pending that something cites, and when a rule file cites a
place that is not in docs/norm.tsv."""
import re
import sys

from deftable import ROOT

NORM, PAGE, RULES = ROOT / 'docs' / 'norm.tsv', ROOT / 'docs' / 'normabdeckung.md', ROOT / 'rules' / 'ppp-rl'
COMPUTED, LEFT_OUT, OPEN = 'gerechnet', 'nicht berechnet', 'offen'
PENDING = 'noch ohne Regel'
KINDS = {'regel': 'Regel', 'tabelle': 'Tabelle', 'grenze': 'Grenze', 'zeitreihe': 'Zeitreihe', 'staffel': 'Staffel', 'aufzählung': 'Aufzählung',
         'eingabe': 'Eingabe', 'auslegung': 'Auslegung', 'prüfung': 'Prüfung', 'ausgabe': 'Ausgabe', 'offen': 'offener Punkt', 'test': 'Test'}
NOT_COMPUTING = {'offen', 'test'}
CHANGES = ('ändere', 'streiche', 'ergänze')
OTHER_SOURCE = re.compile(r'§ G-BA FAQ |.* (PflBG|PsychThG|SGB V|KHG|BPflV|Psych-PV)$')
FINER = re.compile(r'(Sp\. (?P<first>\d+)( bis (?P<last>\d+))?|Buchst\. [a-h]|Spiegelstrich \d+)$')
HEAD = '''# Was von der PPP-RL gerechnet wird

<!-- Written by docs/tools/gen_norm.py from `docs/norm.tsv` and the citations in `rules/ppp-rl`. Do not edit: change those, then build the target `docs`. -->

Jede Stelle der §§ 1 bis 16 und der Anlagen (Fassung vom 01.07.2024) mit den Vereinbarungen der Regeldateien, die sie als Fundstelle nennen, oder mit dem Grund,
warum nichts sie rechnet. Nennt eine Vereinbarung einen ganzen Absatz, so steht sie bei jedem seiner Sätze.
'''


class Place:
    def __init__(self, line, number):
        cells = (line.split('\t') + ['', '', ''])[:4]
        self.name, self.status, self.reason = cells[:3]
        self.words = words_of(self.name)
        self.columns = int(cells[3]) if cells[3] else 0
        self.users = []
        self.exact = False
        self.line = number


class Cite:
    def __init__(self, text, kind, name, where):
        self.text, self.kind, self.name, self.where = text, kind, name, where


def words_of(text):
    """`§ Anlage 2 A7` names an area of the section A."""
    text = re.sub(r'(Anlage 2) (KJ|[ASGP])(\d)$', r'\1 \2 \3', text)
    return text.split()


def read_norm():
    places, problems = [], []
    for number, line in enumerate(NORM.read_text(encoding='utf-8').splitlines(), 1):
        if not line or line.startswith('#'):
            continue
        place = Place(line, number)
        if place.status not in (COMPUTED, LEFT_OUT, OPEN):
            problems.append(f'docs/norm.tsv:{number}: status {place.status}')
        if bool(place.reason) == (place.status == COMPUTED):
            problems.append(f'docs/norm.tsv:{number}: {place.name} is {place.status} and has {"a" if place.reason else "no"} reason')
        if any(p.name == place.name for p in places):
            problems.append(f'docs/norm.tsv:{number}: {place.name} is listed twice')
        places.append(place)
    return places, problems


def code_and_cites(line):
    """The line without texts and comment, and the citation at its end."""
    quote, at = None, 0
    while at < len(line):
        sign = line[at]
        if quote:
            if sign in quote:
                quote = None
        elif sign == '"':
            quote = '"'
        elif sign == '„':
            quote = '“"'
        elif sign == '#':
            return line[:at], ''
        elif sign == '§':
            end = line.find('#', at)
            return line[:at], line[at:] if end < 0 else line[at:end]
        at += 1
    return line, ''


def parts_of(cites):
    """The citations of a line without their evidence in brackets."""
    for part in re.sub(r'\[[^]]*\]', '', cites).split(';'):
        part = ' '.join(part.split())
        if part:
            yield part if part.startswith('§') else '§ ' + part


def read_rules():
    found = []
    for path in sorted(RULES.glob('*.ppr')):
        kind = name = None
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            code, cites = code_and_cites(line)
            head = re.match(rf'(?:(?:{"|".join(CHANGES)}) )?({"|".join(KINDS)})\b(.*)', code)
            if head:
                kind = head.group(1)
                name = re.match(r'\s*("[^"]*"|[^":]*?)(?= je | : |:|"| nach |\s*$| fehler\b| hinweis\b| wenn )', head.group(2) + ' ').group(1).strip().strip('"')
            for text in parts_of(cites):
                found.append(Cite(text, kind, name, f'rules/ppp-rl/{path.name}:{number}'))
    return found


def is_finer(place, rest):
    match = FINER.match(' '.join(rest))
    if not match:
        return place.words[:3] == ['§', 'Anlage', '2'] and len(rest) == 1 and rest[0].isdigit()
    if not match.group('first'):
        return True
    first, last = int(match.group('first')), int(match.group('last') or match.group('first'))
    return 1 <= first <= last <= place.columns


def resolve(places, words):
    """The places a citation stands for and whether it is good at all: the place itself, a part of it, or a whole that counts for its parts."""
    n = len(words)
    below = [p for p in places if p.words[:n] == words and (n < 4 or p.words[n:n + 1] != ['Hinweis'])]
    if below:
        whole = n < 3 or (words[1] == 'Anlage' and n == 3)
        return ([] if whole and not any(p.words == words for p in below) else below), True
    for length in range(n - 1, 2, -1):
        above = [p for p in places if p.words == words[:length]]
        if above:
            return above, is_finer(above[0], words[length:])
    return [], False


def connect(places, cites):
    problems = []
    for cite in cites:
        if OTHER_SOURCE.match(cite.text):
            continue
        words = words_of(cite.text)
        meant, good = resolve(places, words)
        if not good and 'Nr.' in words: # `Satz 1 Nr. 2` of an Absatz that is one sentence
            at = words.index('Nr.')
            if words[at - 2:at] == ['Satz', '1']:
                meant, good = resolve(places, words[:at - 2] + words[at:])
        if not good:
            problems.append(f'{cite.where}: {cite.text} is no place in docs/norm.tsv')
        elif cite.kind not in NOT_COMPUTING:
            for place in meant:
                place.exact = place.exact or len(words) >= len(place.words)
                user = (cite.kind, cite.name)
                if user not in place.users:
                    place.users.append(user)
    for place in places:
        if place.status == COMPUTED and not place.users:
            problems.append(f'docs/norm.tsv:{place.line}: {place.name} is gerechnet, but no rule cites it')
        if place.reason == PENDING and place.exact:
            problems.append(f'docs/norm.tsv:{place.line}: {place.name} is cited by {place.users[0][1]}: call it gerechnet, or say why not')
    return problems


def described(place):
    if place.status != COMPUTED:
        return place.reason
    groups = []
    for kind in KINDS:
        names = [name for k, name in place.users if k == kind]
        if names:
            groups.append(f'{KINDS[kind]} ' + ', '.join(f'`{n}`' if n else '' for n in names))
    return ' · '.join(groups)


def section_of(place):
    return ' '.join(place.words[:3] if place.words[1] == 'Anlage' else place.words[:2])


def page(places):
    count = {status: sum(p.status == status for p in places) for status in (COMPUTED, LEFT_OUT, OPEN)}
    out = [HEAD, f'{len(places)} Stellen: {count[COMPUTED]} gerechnet, {count[LEFT_OUT]} nicht berechnet, {count[OPEN]} offen.\n']
    section = None
    for place in places:
        if section_of(place) != section:
            section = section_of(place)
            out.append(f'\n## {section.replace("§ Anlage", "Anlage")}\n\n| Stelle | Stand | gerechnet von, oder Grund |\n|---|---|---|')
        out.append(f'| {place.name} | {place.status} | {described(place)} |')
    return '\n'.join(out) + '\n'


def main():
    places, problems = read_norm()
    problems += connect(places, read_rules())
    text = page(places)
    old = PAGE.read_text(encoding='utf-8') if PAGE.exists() else None
    if sys.argv[1:] == ['--check']:
        if old != text:
            problems.append('docs/normabdeckung.md is not what the rules and docs/norm.tsv say: build the target `docs`')
    elif old != text:
        PAGE.write_text(text, encoding='utf-8')
    for problem in problems:
        print(problem)
    print(f'norm: {len(problems)} problems' if problems else 'norm: in order')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
