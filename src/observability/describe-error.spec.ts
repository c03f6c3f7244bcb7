import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { QueryFailedError } from 'typeorm';
import { interceptors, Agent, request } from 'undici';
import { DomainError } from '../common/domain-error';
import { ProblemFilter } from '../http/problem/problem.filter';
import { describeError } from './describe-error';
import { createLogger, NestLogger } from './logger';

const MARKER = 'sk-marker-Vq7ZtW3xKp9LmR2c';

/** Returns what `act` throws. */
async function thrownBy(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

/** Starts a server that sends these bytes to each connection. */
async function serveBytes(bytes: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(bytes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function failedCall(bytes: string): Promise<unknown> {
  const upstream = await serveBytes(bytes);
  const dispatcher = new Agent().compose(interceptors.responseError());
  const headers = { authorization: `Bearer ${MARKER}` };
  const error = await thrownBy(() => request(`${upstream.url}/${MARKER}`, { headers, dispatcher }));
  upstream.close();
  await dispatcher.close();
  return error;
}

function queryFailed(): unknown {
  const sql = `INSERT INTO providers VALUES ('${MARKER}')`;
  const driverError = Object.assign(new Error(`Duplicate entry '${MARKER}'`), {
    code: 'ER_DUP_ENTRY',
    errno: 1062,
    sql,
    sqlMessage: MARKER,
  });
  return new QueryFailedError(sql, [MARKER], driverError);
}

function circularError(): Error {
  const [first, second] = [new Error(MARKER), new Error(MARKER)];
  Object.assign(first, { cause: second });
  return Object.assign(second, { cause: first });
}

function throwingGetters(): Error {
  const error = new Error(MARKER);
  const get = (): never => {
    throw new Error(MARKER);
  };
  for (const name of ['stack', 'name', 'code', 'cause', 'message', 'driverError']) {
    Object.defineProperty(error, name, { get, enumerable: true });
  }
  return error;
}

const ERRORS: readonly (readonly [string, () => unknown])[] = [
  ['of a statement with its parameters and its text', queryFailed],
  ['of a URL with its input', () => thrownBy(() => new URL(`http://${MARKER}:x`))],
  ['of fetch with a URL', () => thrownBy(() => fetch(`http://${MARKER}:x`))],
  ['of JSON.parse with its input', () => thrownBy(() => JSON.parse(MARKER))],
  [
    'of undici with a header',
    () => thrownBy(() => request('http://127.0.0.1:1', { headers: { [MARKER]: 'a\nb' } })),
  ],
  ["of undici's parser with the bytes of the response", () => failedCall(`HTTP/9 ${MARKER}\r\n\r\n`)],
  [
    'of undici with the headers and the body of the response',
    () =>
      failedCall(`HTTP/1.1 401 x\r\nx-key: ${MARKER}\r\ncontent-length: ${MARKER.length}\r\n\r\n${MARKER}`),
  ],
  ['that aggregates several errors', () => new AggregateError([new Error(MARKER), queryFailed()], MARKER)],
  ['with causes', () => new Error(MARKER, { cause: new Error(MARKER, { cause: MARKER }) })],
  ['that is its own cause', circularError],
  ['whose getters throw', throwingGetters],
  [
    'whose message looks like a stack',
    () => new Error(`x\n    at ${MARKER} (/${MARKER}.js:1:2)\n    at /${MARKER}:1:2`),
  ],
  [
    'whose name and code have another form',
    () => Object.assign(new Error(MARKER), { name: MARKER, code: MARKER, syscall: MARKER }),
  ],
  ['that is a text', () => MARKER],
  ['that is an object', () => ({ message: MARKER, stack: MARKER, toString: () => MARKER })],
];

/** Returns the log lines and the body of the response for an error. */
function outcomeOf(error: unknown): { lines: string; body: string } {
  let lines = '';
  Logger.overrideLogger(
    new NestLogger(createLogger({ level: 'trace', stream: { write: (line) => (lines += line) } })),
  );
  let body = '';
  const request = { raw: { complete: true } };
  const reply = {
    request,
    server: {},
    code: () => reply,
    header: () => reply,
    send: (text: string) => (body += text),
  };
  const host = new ExecutionContextHost([{ url: '/v1/x', id: 'trace' }, reply]);
  new ProblemFilter().catch(error, host);
  new ProblemFilter().catch(
    new DomainError('unavailable', 'database_unavailable', 'x', { cause: error }),
    host,
  );
  // As Nest does when a shutdown hook fails.
  Logger.error(error, `Error: ${MARKER}`);
  return { lines, body };
}

/** Every part of the marker with eight characters. */
const pieces = Array.from({ length: MARKER.length - 7 }, (_, start) => MARKER.slice(start, start + 8));

describe.each(ERRORS)('an error %s', (_what, make) => {
  it('leaks nothing of its content into the log or the response', async () => {
    const { lines, body } = outcomeOf(await make());
    expect(pieces.filter((piece) => lines.includes(piece) || body.includes(piece))).toEqual([]);
    expect(body).toContain('"status":500');
    expect(lines).toContain('"trace_id":"trace"');
    expect(lines).toContain('"msg":"unexpected error"');
  });
});

describe('describeError', () => {
  it('is tested with errors that contain the marker', async () => {
    for (const [what, make] of ERRORS) {
      if (what.includes('getters')) continue;
      const error = await make();
      const whole = inspect(error, { depth: 9, showHidden: true }) + String((error as Error).message);
      expect([what, whole.includes(MARKER.slice(0, 8))]).toEqual([what, true]);
    }
  });

  it('contains the name, the codes and the places, also of the cause', () => {
    expect(describeError(queryFailed())).toMatchObject({
      name: 'QueryFailedError',
      code: 'ER_DUP_ENTRY',
      errno: 1062,
      cause: { name: 'Error', code: 'ER_DUP_ENTRY' },
    });
    const { at } = describeError(new Error('several\nlines')) as { at: string[] };
    expect(at[0]).toMatch(/describe-error\.spec\.ts:\d+:\d+\)?$/);
  });

  it('contains codes of Node, of undici and of Caret', () => {
    const codes = [
      'ECONNREFUSED',
      'UND_ERR_HEADERS_TIMEOUT',
      'HPE_INVALID_TOKEN',
      'llm_providers.upstream_timeout',
    ];
    for (const code of codes)
      expect(describeError(Object.assign(new Error(), { code }))).toMatchObject({ code });
  });
});
