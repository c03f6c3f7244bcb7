/**
 * The floor of reading or writing one row over HTTP: bare node:http and the job's prepared statement on the database's
 * own driver, with one transaction per write. It has no authentication, sealing, validation, audit event, revision or
 * change log. Its argument is a file with `{ database, provider, model }`: the argument of {@link openDatabase} and the
 * ids of the rows to read and change.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { v7 as newId } from 'uuid';
import { openDatabase } from './database.mjs';
import { sayListening } from './listening.mjs';

const { database, provider, model, columns } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { read } = openDatabase(database);

const select = (table) => `SELECT * FROM ${table} WHERE id = ?`;
const insert = (table) =>
  `INSERT INTO ${table} (${columns[table].join(', ')}) VALUES (${columns[table].map(() => '?').join(', ')})`;
const MODELS = 'SELECT * FROM provider_models WHERE provider_id = ?';
const PATCH = 'UPDATE provider_models SET priority = ? WHERE id = ?';

const [providerRow] = await read(select('providers'), [provider]);
const [modelRow] = await read(select('provider_models'), [model]);
const copyOf = (table, row, values) =>
  columns[table].map((name, index) => (name in values ? values[name] : row[index]));

const jobs = {
  'GET /provider': async () => [await read(select('providers'), [provider]), await read(MODELS, [provider])],
  'GET /model': () => read(select('provider_models'), [model]),
  'POST /provider': ({ name }) => insertCopy('providers', providerRow, { name, name_key: name }),
  'POST /model': ({ model: name }) =>
    insertCopy('provider_models', modelRow, { model: name, model_key: name, default_of: null }),
  async 'PATCH /model'({ priority }) {
    await read(PATCH, [priority, model]);
    return { priority };
  },
};

async function insertCopy(table, row, values) {
  const id = newId();
  await read(insert(table), copyOf(table, row, { ...values, id }));
  return { id };
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => void respond(request, response, Buffer.concat(chunks)));
});

async function respond(request, response, body) {
  try {
    const result = await jobs[`${request.method} ${request.url}`](body.length > 0 ? JSON.parse(body) : null);
    const status = request.method === 'POST' ? 201 : 200;
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(result));
  } catch (error) {
    response.writeHead(500).end(String(error.code ?? error.name));
  }
}

server.listen(0, '127.0.0.1', () => sayListening(server.address()));
