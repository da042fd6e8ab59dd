#!/usr/bin/env python3
"""The packed extension: vsix.py VSIX UNPACK_INTO. What is inside, that it is complete, and that packing again gives the same bytes; then unpacks it for
the test that runs it."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EDITOR = ROOT / 'lang' / 'editor'


def main():
    vsix, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    with zipfile.ZipFile(vsix) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        shutil.rmtree(target, True)
        archive.extractall(target)
    source = {f'extension/{p.relative_to(EDITOR / "vscode").as_posix()}' for p in (EDITOR / 'vscode').rglob('*') if p.is_file()}
    assert names == source | {'[Content_Types].xml', 'extension.vsixmanifest', 'extension/LICENSE.txt'}, names ^ source
    for name in source:
        assert (target / name).read_bytes() == (EDITOR / 'vscode' / name.split('/', 1)[1]).read_bytes(), name

    package = json.loads((target / 'extension' / 'package.json').read_text(encoding='utf-8'))
    version = re.search(r'project\(ppr VERSION ([0-9.]+)', (ROOT / 'CMakeLists.txt').read_text(encoding='utf-8')).group(1)
    assert package['version'] == version, f'package.json says {package["version"]}, CMakeLists.txt {version}'
    contributes = package['contributes']
    files = [package['main'], contributes['languages'][0]['configuration'], contributes['grammars'][0]['path'], contributes['snippets'][0]['path']]
    for file in files:
        assert (target / 'extension' / file).is_file(), file
    for file in files[1:]:
        json.loads((target / 'extension' / file).read_text(encoding='utf-8'))
    assert contributes['languages'][0]['extensions'] == ['.ppr']
    assert contributes['grammars'][0]['scopeName'] == json.loads((target / 'extension' / contributes['grammars'][0]['path']).read_text(encoding='utf-8'))['scopeName']

    space = {'v': 'http://schemas.microsoft.com/developer/vsx-schema/2011'}
    manifest = xml.parse(target / 'extension.vsixmanifest').getroot()
    identity = manifest.find('v:Metadata/v:Identity', space)
    assert (identity.get('Id'), identity.get('Version'), identity.get('Publisher')) == (package['name'], package['version'], package['publisher'])
    for asset in manifest.findall('v:Assets/v:Asset', space):
        assert (target / asset.get('Path')).is_file(), asset.get('Path')
    types = {e.get('Extension') for e in xml.parse(target / '[Content_Types].xml').getroot()}
    assert {pathlib.PurePosixPath(name).suffix for name in names - {'[Content_Types].xml'}} <= types, types

    with tempfile.TemporaryDirectory() as folder:
        again = pathlib.Path(folder) / 'again.vsix'
        subprocess.run([sys.executable, EDITOR / 'vsix.py', again], check=True)
        assert again.read_bytes() == vsix.read_bytes(), 'packing again gives other bytes'
    print(f'{len(names)} files, {vsix.stat().st_size} bytes')


if __name__ == '__main__':
    main()
