-- Drives `ppr lsp` through Neovim's language client. Environment: PPR, RULES (a folder of rule files that may be changed).
local ppr, rules = vim.env.PPR, vim.env.RULES
local PATIENCE = 60000
local checks = 0

local function check(condition, what)
  checks = checks + 1
  if not condition then error(what, 2) end
end
local function equal(found, wanted, what)
  check(vim.deep_equal(found, wanted), what .. ': ' .. vim.inspect(found) .. ' instead of ' .. vim.inspect(wanted))
end

local messages = {}
vim.lsp.handlers['window/showMessage'] = function(_, result) table.insert(messages, result.message) end

local function open(name)
  vim.cmd('edit ' .. vim.fn.fnameescape(rules .. '/' .. name))
  vim.bo.filetype = 'ppr'
  return vim.api.nvim_get_current_buf()
end

-- Line (from 0) and byte column of the first place where the words stand.
local function place(buffer, words, after)
  for i, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local at = line:find(words, 1, true)
    if at then return i - 1, at - 1 + (after or 0) end
  end
  error('not in the text: ' .. words)
end

local function run()
  local client = vim.lsp.start_client({ name = 'ppr', cmd = { ppr, 'lsp' }, root_dir = rules })
  check(client, 'no client')
  local first, second = open('2024-01.ppr'), open('2024-07.ppr')
  for _, buffer in ipairs({ first, second }) do check(vim.lsp.buf_attach_client(buffer, client), 'not attached') end
  check(vim.wait(PATIENCE, function() return vim.lsp.get_client_by_id(client).initialized end), 'not initialized')
  local capabilities = vim.lsp.get_client_by_id(client).server_capabilities
  check(capabilities.hoverProvider and capabilities.renameProvider, 'capabilities')

  local function request(method, buffer, words, after, more)
    vim.api.nvim_set_current_buf(buffer)
    local line, column = place(buffer, words, after)
    vim.api.nvim_win_set_cursor(0, { line + 1, column })
    local params = vim.tbl_extend('force', vim.lsp.util.make_position_params(0, vim.lsp.get_client_by_id(client).offset_encoding), more or {})
    local answers, why = vim.lsp.buf_request_sync(buffer, method, params, PATIENCE)
    check(answers and answers[client], method .. ': ' .. tostring(why))
    return answers[client].result, answers[client].error
  end

  -- "    wenn Bereich ist": the ä of the rule before it counts one unit but two bytes; the client converts.
  local hover = request('textDocument/hover', first, '* Größe der Stufe', 4)
  check(hover.contents.value:find('zeitreihe Größe der Stufe : Prozent(0)', 1, true), 'hover')
  check(hover.contents.value:find('ab 01.01.2024: 90 %; ab 01.01.2027: 95 %', 1, true), 'hover: values')

  local definition = request('textDocument/definition', second, 'ergänze tabelle Minutenwert', 20)
  vim.lsp.util.jump_to_location(definition, 'utf-16')
  equal(vim.api.nvim_get_current_buf(), first, 'definition: buffer')
  equal({ place(first, 'tabelle Minutenwert', 8) }, { vim.api.nvim_win_get_cursor(0)[1] - 1, vim.api.nvim_win_get_cursor(0)[2] }, 'definition: place')

  local references = request('textDocument/references', first, 'regel Wochen', 7, { context = { includeDeclaration = true } })
  equal(#references, 5, 'references')

  local completion = request('textDocument/completion', first, '= Tage / 7', 4)
  local found = vim.tbl_filter(function(item) return item.label == 'Tage' end, completion.items)
  equal(#found, 1, 'completion')

  local symbols = request('textDocument/documentSymbol', first, 'regelwerk')
  check(#vim.lsp.util.symbols_to_items(symbols, first) >= 14, 'symbols')

  local lenses = request('textDocument/codeLens', first, 'regelwerk')
  equal(#lenses, 1, 'lenses')
  local result = vim.lsp.buf_request_sync(first, 'workspace/executeCommand', lenses[1].command, PATIENCE)[client].result
  equal(result.passed, true, 'test')
  check(vim.wait(PATIENCE, function() return #messages > 0 end), 'no message')

  -- Renaming a name of several words with umlauts, in both files, through the client.
  local edit = request('textDocument/rename', first, '* Größe der Stufe', 4, { newName = 'Höhe der Einführungsstufe' })
  vim.lsp.util.apply_workspace_edit(edit, 'utf-16')
  check(table.concat(vim.api.nvim_buf_get_lines(first, 0, -1, false), '\n'):find('= VKS[a] * Höhe der Einführungsstufe >= 1 Stunde', 1, true), 'rename')
  local _, refused = request('textDocument/rename', first, 'regel VKS', 7, { newName = 'wenn' })
  equal(refused.code, -32602, 'rename to a keyword')

  -- An error typed in, its diagnostic, the fix of the server, and no error again.
  local line, column = place(first, '= Tage / 7', 2)
  vim.api.nvim_buf_set_text(first, line, column, line, column + 4, { 'Täge' })
  check(vim.wait(PATIENCE, function() return #vim.diagnostic.get(first) == 1 end), 'no diagnostic')
  local diagnostic = vim.diagnostic.get(first)[1]
  equal({ diagnostic.code or diagnostic.user_data.lsp.code, diagnostic.lnum, diagnostic.col, diagnostic.end_col }, { 'PPR2001', line, column, column + 5 }, 'diagnostic')
  local at = { line = line, character = column + 1 }
  local actions = request('textDocument/codeAction', first, '= Täge / 7', 3, { range = { start = at, ['end'] = at }, context = { diagnostics = {} } })
  equal(#actions, 1, 'actions')
  vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
  check(place(first, '= Tage / 7'), 'fix')
  check(vim.wait(PATIENCE, function() return #vim.diagnostic.get(first) == 0 end), 'the diagnostic stays')

  -- Layout.
  line, column = place(first, '= Tage / 7', 0)
  vim.api.nvim_buf_set_text(first, line, column, line, column + 2, { '=     ' })
  local edits = request('textDocument/formatting', first, 'regelwerk', 0, { options = { tabSize = 2, insertSpaces = true } })
  vim.lsp.util.apply_text_edits(edits, first, 'utf-16')
  check(place(first, '  = Tage / 7'), 'formatting')

  vim.lsp.stop_client(client)
  check(vim.wait(PATIENCE, function() return vim.lsp.get_client_by_id(client) == nil end), 'the server stays')
end

local ok, why = xpcall(run, debug.traceback)
io.stdout:write(ok and ('nvim: ' .. checks .. ' checks\n') or ('nvim: ' .. why .. '\n'))
vim.cmd(ok and 'qall!' or 'cquit 1')
