import { chmod, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchResponse } from '../fetch-response.mjs';
import { Program } from '../program.mjs';
import { command, installed, NotInstalled } from './install.mjs';
import { API_KEY, deploymentName, modelName } from './names.mjs';

const MODULE = 'github.com/QuantumNous/new-api';
const VERSION = 'v0.13.2';
const SUM = 'h1:ueyjrvvhKly0SNXdb5F1227eiOGe9oIs1LcFokY+idY=';
const CHANNELS = '/api/channel/';
const PAGE = 100;

/** new-api (QuantumNous), written in Go with GORM. Its channels are the deployments. */
export const newApi = {
  name: 'new-api',
  version: VERSION,
  configuration: [
    'new-api is built from its Go module without its web pages. No Redis and no memory cache, which is its default. Its limit of API requests per address is off. Its request log goes to /dev/null.',
    'Its list has pages of at most 100; `list` reads all of them in turn. It stores keys in plain text. Caret seals them and writes an audit row.',
  ],
  install: () => installed(`new-api-${VERSION}`, build),
  start,
};

/** Builds like its Dockerfile, without the web pages, which its Go module does not have. */
async function build(directory) {
  const downloaded = JSON.parse(await command('go', ['mod', 'download', '-json', `${MODULE}@${VERSION}`]));
  if (downloaded.Sum !== SUM) throw new NotInstalled(`${MODULE}@${VERSION} has another checksum`);
  const source = join(directory, 'source');
  await cp(downloaded.Dir, source, { recursive: true });
  await makeWritable(source);
  await mkdir(join(source, 'web/dist'), { recursive: true });
  await writeFile(join(source, 'web/dist/index.html'), '');
  const link = `-s -w -X ${MODULE}/common.Version=${VERSION}`;
  const target = join(directory, 'new-api');
  await command('go', ['build', '-ldflags', link, '-o', target, '.'], {
    cwd: source,
    env: { CGO_ENABLED: '0' },
  });
  await rm(source, { recursive: true });
}

/** Makes a copy of the read-only module cache writable. */
async function makeWritable(directory) {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
  }
}

/** Starts an instance on the empty database of `databaseUrl`, or on SQLite in `directory`. */
async function start({ installation, directory, databaseUrl }) {
  await mkdir(directory);
  const program = await Program.startCommand(() => [join(installation, 'new-api'), '--log-dir', ''], {
    cwd: directory,
    env: (port) => ({
      PORT: String(port),
      GLOBAL_API_RATE_LIMIT_ENABLE: 'false',
      ...(databaseUrl && { SQL_DSN: dataSourceName(databaseUrl) }),
    }),
    ready: '/api/status',
  });
  try {
    return {
      program,
      headers: await signIn(program),
      create,
      list,
      names,
      read,
      find,
      stop: () => program.stop(),
    };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

function dataSourceName(url) {
  const { username, password, host, pathname } = new URL(url);
  return `${username}:${password}@tcp(${host})${pathname}`;
}

/** Creates the first user with an access token, like an operator's script. Returns the request headers. */
async function signIn(program) {
  const credentials = { username: 'root', password: 'bench-password' };
  const setup = { ...credentials, confirmPassword: credentials.password };
  await succeed(program, { method: 'POST', path: '/api/setup', body: JSON.stringify(setup) });
  const login = { method: 'POST', path: '/api/user/login', body: JSON.stringify(credentials) };
  const { content, headers } = await succeed(program, login);
  const user = { 'New-Api-User': String(content.data.id) };
  const cookie = [headers['set-cookie']].flat().map((line) => line.split(';')[0]);
  const tokenRequest = { path: '/api/user/token', headers: { ...user, Cookie: cookie.join('; ') } };
  const token = (await succeed(program, tokenRequest)).content.data;
  return { ...user, Authorization: `Bearer ${token}` };
}

/** Sends a request and rejects a failure, which new-api also returns with 200. */
async function succeed(program, request) {
  const { bytes, headers } = await fetchResponse(program, request);
  const content = JSON.parse(bytes);
  if (!content.success) throw new Error(`new-api: ${request.path}: ${content.message}`);
  return { content, headers };
}

/** Creates a channel. A failure has a response of another length, which the client rejects. */
async function create(send, number) {
  const channel = {
    name: deploymentName(number),
    type: 1,
    key: API_KEY,
    // A port without a listener, so that no background request leaves the machine.
    base_url: 'http://127.0.0.1:9',
    models: modelName(number),
    group: 'default',
  };
  await send('create', { method: 'POST', path: CHANNELS, body: { mode: 'single', channel } });
}

async function list(send, count) {
  const pages = [];
  for (let page = 1; pages.length * PAGE < count; page += 1) {
    const path = `${CHANNELS}?p=${page}&page_size=${PAGE}&id_sort=true`;
    pages.push(await send(`page ${page} of ${count}`, { path }));
  }
  return pages;
}

async function names(send, count) {
  return [await send(`names of ${count}`, { path: `${CHANNELS}models_enabled` })];
}

function find(pages, number) {
  const channels = pages.flatMap((page) => JSON.parse(page).data.items);
  return channels.find(({ name }) => name === deploymentName(number)).id;
}

async function read(send, id) {
  return [await send(`read ${id}`, { path: `${CHANNELS}${id}` })];
}
