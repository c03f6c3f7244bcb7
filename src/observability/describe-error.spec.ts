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

/** What an act throws. */
async function thrownBy(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Answers each connection with these bytes. */
async function answering(bytes: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(bytes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function failedCall(bytes: string): Promise<unknown> {
  const upstream = await answering(bytes);
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

function inCircle(): Error {
  const [first, second] = [new Error(MARKER), new Error(MARKER)];
  Object.assign(first, { cause: second });
  return Object.assign(second, { cause: first });
}

function withGetters(): Error {
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
  ['of a statement, with its parameters and its text', queryFailed],
  ['of a URL, with its input', () => thrownBy(() => new URL(`http://${MARKER}:x`))],
  ['of fetch, with a URL', () => thrownBy(() => fetch(`http://${MARKER}:x`))],
  ['of JSON.parse, which quotes', () => thrownBy(() => JSON.parse(MARKER))],
  [
    'of undici, with a header',
    () => thrownBy(() => request('http://127.0.0.1:1', { headers: { [MARKER]: 'a\nb' } })),
  ],
  ["of undici's parser, with the bytes of the answer", () => failedCall(`HTTP/9 ${MARKER}\r\n\r\n`)],
  [
    'of undici, with the headers and the body of the answer',
    () =>
      failedCall(`HTTP/1.1 401 x\r\nx-key: ${MARKER}\r\ncontent-length: ${MARKER.length}\r\n\r\n${MARKER}`),
  ],
  ['of several at once', () => new AggregateError([new Error(MARKER), queryFailed()], MARKER)],
  ['with causes', () => new Error(MARKER, { cause: new Error(MARKER, { cause: MARKER }) })],
  ['that is its own cause', inCircle],
  ['whose getters throw', withGetters],
  [
    'whose message looks like a stack',
    () => new Error(`x\n    at ${MARKER} (/${MARKER}.js:1:2)\n    at /${MARKER}:1:2`),
  ],
  [
    'whose name and code are not such',
    () => Object.assign(new Error(MARKER), { name: MARKER, code: MARKER, syscall: MARKER }),
  ],
  ['that is a text', () => MARKER],
  ['that is an object', () => ({ message: MARKER, stack: MARKER, toString: () => MARKER })],
];

/** The log lines and the answer's body that an error comes to. */
function outcomeOf(error: unknown): { lines: string; answer: string } {
  let lines = '';
  Logger.overrideLogger(
    new NestLogger(createLogger({ level: 'trace', stream: { write: (line) => (lines += line) } })),
  );
  let answer = '';
  const reply = { code: () => reply, header: () => reply, send: (text: string) => (answer += text) };
  const host = new ExecutionContextHost([{ url: '/v1/x', id: 'trace' }, reply]);
  new ProblemFilter().catch(error, host);
  new ProblemFilter().catch(
    new DomainError('unavailable', 'database_unavailable', 'x', { cause: error }),
    host,
  );
  // As Nest does where a hook of the shutdown fails.
  Logger.error(error, `Error: ${MARKER}`);
  return { lines, answer };
}

/** Each stretch of eight characters of the marker. */
const pieces = Array.from({ length: MARKER.length - 7 }, (_, start) => MARKER.slice(start, start + 8));

describe.each(ERRORS)('an error %s', (_what, make) => {
  it('tells the log and the caller nothing of what it holds', async () => {
    const { lines, answer } = outcomeOf(await make());
    expect(pieces.filter((piece) => lines.includes(piece) || answer.includes(piece))).toEqual([]);
    expect(answer).toContain('"status":500');
    expect(lines).toContain('unexpected trace');
  });
});

describe('describeError', () => {
  it('was tried with errors that do hold the marker', async () => {
    for (const [what, make] of ERRORS) {
      if (what.includes('getters')) continue;
      const error = await make();
      const whole = inspect(error, { depth: 9, showHidden: true }) + String((error as Error).message);
      expect([what, whole.includes(MARKER.slice(0, 8))]).toEqual([what, true]);
    }
  });

  it('tells what failed and where, down to the cause', () => {
    expect(describeError(queryFailed())).toMatchObject({
      name: 'QueryFailedError',
      code: 'ER_DUP_ENTRY',
      errno: 1062,
      cause: { name: 'Error', code: 'ER_DUP_ENTRY' },
    });
    const { at } = describeError(new Error('several\nlines')) as { at: string[] };
    expect(at[0]).toMatch(/describe-error\.spec\.ts:\d+:\d+\)?$/);
  });

  it('keeps the codes of Node, of undici and its own', () => {
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
