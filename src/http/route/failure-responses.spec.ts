import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failureResponses } from './failure-responses';
import { type Failure, FAILURES } from './failures';

const SOURCES = join(__dirname, '../..');

/** An error with the seconds to wait, up to the end of its statement. */
const RETRYABLE = /(?:DomainError|super)\(\s*'\w+',\s*'(?<code>[\w.]+)'[^;]*?\bretryAfterSeconds\b/g;

/** An error that hands on the seconds of an upstream. */
const HANDED_ON = /UpstreamError\(\s*'\w+',\s*'(?<code>[\w.]+)',\s*detail,\s*failure\)/g;

const names = Object.keys(FAILURES) as Failure[];

function sourceTexts(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .map((path) => readFileSync(join(SOURCES, path), 'utf8'));
}

describe('failureResponses', () => {
  it('documents Retry-After for every error that sends it, and for no other', () => {
    const sent = sourceTexts().flatMap((text) =>
      [...text.matchAll(RETRYABLE), ...text.matchAll(HANDED_ON)].map(({ groups }) => groups!.code!),
    );
    const documented = names.flatMap((name) =>
      failureResponses([name]).some(({ headers }) => headers?.['Retry-After']) ? FAILURES[name].codes : [],
    );
    expect([...documented].sort()).toEqual([...new Set(sent)].sort());
  });

  it('documents Retry-After if only one of the errors of a status sends it', () => {
    const [response] = failureResponses(['NameConflict', 'KeyInFlight']);
    expect(response).toMatchObject({ status: 409, headers: { 'Retry-After': {} } });
    expect(failureResponses(['NameConflict'])[0]!.headers).toBeUndefined();
  });

  it('documents the challenges of 401 and 403', () => {
    for (const response of failureResponses(['Unauthenticated', 'InsufficientScope']))
      expect(Object.keys(response.headers!)).toEqual(['WWW-Authenticate']);
  });
});
