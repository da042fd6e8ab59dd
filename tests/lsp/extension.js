// The packed extension in a stand-in for the editor, with the real server: node extension.js UNPACKED_FOLDER PPR RULES_FOLDER
'use strict';
const assert = require('assert');
const fs = require('fs');
const Module = require('module');
const path = require('path');

const [folder, ppr, rules] = process.argv.slice(2);

class Position { constructor(line, character) { Object.assign(this, { line, character }); } }
class Range { constructor(start, end) { Object.assign(this, { start, end }); } }
class Uri {
  constructor(text) { this.text = text; }
  toString() { return this.text; }
  static parse(text) { return new Uri(text); }
}
class WorkspaceEdit {
  constructor() { this.edits = []; }
  replace(uri, range, text) { this.edits.push({ uri: uri.toString(), range, text }); }
}
const record = (...names) => class { constructor(...values) { names.forEach((name, i) => { this[name] = values[i]; }); } };

const registered = {};
const events = {};
const told = [];
const shown = [];
const documents = [];
const on = (name) => (handler) => { events[name] = handler; return { dispose() {} }; };
const register = (name) => (selector, provider) => { assert.deepStrictEqual(selector, { language: 'ppr' }); registered[name] = provider; return { dispose() {} }; };
let settings = { 'server.path': ppr, language: 'de' };
const commands = {};
let spawned = 0;

const vscode = {
  Position, Range, Uri, WorkspaceEdit,
  Location: record('uri', 'range'), Hover: record('contents', 'range'), MarkdownString: record('value'), Diagnostic: record('range', 'message', 'severity'),
  DiagnosticRelatedInformation: record('location', 'message'), DocumentHighlight: record('range', 'kind'), CompletionItem: record('label', 'kind'),
  DocumentSymbol: record('name', 'detail', 'kind', 'range', 'selectionRange'), CodeAction: record('title', 'kind'), CodeLens: record('range', 'command'),
  TextEdit: { replace: (range, newText) => ({ range, newText }) }, CodeActionKind: { QuickFix: 'quickfix' },
  languages: {
    createDiagnosticCollection: () => ({ set: (uri, list) => told.push({ uri: uri.toString(), list }), clear() { told.push({ uri: '', list: [] }); }, dispose() {} }),
    registerHoverProvider: register('hover'), registerDefinitionProvider: register('definition'), registerReferenceProvider: register('references'),
    registerDocumentHighlightProvider: register('highlight'), registerRenameProvider: register('rename'), registerCompletionItemProvider: register('completion'),
    registerDocumentFormattingEditProvider: register('formatting'), registerDocumentSymbolProvider: register('symbols'),
    registerCodeActionsProvider: register('actions'), registerCodeLensProvider: register('lenses'),
  },
  workspace: {
    textDocuments: documents, getConfiguration: () => ({ get: (name, otherwise) => settings[name] ?? otherwise }),
    createFileSystemWatcher: () => ({ onDidCreate() {}, onDidChange() {}, onDidDelete() {} }), onDidOpenTextDocument: on('open'),
    onDidChangeTextDocument: on('change'), onDidSaveTextDocument: on('save'), onDidCloseTextDocument: on('close'),
  },
  window: {
    createOutputChannel: () => ({ append: (text) => process.stderr.write(text), appendLine() {}, dispose() {} }),
    showErrorMessage: (text) => shown.push(['error', text]), showInformationMessage: (text) => shown.push(['info', text]),
  },
  commands: { registerCommand: (name, run) => { commands[name] = run; return { dispose() {} }; } },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const spawn = require('child_process').spawn;
require('child_process').spawn = (...args) => { spawned++; return spawn(...args); };

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(what, condition) {
  for (const end = Date.now() + 60000; Date.now() < end; await sleep(10)) {
    const found = condition();
    if (found) return found;
  }
  assert.fail(`waited in vain: ${what}`);
}

function open(file) {
  const document = { uri: new Uri(`file://${file}`), languageId: 'ppr', version: 1, text: fs.readFileSync(file, 'utf8'), getText() { return this.text; } };
  documents.push(document);
  return document;
}
const place = (document, words, after = 0) => {
  const at = document.text.indexOf(words);
  assert(at >= 0, words);
  const before = document.text.slice(0, at + after).split('\n');
  return new Position(before.length - 1, before[before.length - 1].length);
};
function replace(document, old, text) {
  const range = new Range(place(document, old), place(document, old, old.length));
  document.text = document.text.replace(old, text);
  document.version++;
  events.change({ document, contentChanges: [{ range, text }] });
}

async function main() {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const extension = require(path.join(folder, manifest.main));
  const first = open(path.join(rules, '2024-01.ppr'));
  const context = { subscriptions: [] };
  extension.activate(context);
  assert(context.subscriptions.length > 10);
  const second = open(path.join(rules, '2024-07.ppr'));
  events.open(second);
  await until('no diagnostics', () => told.some((t) => t.uri === first.uri.toString() && t.list.length === 0));

  const hover = await registered.hover.provideHover(first, place(first, 'regel Wochen', 7));
  assert.match(hover.contents.value, /\| 2024-07 \| = Tage \/ 6 Tag je Woche/);
  const definition = await registered.definition.provideDefinition(second, place(second, 'erwarte Wochen', 9));
  assert.strictEqual(definition.uri.toString(), second.uri.toString());
  assert.strictEqual(definition.range.start.line, place(second, 'ändere regel Wochen').line);
  const references = await registered.references.provideReferences(first, place(first, 'regel Wochen', 7), { includeDeclaration: true });
  assert.strictEqual(references.length, 5);
  const highlights = await registered.highlight.provideDocumentHighlights(first, place(first, 'regel Wochen', 7));
  assert.deepStrictEqual(highlights.map((h) => h.kind), [2, 1, 1]);
  const prepared = await registered.rename.prepareRename(first, place(first, 'regel VKS', 7));
  assert.strictEqual(prepared.placeholder, 'VKS');
  await assert.rejects(registered.rename.prepareRename(first, place(first, 'regel VKS', 2)));
  const edit = await registered.rename.provideRenameEdits(first, place(first, 'regel VKS', 7), 'Stunden');
  assert.strictEqual(edit.edits.length, 5); // the rule, two uses, a test in each file
  await assert.rejects(registered.rename.provideRenameEdits(first, place(first, 'regel VKS', 7), 'wenn'), /Name/);
  const items = await registered.completion.provideCompletionItems(first, place(first, '= Tage / 7', 4));
  assert(items.some((i) => i.label === 'Tage' && i.insertText === 'Tage' && i.kind === 4));
  assert.deepStrictEqual(await registered.formatting.provideDocumentFormattingEdits(first, {}), []);
  const symbols = await registered.symbols.provideDocumentSymbols(first);
  assert.strictEqual(symbols.find((s) => s.name === 'Wochen').children[0].name, 'Tagesklinik');
  const lenses = await registered.lenses.provideCodeLenses(first);
  assert.strictEqual(lenses.length, 1);
  await commands[lenses[0].command.command](...lenses[0].command.arguments);
  await until('the result of the test', () => shown.some(([kind, text]) => kind === 'info' && /eine Station.*bestanden/.test(text)));

  replace(first, '= Tage / 7', '= Tge / 7');
  const wrong = await until('the error', () => told.find((t) => t.uri === first.uri.toString() && t.list.length));
  assert.strictEqual(wrong.list[0].code, 'PPR2001');
  assert.strictEqual(wrong.list[0].severity, 0);
  const at = place(first, '= Tge / 7', 3);
  const actions = await registered.actions.provideCodeActions(first, new Range(at, at), {});
  assert.deepStrictEqual(actions.map((a) => [a.title, a.edit.edits.length]), [['„Tge“ durch „Tage“ ersetzen', 1]]);
  events.save(first);
  events.close(second);

  assert.strictEqual(spawned, 1);
  await commands['ppr.restart']();
  assert.strictEqual(spawned, 2);
  assert(await registered.hover.provideHover(first, place(first, 'regel Wochen', 7)));
  settings = { 'server.path': path.join(folder, 'nirgends') };
  await commands['ppr.restart']();
  await until('the message', () => shown.some(([kind, text]) => kind === 'error' && /ppr.server.path/.test(text)));
  assert.strictEqual(spawned, 3); // a program that is not there is not started again and again
  await extension.deactivate();
  console.log('extension: ok');
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
