"""Ledgers for tests, made from rows by hand: tables are those of runtime/sweep/ledger.def, rows are put in any order."""
import pathlib
import random
import re
import sqlite3

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMAT = re.search(r'#define LEDGER_FORMAT "([^"]+)"', (ROOT / 'runtime/sweep/ledger.h').read_text(encoding='utf-8')).group(1)


def tables():
    """name: columns and keys, as CREATE TABLE takes them"""
    text = (ROOT / 'runtime/sweep/ledger.def').read_text(encoding='utf-8')
    found = re.findall(r'^TABLE\((\w+), ((?:\s*"[^"]*")+),', text, re.M)
    return {name: ''.join(re.findall(r'"([^"]*)"', columns)) for name, columns in found}


def write(path, rows, seed=None):
    """rows: {table: [tuple, …]}; seed: shuffles the order in which tables and rows are written."""
    path = pathlib.Path(path)
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    every = [(name, row) for name, some in {'meta': [('format', FORMAT)], **{k: v for k, v in rows.items() if k != 'meta'}}.items() for row in some]
    every += [('meta', row) for row in rows.get('meta', [])]
    if seed is not None:
        random.Random(seed).shuffle(every)
    with database:
        for name, columns in tables().items():
            database.execute(f'CREATE TABLE {name}({columns}){"" if "INTEGER PRIMARY KEY" in columns else " WITHOUT ROWID"}')
        for name, row in every:
            database.execute(f'INSERT INTO {name} VALUES({",".join("?" * len(row))})', row)
    database.close()
