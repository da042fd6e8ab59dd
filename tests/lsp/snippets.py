#!/usr/bin/env python3
"""The snippets: snippets.py PPR. Filled in with their proposals, each is right where it belongs: `ppr fmt` reads the text."""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = 'regelwerk X "Y"\nfassung 2024-01\n  beschluss 19.10.2023 "B"\n  gilt ab 01.01.2024\n'


def filled(body):
    text = '\n'.join(body)
    text = re.sub(r'\$\{\d+\|([^,|]*)[^|]*\|\}', r'\1', text)
    text = re.sub(r'\$\{\d+:([^}]*)\}', r'\1', text)
    assert '$' not in text.replace('$0', ''), text
    return text.replace('$0', '') + '\n'


def main():
    snippets = json.loads((ROOT / 'lang/editor/vscode/snippets/ppr.json').read_text(encoding='utf-8'))
    prefixes = [s['prefix'] for s in snippets.values()]
    assert len(prefixes) == len(set(prefixes)) >= 10
    for name, snippet in snippets.items():
        assert snippet['description'], name
        text = filled(snippet['body'])
        if not text.startswith('regelwerk'):
            text = HEAD + ('regel R : Zahl(0) § 1\n  = 1\n' + text if text.startswith('ausnahme') else text)
        done = subprocess.run([sys.argv[1], 'fmt', '-'], input=text.encode(), capture_output=True)
        assert done.returncode == 0, f'{name}:\n{text}\n{done.stderr.decode()}'
    print(f'{len(snippets)} snippets')


if __name__ == '__main__':
    main()
