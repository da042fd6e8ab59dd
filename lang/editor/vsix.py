#!/usr/bin/env python3
"""Packs the extension for Visual Studio Code: vsix.py OUT. A .vsix is a zip; the same files give the same bytes."""
import json
import pathlib
import sys
import zipfile
from xml.sax.saxutils import escape, quoteattr

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FILES = ('package.json', 'extension.js', 'language-configuration.json', 'README.md', 'syntaxes/ppr.tmLanguage.json', 'snippets/ppr.json')
TYPES = {'.json': 'application/json', '.js': 'application/javascript', '.md': 'text/markdown', '.txt': 'text/plain', '.vsixmanifest': 'text/xml'}


def content_types():
    rows = ''.join(f'<Default Extension={quoteattr(suffix)} ContentType={quoteattr(kind)}/>' for suffix, kind in TYPES.items())
    return f'<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{rows}</Types>\n'


def manifest(package):
    asset = lambda kind, path: f'    <Asset Type="{kind}" Path={quoteattr(path)} Addressable="true"/>\n'
    return f'''<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="de" Id={quoteattr(package['name'])} Version={quoteattr(package['version'])} Publisher={quoteattr(package['publisher'])}/>
    <DisplayName>{escape(package['displayName'])}</DisplayName>
    <Description xml:space="preserve">{escape(package['description'])}</Description>
    <Tags>ppr</Tags>
    <Categories>{escape(','.join(package['categories']))}</Categories>
    <License>extension/LICENSE.txt</License>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value={quoteattr(package['engines']['vscode'])}/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
{asset('Microsoft.VisualStudio.Code.Manifest', 'extension/package.json')}{asset('Microsoft.VisualStudio.Services.Content.Details', 'extension/README.md')}{asset('Microsoft.VisualStudio.Services.Content.License', 'extension/LICENSE.txt')}  </Assets>
</PackageManifest>
'''


def entries():
    package = json.loads((HERE / 'vscode' / 'package.json').read_text(encoding='utf-8'))
    yield '[Content_Types].xml', content_types().encode()
    yield 'extension.vsixmanifest', manifest(package).encode()
    for name in FILES:
        yield f'extension/{name}', (HERE / 'vscode' / name).read_bytes()
    yield 'extension/LICENSE.txt', (ROOT / 'LICENSE').read_bytes()


def main():
    out = pathlib.Path(sys.argv[1])
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)


if __name__ == '__main__':
    main()
