#!/usr/bin/env python3
"""Writes vscode/syntaxes/ppr.tmLanguage.json, the colours of rule files, from lang/keywords.def.

gen_grammar.py           writes it
gen_grammar.py --check   fails when it is not what the table says"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE / 'vscode' / 'syntaxes' / 'ppr.tmLanguage.json'

LETTER = 'A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ' # as in lang/lexer.re
HYPHEN = '-\\x{2010}\\x{2011}'
WORD = f'[{LETTER}](?:[{LETTER}0-9_\\x{{0300}}-\\x{{036F}}]|[{HYPHEN}](?=[{LETTER}0-9]))*'
END = f'(?![{LETTER}0-9_\\x{{0300}}-\\x{{036F}}]|[{HYPHEN}][{LETTER}0-9])'
BLANK = '[ \\t\\x{00A0}\\x{2009}\\x{202F}]'

# Scope of a word by the heading of its part of the table, and of those that stand out.
SCOPES = {
    'head of the file': 'keyword.other.head.ppr',
    'declarations': 'keyword.declaration.ppr',
    'parts of declarations': 'keyword.other.part.ppr',
    'expressions': 'keyword.operator.word.ppr',
}
CHANGES = 'storage.modifier.change.ppr'
CONSTANTS = {'ja': 'boolean', 'nein': 'boolean', 'fehlt': 'state', 'entfällt': 'state', 'unbestimmt': 'state', 'keine': 'state', 'vorhanden': 'state'}


def keywords():
    """scope → words reserved everywhere, and role → words."""
    found, roles, heading = {}, {}, None
    for line in (HERE.parent / 'keywords.def').read_text(encoding='utf-8').splitlines():
        title = re.fullmatch(r'/\* (.*) \*/', line)
        if title:
            heading = title.group(1)
        row = re.match(r'KEYWORD\(\w+, "([^"]+)", "[^"]*", (\w+),', line)
        if not row:
            continue
        word, role = row.groups()
        scope = CHANGES if role == 'CHANGES' else f'constant.language.{CONSTANTS[word]}.ppr' if word in CONSTANTS else SCOPES[heading]
        roles.setdefault(role, []).append(word)
        if role in ('WORD', 'DECLARES', 'CHANGES'):
            found.setdefault(scope, []).append(word)
    return found, roles


def one_of(words):
    return '(?:' + '|'.join(sorted(words, key=lambda w: (-len(w), w))) + ')' + END


def block(begin, captures, end, words):
    """A declaration inside of which more words are reserved."""
    return {'begin': begin, 'beginCaptures': {str(i): {'name': scope} for i, scope in captures.items()}, 'end': end,
            'patterns': [{'match': match, 'captures': {'1': {'name': SCOPES['parts of declarations']}}} for match in words] + [{'include': '$self'}]}


def grammar():
    found, roles = keywords()
    declares, changes, begins = roles['DECLARES'], roles['CHANGES'], roles['BEGINS']
    next_one = f'^(?={BLANK}*{one_of(declares + changes + begins)})'
    number = f'(?={BLANK}*[0-9−-])' # behind `von`, which is part of names elsewhere
    every = [word for words in found.values() for word in words]
    name = f'{WORD}(?:{BLANK}+(?!{one_of(every)}){WORD})*'
    named = [w for w in declares if w not in ('einheit', 'offen', 'ausgabe', 'test')] + ['ausnahme', 'fall']
    patterns = [
        {'name': 'comment.line.number-sign.ppr', 'match': '#.*$'},
        {'name': 'string.unquoted.citation.ppr', 'begin': '§', 'end': '(?=#)|$', 'patterns': [
            {'name': 'constant.other.evidence.ppr', 'match': r'\[[^\]\n]*\]'}]},
        {'name': 'string.quoted.double.ppr', 'match': '"[^"\\n]*"'},
        {'name': 'string.quoted.other.ppr', 'match': '„[^“”\\n]*[“”]'},
        {'name': 'invalid.illegal.text.ppr', 'match': '["„].*$'},
        {'name': 'constant.numeric.date.ppr', 'match': r'[0-9]{2}\.[0-9]{2}\.[0-9]{4}(?![0-9])'},
        {'name': 'constant.numeric.quarter.ppr', 'match': r'[0-9]{4}-Q[1-4](?![0-9])'},
        {'name': 'constant.numeric.edition.ppr', 'match': r'[0-9]{4}-[0-9]{2}(?![0-9])'},
        {'name': 'constant.numeric.ppr', 'match': f'[0-9]+(?:,[0-9]+)?(?:{BLANK}*%)?'},
        block(f'^{BLANK}*(?:({one_of(changes)}){BLANK}+)?({one_of(begins)})', {1: CHANGES, 2: SCOPES['declarations']}, next_one,
              [f'({one_of([w for w in roles["VARIES"] if w != "von"])})', f'({one_of(["von"])}){number}']),
        block(f'({one_of(["auswertung"])})', {1: SCOPES['declarations']}, next_one, [f'^{BLANK}*({one_of(roles["COUNTS"])})']),
        {'match': f'({one_of(named)})({BLANK}+)(?!{one_of(every)})({name})', 'captures': {
            '1': {'name': 'keyword.declaration.ppr'}, '3': {'name': 'entity.name.function.ppr'}}},
        *({'name': scope, 'match': one_of(words)} for scope, words in found.items()),
        {'name': 'support.type.ppr', 'match': one_of(['Zahl', 'Prozent', 'Datum', 'Quartal', 'Text'])},
        {'name': 'variable.other.ppr', 'match': WORD},
        {'name': 'keyword.operator.ppr', 'match': '<=|>=|<>|\\.\\.|[-+*/=<>×−≠≤≥]'},
        {'name': 'punctuation.separator.ppr', 'match': '[:;,]'},
        {'name': 'punctuation.section.brackets.ppr', 'match': '[()\\[\\]]'},
    ]
    return {'$comment': 'Written by lang/editor/gen_grammar.py from lang/keywords.def. Do not edit.', 'name': 'ppr', 'scopeName': 'source.ppr',
            'fileTypes': ['ppr'], 'patterns': patterns}


def main():
    text = json.dumps(grammar(), ensure_ascii=False, indent=2) + '\n'
    if '--check' not in sys.argv:
        TARGET.write_text(text, encoding='utf-8')
    elif TARGET.read_text(encoding='utf-8') != text:
        sys.exit(f'{TARGET.relative_to(HERE.parents[1])} is not what lang/keywords.def says: run lang/editor/gen_grammar.py')


if __name__ == '__main__':
    main()
