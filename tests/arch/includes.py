#!/usr/bin/env python3
"""Who may include whom, and what every file and header must have: docs/architecture.md, section "Who includes whom"."""
import re
import sys

import tree

# part: (folder or file, parts it may include, single headers it may include besides)
PARTS = {
    'public': ('runtime/include/ppr', {'public'}, set()),
    'base': ('runtime/base', {'base'}, set()),
    'code': ('runtime/code', {'base', 'code', 'public'}, set()),
    'vm': ('runtime/vm', {'base', 'code', 'vm', 'public'}, set()),
    'engine': ('runtime/engine.h', {'vm', 'public'}, set()), # insides of the public handles
    'io': ('runtime/io', {'base', 'code', 'vm', 'io', 'engine', 'public'}, set()),
    'sweep': ('runtime/sweep', {'base', 'code', 'vm', 'io', 'sweep', 'engine', 'public'}, set()), # of libppr-lang alone
    'evidence': ('runtime/evidence', {'base', 'evidence'}, set()), # the checker knows neither compiler nor machine
    'api': ('runtime/api.c', {'base', 'code', 'vm', 'io', 'engine', 'stdlib', 'public'}, set()),
    'lsp': ('lang/lsp', {'base', 'code', 'lang', 'lsp', 'engine', 'public'}, {'vm/native_table.h'}),
    'cli': ('lang/cli', {'cli', 'public'}, set()),
    'man': ('lang/man', {'man'}, {'cli/commands.def', 'cli/messages.def', 'evidence/usage.def', 'base/diagnostics.def'}), # tables only
    'proof': ('lang/proof', {'base', 'code', 'vm', 'lang', 'proof', 'engine', 'public'}, set()), # asks the machine about compiled code
    'diff': ('lang/diff', {'base', 'code', 'vm', 'lang', 'proof', 'diff', 'engine', 'public'}, set()), # asks the proof about two programs
    'lang tests': ('lang/tests.c', {'base', 'code', 'vm', 'lang', 'test', 'engine', 'public'}, set()), # runs the tests of rule files
    'test': ('lang/test', {'base', 'code', 'vm', 'io', 'lang', 'test', 'engine', 'public'}, set()), # case tables, and what tests reach
    'lang': ('lang', {'base', 'code', 'lang', 'engine', 'public'}, {'vm/native_table.h', 'io/pipeline.h'}), # signatures of natives; threads that verify
    'stdlib': ('stdlib', {'stdlib'}, {'base/decimal.h', 'base/quarter.h', 'ppr/native.h', 'ppr/ppr.h'}),
}
# Foreign headers that only these files know.
FOREIGN = {'ffi.h': {'runtime/vm/call.c'}, 'dlfcn.h': {'runtime/vm/call.c'}, 'sha256.h': {'runtime/base/digest.c'}, 'yajl/yajl_parse.h': {'runtime/io/ndjson.c', 'lang/lsp/json.c', 'runtime/evidence/document.c'}, 'pthread.h': {'runtime/io/pipeline.c', 'runtime/io/batch.c', 'runtime/sweep/worker.c', 'runtime/code/image.c', 'lang/lsp/job.h', 'lang/lsp/job.c', 'lang/programs.c'}, 'sqlite3.h': {'runtime/sweep/ledger.c', 'runtime/sweep/book.c'}}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def part_of(path):
    name = path.as_posix()
    for part, (folder, _, _) in PARTS.items(): # cli, proof and lang tests stand before lang
        if name == folder or name.startswith(folder + '/'):
            return part
    return None


def target_of(path, header):
    """The file an include means, or None for one outside the tree; parser.h is written by bison."""
    for base in (path.parent, 'runtime', 'runtime/include', 'lang', 'stdlib'):
        candidate = tree.ROOT / base / header
        if candidate.is_file():
            return candidate.resolve().relative_to(tree.ROOT)
    return None


def main():
    problems = []
    graph = {}
    for path in tree.files(*tree.PRODUCT):
        part = part_of(path)
        if part is None:
            problems.append(f'{path}: belongs to no part; name it in tests/arch/includes.py')
            continue
        _, parts, headers = PARTS[part]
        for number, line in enumerate(tree.blank(path, keep_strings=True).splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            header = match.group(2)
            if header in FOREIGN and path.as_posix() not in FOREIGN[header]:
                problems.append(f'{path}:{number}: only {", ".join(FOREIGN[header])} may include <{header}>')
            target = target_of(path, header) if match.group(1) == '"' or header.startswith('ppr/') else None
            if target is None:
                if match.group(1) == '"' and not (part in ('lang', 'lsp') and header in ('parser.h', 'lexer.h')):
                    problems.append(f'{path}:{number}: "{header}" is not in the tree')
                continue
            graph.setdefault(path, set()).add(target)
            if part_of(target) not in parts and header not in headers:
                problems.append(f'{path}:{number}: {part} must not include {target}')
        if path.suffix == '.h':
            guard = re.search(r'#ifndef (\w+)\n#define \1\b', tree.text(path))
            if not guard:
                problems.append(f'{path}: no include guard')
        if not re.match(r'(?:%\{\s*)?/[/*]', tree.text(path)):
            problems.append(f'{path}: the first line is not a sentence saying what the file owns')
    problems += cycles(graph)
    return tree.finish(problems, 'includes')


def cycles(graph):
    done, problems = set(), []

    def visit(path, trail):
        if path in trail:
            problems.append('include cycle: ' + ' → '.join(str(p) for p in trail[trail.index(path):] + [path]))
        elif path not in done:
            for target in sorted(graph.get(path, ())):
                visit(target, trail + [path])
            done.add(path)

    for path in sorted(graph):
        visit(path, [])
    return problems


if __name__ == '__main__':
    sys.exit(main())
