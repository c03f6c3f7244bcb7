import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorKind } from '../../common/domain-error';
import { statusOf } from './problem';

const ROOT = join(__dirname, '../../..');

/** The start of every error in the sources, so that the patterns below cannot miss one. */
const RAISES =
  /(?<!function )\b(?:(?:DomainError|UpstreamError|httpProblem|invalidField|invalidBaseUrl)\(|rejection\((?!request)|problem\((?:pointer|jsonPointer\())/g;
/** Calls that forward a code from another place. */
const FORWARDS = [
  'DomainError(kind, code,',
  'UpstreamError(this.kind, this.code,',
  "DomainError('malformed', `body.${code}`,",
  "DomainError('malformed', `query.${name}`,",
  "invalidField('/base_url', code,",
  'httpProblem(statusOf(error.kind), error.code,',
  'httpProblem(status, ...known,',
  'httpProblem(status, codes[0]!,',
];

const BY_KIND = /(?:DomainError|UpstreamError|super)\(\s*'(?<kind>\w+)',\s*'(?<code>[\w.]+)'/g;
const BY_STATUS = /httpProblem\(\s*(?<status>\d{3}),\s*'(?<code>[\w.]+)'/g;
const OF_HTTP = /(?<status>\d{3}): \[\s*'(?<code>[\w.]+)'/g;
const OF_BODY = /rejection\(\s*'(?<code>\w+)'/g;
const OF_BOOLEAN = /parseBooleanParameter\('(?<name>\w+)'/g;
const OF_FIELD = /(?:invalidField\(\s*(?:'[^']*'|\w+),|invalidBaseUrl\()\s*'(?<code>[\w.]+)'/g;
const OF_ADVANCED_JSON = /\bproblem\((?:\w+|jsonPointer\([^)]*\)), '(?<code>\w+)'/g;
/** In lower case. Codes in upper case are those of Node and of drivers. */
const LISTED = /\bcode: '(?<code>[a-z_.]+)'/g;

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.(?:spec|examples)\.ts$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(ROOT, 'src', path), 'utf8') }));
/** Errors of the gateway have the form of the vendors. docs/gateway.md lists their codes. */
const fieldSources = sources.filter(({ path }) => !path.startsWith('gateway/'));
const documented = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').split('\n## Field codes\n');

function collect(
  pattern: RegExp,
  toEntry: (groups: Record<string, string>) => string,
  from = sources,
): string[] {
  return from.flatMap(({ text }) => [...text.matchAll(pattern)].map(({ groups }) => toEntry(groups!)));
}

function sorted(entries: Iterable<string>): string[] {
  return [...new Set(entries)].sort();
}

describe('docs/errors.md', () => {
  it('lists every problem code of the sources with its status, and no other', () => {
    const raised = [
      ...collect(BY_KIND, ({ kind, code }) => `${code} ${statusOf(kind as ErrorKind)}`),
      ...collect(BY_STATUS, ({ status, code }) => `${code} ${status}`),
      ...collect(OF_HTTP, ({ status, code }) => `${code} ${status}`),
      ...collect(OF_BODY, ({ code }) => `body.${code} ${statusOf('malformed')}`),
      ...collect(OF_BOOLEAN, ({ name }) => `query.${name} ${statusOf('malformed')}`),
    ];
    const rows = [...documented[0]!.matchAll(/^\| `([\w.]+)` +\| (\d{3}) /gm)];
    expect(rows.map(([, code, status]) => `${code} ${status}`).sort()).toEqual(sorted(raised));
  });

  it('lists every field code of the sources, and no other', () => {
    const raised = [
      ...collect(OF_FIELD, ({ code }) => code!),
      ...collect(OF_ADVANCED_JSON, ({ code }) => code!),
      ...collect(LISTED, ({ code }) => code!, fieldSources),
    ];
    const rows = [...documented[1]!.matchAll(/^\| `([\w.]+)` /gm)];
    expect(rows.map(([, code]) => code).sort()).toEqual(sorted(raised));
  });

  it('is compared with every error in the sources', () => {
    const read = [BY_KIND, BY_STATUS, OF_BODY, OF_FIELD, OF_ADVANCED_JSON];
    const unread = sources.flatMap(({ path, text }) => {
      const starts = new Set(
        read.flatMap((pattern) => [...text.matchAll(pattern)].map(({ index }) => index)),
      );
      return [...text.matchAll(RAISES)]
        .filter(({ index }) => !starts.has(index))
        .map(({ index }) => text.slice(index, index + 100).replace(/\s+/g, ' '))
        .filter((call) => !FORWARDS.some((forward) => call.startsWith(forward)))
        .map((call) => `${path}: ${call}`);
    });
    expect(unread).toEqual([]);
  });
});
