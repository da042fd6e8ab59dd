#!/usr/bin/env python3
"""What users of an installed ppr rely on. Subcommands, each one test (see CMakeLists.txt):

install     installs the build tree into a fresh prefix
headers     every public header alone, in C and C++, without a warning under -Wpedantic; every internal header alone in C
exports     the shared libraries export what the headers declare and nothing else
cmake       consumer projects through find_package
pkgconfig   the same sources through pkg-config
variant     builds and installs the other kind of library (static or shared) in Release, looks for global state, then cmake and pkgconfig with it"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RUNTIME_HEADERS = ('ppr.h', 'run.h', 'native.h')
LANG_HEADERS = ('compile.h', 'diff.h', 'lsp.h', 'sweep.h', 'population.h')


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, encoding='utf-8', check=False, **options)
    if done.returncode != 0:
        sys.exit(f'{" ".join(map(str, command))}\nended with {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def install(build, prefix):
    shutil.rmtree(prefix, ignore_errors=True)
    run('cmake', '--install', build, '--prefix', prefix)
    for name in RUNTIME_HEADERS + LANG_HEADERS:
        if not (prefix / 'include' / 'ppr' / name).is_file():
            sys.exit(f'{name} is not installed')
    share = prefix / 'share'
    for name in ('man/man1/ppr.1', 'man/man1/ppr-run.1', 'man/man1/ppr-evidence.1', 'man/de/man1/ppr.1', 'man/de/man1/ppr-run.1', 'man/de/man1/ppr-evidence.1',
                 'bash-completion/completions/ppr', 'bash-completion/completions/ppr-evidence', 'zsh/site-functions/_ppr',
                 'fish/vendor_completions.d/ppr.fish', 'fish/vendor_completions.d/ppr-evidence.fish', 'ppr/ppr.vsix', 'ppr/ppr.tmLanguage.json'):
        if not (share / name).is_file():
            sys.exit(f'share/{name} is not installed')
    print(run(prefix / 'bin' / 'ppr', '--version').strip())


def headers(arguments):
    public = ROOT / 'runtime' / 'include'
    warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only', f'-I{public}']
    for header in sorted(public.glob('ppr/*.h')):
        text = f'#include <ppr/{header.name}>\n#include <ppr/{header.name}>\n'
        run(arguments.cc, '-std=c99', '-Wstrict-prototypes', *warnings, '-x', 'c', '-', input=text)
        run(arguments.cc, '-std=c11', '-Wstrict-prototypes', *warnings, '-x', 'c', '-', input=text)
        run(arguments.cxx, '-std=c++11', *warnings, '-x', 'c++', '-', input=text)
    folders = [f'-I{ROOT / f}' for f in ('runtime', 'runtime/include', 'lang', 'stdlib')] + [f'-I{arguments.build}/lang']
    for part in ('runtime', 'lang', 'stdlib'):
        for header in sorted((ROOT / part).rglob('*.h')):
            if public not in header.parents:
                run(arguments.cc, '-std=gnu11', '-Wall', '-Wextra', '-Wno-unused-function', '-Werror', '-fsyntax-only', *folders, '-include', header, '-x', 'c',
                    '-', input='int one;\n')


def declared(names):
    found = set()
    for name in names:
        text = (ROOT / 'runtime' / 'include' / 'ppr' / name).read_text(encoding='utf-8')
        found |= set(re.findall(r'^PPR_API [^;(]*?\b(\w+)\(', text, re.M))
    return found


def library(prefix, name):
    found = sorted(prefix.glob(f'lib*/**/{name}'))
    if len(found) != 1:
        sys.exit(f'{name}: found {found}')
    return found[0]


def exports(arguments):
    for name, headers_of in (('libppr.so', RUNTIME_HEADERS), ('libppr-lang.so', RUNTIME_HEADERS + LANG_HEADERS)):
        path = library(arguments.prefix, name)
        lines = run('nm', '-D', '--defined-only', '--format=posix', path).splitlines()
        found = {line.split()[0].split('@')[0] for line in lines}
        if arguments.coverage:
            found = {symbol for symbol in found if not re.match(r'_*(gcov|llvm)_', symbol)}
        foreign = {symbol for symbol in found if not symbol.startswith('ppr_')}
        if foreign:
            sys.exit(f'{name} exports {sorted(foreign)}')
        if found != declared(headers_of):
            sys.exit(f'{name}: declared only {sorted(declared(headers_of) - found)}, exported only {sorted(found - declared(headers_of))}')
        soname = re.search(r'SONAME.*\[(.*)\]', run('readelf', '-d', path))
        if not soname or not re.fullmatch(re.escape(name) + r'\.\d+', soname.group(1)):
            sys.exit(f'{name}: soname {soname and soname.group(1)}')
        print(f'{name}: {len(found)} symbols')


def state(path):
    """Refuses process-global mutable state: objects in the writable sections of a library built without sanitizers."""
    of_compiler = r'completed\.|__dso_handle|__TMC_END__|__bss_start|_edata|_end$|__cpu_(model|features2)$'  # the last: written before main
    own = []
    for line in run('objdump', '-t', path).splitlines():
        match = re.search(r'\sO?\s+(\.(?:t?data|t?bss)(?:\.(?!rel)\S+)?)\t\S+\s+(?:\.hidden )?(\S+)$', line)
        if match and match.group(2) != match.group(1) and not re.match(of_compiler, match.group(2)):
            own.append(match.group(2))
    if own:
        sys.exit(f'{path.name}: global mutable state {own}')


def embedding():
    """Source and expected output of the example in docs/embedding.md."""
    text = (ROOT / 'docs' / 'embedding.md').read_text(encoding='utf-8')
    source = re.search(r'^```c embedding\.c\n(.*?)^```$', text, re.M | re.S)
    output = re.search(r'^```text embedding\.out\n(.*?)^```$', text, re.M | re.S)
    return source.group(1), output.group(1)


def use(programs, prefix, work, shared):
    """Runs the built consumers: compile writes the image the others load."""
    image = work / 'rules.image'
    env = dict(os.environ, LD_LIBRARY_PATH=str(library(prefix, 'libppr.so').parent)) if shared else None
    run(programs / 'compile', HERE / 'consumer' / 'rules.ppr', image, env=env)
    run(programs / 'evaluate', image, env=env)
    print(run(programs / 'evaluate_cpp', image, env=env).strip())
    said = run(programs / 'embedding', env=env)
    if said != embedding()[1]:
        sys.exit(f'docs/embedding.md: the example prints\n{said}')
    needed = set(re.findall(r'NEEDED.*\[(libppr.*?)\.so', run('readelf', '-d', programs / 'evaluate')))
    if needed != ({'libppr'} if shared else set()):
        sys.exit(f'the evaluator alone needs {needed}')


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / 'embedding.c').write_text(embedding()[0], encoding='utf-8')
    return folder


def through_cmake(arguments, prefix, work, shared, flags):
    work = fresh(work)
    run('cmake', '-S', HERE / 'consumer', '-B', work / 'build', '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Debug', f'-DCMAKE_PREFIX_PATH={prefix}',
        f'-DCMAKE_C_COMPILER={arguments.cc}', f'-DCMAKE_CXX_COMPILER={arguments.cxx}', f'-DCMAKE_C_FLAGS={flags}', f'-DCMAKE_CXX_FLAGS={flags}',
        f'-DEMBEDDING_C={work / "embedding.c"}')
    run('cmake', '--build', work / 'build', '--parallel', '2')
    use(work / 'build', prefix, work, shared)


def through_pkgconfig(arguments, prefix, work, shared, flags):
    work = fresh(work)
    env = dict(os.environ, PKG_CONFIG_PATH=str(library(prefix, 'ppr.pc').parent))
    for source, module in (('compile.c', 'ppr-lang'), ('evaluate.c', 'ppr'), ('evaluate.cpp', 'ppr'), ('embedding.c', 'ppr-lang')):
        options = run('pkg-config', '--cflags', '--libs', *([] if shared else ['--static']), module, env=env).split()
        cpp = source.endswith('.cpp')
        path = work / source if source == 'embedding.c' else HERE / 'consumer' / source
        run(*([arguments.cxx, '-std=c++11'] if cpp else [arguments.cc, '-std=c11']), '-Wall', '-Wextra', '-Wpedantic', '-Werror', *flags.split(), path, '-o',
            work / (path.stem + ('_cpp' if cpp else '')), *options)
    use(work, prefix, work, shared)


def variant(arguments):
    shared = not arguments.shared
    work = arguments.work / 'variant'
    run('cmake', '-S', ROOT, '-B', work / 'build', '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DPPR_TESTS=OFF', '-DPPR_WERROR=ON',
        f'-DBUILD_SHARED_LIBS={"ON" if shared else "OFF"}', f'-DCMAKE_C_COMPILER={arguments.cc}')
    run('cmake', '--build', work / 'build', '--parallel', '2')
    install(work / 'build', work / 'prefix')
    for name in ('libppr', 'libppr-lang'):
        state(library(work / 'prefix', name + ('.so' if shared else '.a')))
    through_cmake(arguments, work / 'prefix', work / 'cmake', shared, '')
    through_pkgconfig(arguments, work / 'prefix', work / 'pkgconfig', shared, '')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('command', choices=['install', 'headers', 'exports', 'cmake', 'pkgconfig', 'variant'])
    parser.add_argument('--build', type=pathlib.Path)
    parser.add_argument('--work', type=pathlib.Path)
    parser.add_argument('--cc')
    parser.add_argument('--cxx')
    parser.add_argument('--flags', default='')
    parser.add_argument('--shared', action='store_true')
    parser.add_argument('--coverage', action='store_true')
    arguments = parser.parse_args()
    arguments.prefix = arguments.work / 'prefix'
    if arguments.command == 'install':
        install(arguments.build, arguments.prefix)
    elif arguments.command == 'headers':
        headers(arguments)
    elif arguments.command == 'exports':
        exports(arguments)
    elif arguments.command == 'cmake':
        through_cmake(arguments, arguments.prefix, arguments.work / 'cmake', arguments.shared, arguments.flags)
    elif arguments.command == 'pkgconfig':
        through_pkgconfig(arguments, arguments.prefix, arguments.work / 'pkgconfig', arguments.shared, arguments.flags)
    else:
        variant(arguments)


if __name__ == '__main__':
    main()
