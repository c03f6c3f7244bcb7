import { type ApiResponseOptions, getSchemaPath, type HeaderObject } from '@nestjs/swagger';
import { httpProblem } from '../problem/problem';
import { NoRouteProblem, Problem, QuotaProblem } from '../problem/problem.response.dto';
import { type Failure, FAILURES } from './failures';

/** Failures of every route, public ones included. */
export const ALWAYS: readonly Failure[] = ['MalformedRequest', 'RequestTimeout', 'HeadersTooLarge'];

/** Failures of every route that needs a token. */
export const GUARDED: readonly Failure[] = [
  ...ALWAYS,
  'Unauthenticated',
  'InsufficientScope',
  'NotAcceptable',
  'TooManyFailures',
  'DatabaseUnavailable',
];

/** Failures of every route that takes a body. */
export const BODY: readonly Failure[] = [
  'MalformedBody',
  'BodyTooLarge',
  'UnsupportedMediaType',
  'InvalidFields',
  'TooManyBodies',
];

/** Failures of a POST that takes an `Idempotency-Key`. */
export const IDEMPOTENCY: readonly Failure[] = ['KeyInFlight', 'KeyReused', 'TooManyKeys', 'QuotaExceeded'];

/** Failures of a call to an upstream. */
export const UPSTREAM: readonly Failure[] = [
  'EgressDenied',
  'UpstreamRejection',
  'UpstreamFailure',
  'UpstreamUnusable',
  'UpstreamTimeout',
  'TooManyUpstreamCalls',
];

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/**
 * Returns the error responses of an operation, one per status. The keys of the examples are the names of the failures,
 * which also form the name of the response in the document.
 */
export function failureResponses(failures: readonly Failure[]): ApiResponseOptions[] {
  const byStatus = new Map<number, Failure[]>();
  for (const name of new Set(failures)) {
    const { status } = FAILURES[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return [...byStatus].map(([status, names]) => ({
    status,
    description: describe(names),
    headers: headersOf(status, names),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: getSchemaPath(schemaOf(names)) },
        examples: Object.fromEntries(names.map((name) => [name, exampleOf(name)])),
      },
    },
  }));
}

function schemaOf(names: readonly Failure[]): typeof Problem {
  if (names.includes('NoRoute')) return NoRouteProblem;
  return names.includes('QuotaExceeded') ? QuotaProblem : Problem;
}

/** Lists each meaning with its codes. */
function describe(names: readonly Failure[]): string {
  const lines = names.map((name) => {
    const { codes, meaning } = FAILURES[name];
    return `${meaning} Code: ${codes.map((code) => `\`${code}\``).join(', ')}.`;
  });
  return lines.length === 1 ? lines[0]! : lines.map((line) => `- ${line}`).join('\n');
}

const INSTANCE = '/v1/llm-providers';
const TRACE_ID = '0193e0a2-8c4f-7abc-9b02-1c7e4a9d5f28';

function exampleOf(name: Failure): { summary: string; value: object } {
  const { status, codes, detail, field } = FAILURES[name];
  const problem = httpProblem(status, codes[0]!, detail, { instance: INSTANCE, traceId: TRACE_ID });
  const errors = field && [{ pointer: field[0], code: field[1], detail: detail.replace(/^\S+: /, '') }];
  return { summary: codes[0]!, value: { ...problem, ...(errors && { errors }), ...MEMBERS[name] } };
}

const CONSIDERED = {
  selector: 'anthropic-main^claude-sonnet-4-20250514',
  outcome: 'excluded',
  reason: 'when: /tier expected "pro", got "free"',
};

function headersOf(status: number, names: readonly Failure[]): Record<string, HeaderObject> | undefined {
  return names.some((name) => FAILURES[name].retryAfter) ? RETRY_AFTER : CHALLENGES[status];
}

const RETRY_AFTER = { 'Retry-After': textHeader('Seconds to wait.') };

/** The extension members of the examples. */
const MEMBERS: Partial<Record<Failure, object>> = {
  NoRoute: { considered: [CONSIDERED] },
  QuotaExceeded: { quota: 'providers', limit: 2000, used: 2000, requested: 1 },
};

/** By status. */
const CHALLENGES: Record<number, Record<string, HeaderObject>> = {
  401: { 'WWW-Authenticate': textHeader('The challenge (RFC 6750).') },
  403: { 'WWW-Authenticate': textHeader('The challenge (RFC 6750) with the scope that is needed.') },
};

export function textHeader(description: string): HeaderObject {
  return { description, schema: { type: 'string' } };
}
