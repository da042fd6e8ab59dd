// The client of `ppr lsp` for Visual Studio Code: starts the program, speaks the protocol with it, and offers what it knows to the editor.
'use strict';
const childProcess = require('child_process');
const vscode = require('vscode');

const SELECTOR = { language: 'ppr' };
const RESTARTS = 3; // in a row, before the server is given up

// Requests and notifications over the pipes of a process.
class Connection {
  constructor(child, onNotification, onEnd) {
    this.child = child;
    this.onNotification = onNotification;
    this.pending = new Map();
    this.nextId = 1;
    this.buffer = Buffer.alloc(0);
    this.ended = false;
    const end = (why) => {
      if (this.ended) return;
      this.ended = true;
      for (const { reject } of this.pending.values()) reject(new Error(why));
      this.pending.clear();
      onEnd(why);
    };
    child.stdout.on('data', (data) => this.receive(data));
    child.stdin.on('error', () => {});
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(`ppr lsp: ${signal || code}`));
  }

  receive(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /Content-Length: *(\d+)/i.exec(this.buffer.toString('ascii', 0, head));
      const end = head + 4 + (length ? Number(length[1]) : 0);
      if (this.buffer.length < end) return;
      const body = this.buffer.toString('utf8', head + 4, end);
      this.buffer = this.buffer.subarray(end);
      if (length) this.take(JSON.parse(body));
    }
  }

  take(message) {
    if (message.method && message.id !== undefined) {
      this.write({ id: message.id, result: null }); // what the server registers is done here anyway
    } else if (message.method) {
      this.onNotification(message.method, message.params);
    } else {
      const waiting = this.pending.get(message.id);
      this.pending.delete(message.id);
      if (!waiting) return;
      if (message.error) waiting.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
      else waiting.resolve(message.result);
    }
  }

  write(message) {
    if (this.ended) return;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }), 'utf8');
    this.child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.child.stdin.write(body);
  }

  notify(method, params) {
    this.write({ method, params });
  }

  request(method, params, token) {
    if (this.ended) return Promise.reject(new Error('ppr lsp'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.write({ id, method, params });
      if (token) token.onCancellationRequested(() => this.notify('$/cancelRequest', { id }));
    });
  }
}

// Positions count UTF-16 units on both sides.
const toPosition = (p) => new vscode.Position(p.line, p.character);
const toRange = (r) => new vscode.Range(toPosition(r.start), toPosition(r.end));
const toLocation = (l) => new vscode.Location(vscode.Uri.parse(l.uri), toRange(l.range));
const fromPosition = (p) => ({ line: p.line, character: p.character });
const fromRange = (r) => ({ start: fromPosition(r.start), end: fromPosition(r.end) });

function toEdit(result) {
  const edit = new vscode.WorkspaceEdit();
  for (const [uri, changes] of Object.entries((result && result.changes) || {}))
    for (const change of changes) edit.replace(vscode.Uri.parse(uri), toRange(change.range), change.newText);
  return edit;
}

function toDiagnostic(d) {
  const made = new vscode.Diagnostic(toRange(d.range), d.message, d.severity - 1);
  made.code = d.code;
  made.source = d.source;
  if (d.relatedInformation)
    made.relatedInformation = d.relatedInformation.map((n) => new vscode.DiagnosticRelatedInformation(toLocation(n.location), n.message));
  return made;
}

function toSymbol(s) {
  const made = new vscode.DocumentSymbol(s.name, s.detail || '', s.kind - 1, toRange(s.range), toRange(s.selectionRange));
  made.children = s.children.map(toSymbol);
  return made;
}

function toItem(i) {
  const made = new vscode.CompletionItem(i.label, i.kind - 1);
  made.detail = i.detail;
  made.sortText = i.sortText;
  made.range = toRange(i.textEdit.range);
  made.insertText = i.textEdit.newText;
  return made;
}

function toAction(a) {
  const made = new vscode.CodeAction(a.title, vscode.CodeActionKind.QuickFix);
  made.edit = toEdit(a.edit);
  made.isPreferred = a.isPreferred;
  made.diagnostics = a.diagnostics.map(toDiagnostic);
  return made;
}

class Client {
  constructor(output) {
    this.output = output;
    this.diagnostics = vscode.languages.createDiagnosticCollection('ppr');
    this.failures = 0;
    this.stopping = false;
    this.start();
  }

  start() {
    const settings = vscode.workspace.getConfiguration('ppr');
    this.open = new Set(); // URIs the server was told of
    const path = settings.get('server.path', 'ppr');
    const child = childProcess.spawn(path, ['lsp'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stderr.on('data', (data) => this.output.append(data.toString()));
    const connection = new Connection(child, (method, params) => this.told(method, params), (why) => this.ended(connection, why, path));
    this.connection = connection;
    const capabilities = { general: { positionEncodings: ['utf-16'] }, textDocument: { rename: { prepareSupport: true } } };
    this.ready = connection.request('initialize', { processId: process.pid, rootUri: null, locale: settings.get('language', 'de'), capabilities }).then(() => {
      connection.notify('initialized', {});
      for (const document of vscode.workspace.textDocuments) this.opened(document);
    });
    this.ready.catch(() => {}); // told by `ended`
  }

  ended(connection, why, path) {
    if (this.stopping || connection !== this.connection) return;
    this.diagnostics.clear();
    this.output.appendLine(why);
    if (++this.failures <= RESTARTS && !/ENOENT|EACCES/.test(why)) this.start();
    else vscode.window.showErrorMessage(`ppr: ${path} lsp läuft nicht (${why}). Den Pfad nennt die Einstellung ppr.server.path.`);
  }

  async stop() {
    this.stopping = true;
    this.diagnostics.clear();
    const connection = this.connection;
    try {
      await connection.request('shutdown', null);
      connection.notify('exit', null);
    } catch {
      // it has gone already
    }
  }

  told(method, params) {
    if (method === 'textDocument/publishDiagnostics') this.diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(toDiagnostic));
    else if (method === 'window/showMessage') vscode.window[params.type === 1 ? 'showErrorMessage' : 'showInformationMessage'](params.message);
  }

  opened(document) {
    if (document.languageId !== 'ppr' || this.open.has(document.uri.toString())) return;
    this.open.add(document.uri.toString());
    this.connection.notify('textDocument/didOpen',
      { textDocument: { uri: document.uri.toString(), languageId: 'ppr', version: document.version, text: document.getText() } });
  }

  changed(event) {
    if (!this.open.has(event.document.uri.toString()) || !event.contentChanges.length) return;
    this.failures = 0;
    this.connection.notify('textDocument/didChange', {
      textDocument: { uri: event.document.uri.toString(), version: event.document.version },
      contentChanges: event.contentChanges.map((c) => ({ range: fromRange(c.range), text: c.text })),
    });
  }

  saved(document) {
    if (this.open.has(document.uri.toString())) this.connection.notify('textDocument/didSave', { textDocument: { uri: document.uri.toString() } });
  }

  closed(document) {
    if (this.open.delete(document.uri.toString())) this.connection.notify('textDocument/didClose', { textDocument: { uri: document.uri.toString() } });
  }

  async ask(method, document, token, more) {
    await this.ready;
    return this.connection.request(method, { textDocument: { uri: document.uri.toString() }, ...more }, token);
  }

  at(method, document, position, token, more) {
    return this.ask(method, document, token, { position: fromPosition(position), ...more });
  }
}

function providers(client) {
  const { languages } = vscode;
  return [
    languages.registerHoverProvider(SELECTOR, {
      provideHover: async (d, p, t) => {
        const result = await client.at('textDocument/hover', d, p, t);
        return result && new vscode.Hover(new vscode.MarkdownString(result.contents.value), toRange(result.range));
      },
    }),
    languages.registerDefinitionProvider(SELECTOR, {
      provideDefinition: async (d, p, t) => {
        const result = await client.at('textDocument/definition', d, p, t);
        return result && toLocation(result);
      },
    }),
    languages.registerReferenceProvider(SELECTOR, {
      provideReferences: async (d, p, context, t) => {
        const result = await client.at('textDocument/references', d, p, t, { context: { includeDeclaration: context.includeDeclaration } });
        return result && result.map(toLocation);
      },
    }),
    languages.registerDocumentHighlightProvider(SELECTOR, {
      provideDocumentHighlights: async (d, p, t) => {
        const result = await client.at('textDocument/documentHighlight', d, p, t);
        return result && result.map((h) => new vscode.DocumentHighlight(toRange(h.range), h.kind - 1));
      },
    }),
    languages.registerRenameProvider(SELECTOR, {
      prepareRename: async (d, p, t) => {
        const result = await client.at('textDocument/prepareRename', d, p, t);
        if (!result) throw new Error('Hier steht kein Name.');
        return { range: toRange(result.range), placeholder: result.placeholder };
      },
      provideRenameEdits: async (d, p, newName, t) => toEdit(await client.at('textDocument/rename', d, p, t, { newName })),
    }),
    languages.registerCompletionItemProvider(SELECTOR, {
      provideCompletionItems: async (d, p, t) => (await client.at('textDocument/completion', d, p, t)).items.map(toItem),
    }, '['),
    languages.registerDocumentFormattingEditProvider(SELECTOR, {
      provideDocumentFormattingEdits: async (d, options, t) => {
        const result = await client.ask('textDocument/formatting', d, t, { options });
        return result && result.map((e) => vscode.TextEdit.replace(toRange(e.range), e.newText));
      },
    }),
    languages.registerDocumentSymbolProvider(SELECTOR, {
      provideDocumentSymbols: async (d, t) => (await client.ask('textDocument/documentSymbol', d, t)).map(toSymbol),
    }),
    languages.registerCodeActionsProvider(SELECTOR, {
      provideCodeActions: async (d, range, context, t) =>
        (await client.ask('textDocument/codeAction', d, t, { range: fromRange(range), context: { diagnostics: [] } })).map(toAction),
    }, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    languages.registerCodeLensProvider(SELECTOR, {
      provideCodeLenses: async (d, t) => (await client.ask('textDocument/codeLens', d, t)).map((l) => new vscode.CodeLens(toRange(l.range), l.command)),
    }),
  ];
}

let client;

function activate(context) {
  const output = vscode.window.createOutputChannel('ppr');
  client = new Client(output);
  const { workspace, commands } = vscode;
  const watcher = workspace.createFileSystemWatcher('**/*.ppr');
  const onDisk = (type) => (uri) => client.connection.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uri.toString(), type }] });
  watcher.onDidCreate(onDisk(1));
  watcher.onDidChange(onDisk(2));
  watcher.onDidDelete(onDisk(3));
  context.subscriptions.push(
    output,
    watcher,
    client.diagnostics,
    ...providers(client),
    workspace.onDidOpenTextDocument((d) => client.ready.then(() => client.opened(d), () => {})),
    workspace.onDidChangeTextDocument((e) => client.changed(e)),
    workspace.onDidSaveTextDocument((d) => client.saved(d)),
    workspace.onDidCloseTextDocument((d) => client.closed(d)),
    commands.registerCommand('ppr.runTest', (...args) => client.connection.request('workspace/executeCommand', { command: 'ppr.runTest', arguments: args })
      .catch((error) => vscode.window.showErrorMessage(error.message))),
    commands.registerCommand('ppr.restart', async () => {
      await client.stop();
      client.stopping = false;
      client.failures = 0;
      client.start();
    }),
  );
}

function deactivate() {
  return client && client.stop();
}

module.exports = { activate, deactivate };
