import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { requestOf } from '../http/request-context';

/** Lets a client read its own writes on every replica: writes return this header, reads accept it. */
const REVISION_HEADER = 'X-Registry-Revision';

/** The header as Node and Fastify spell it. */
const LOWER_CASE_HEADER = 'x-registry-revision';

/** The request's `X-Registry-Revision`, or 0 without one. Throws 400 for an invalid revision. */
export const MinRevision = createParamDecorator((_data: unknown, context: ExecutionContext): number => {
  const header = requestOf(context).headers[LOWER_CASE_HEADER];
  if (header === undefined) return 0;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  const detail = `${REVISION_HEADER} must be a whole number. Send the value of an earlier response.`;
  throw new DomainError('malformed', 'request.registry_revision', detail);
});

/** How far a revision may be ahead of the database. A replica of a cluster lags behind by fewer writes. */
const MAX_AHEAD = 10_000;

/** Whether no write can have returned this revision. */
export function isTooFarAhead(minRevision: number, revision: number): boolean {
  return minRevision - revision > MAX_AHEAD;
}

export function revisionTooFarAhead(revision: number): DomainError {
  const detail = `${REVISION_HEADER} is far beyond the registry, which is at revision ${revision}. Send the value of an earlier response.`;
  return new DomainError('malformed', 'request.registry_revision', detail);
}

/** Throws 503 when a lagging database has not reached `minRevision`, or when that revision never existed. */
export function assertReached(revision: number, minRevision: number): void {
  if (revision >= minRevision) return;
  const detail = `The registry here is at revision ${revision} and has not reached ${minRevision}. Retry later.`;
  throw new DomainError('unavailable', 'registry.revision_not_reached', detail, { retryAfterSeconds: 1 });
}

export function revisionHeader(revision: number): Record<string, string> {
  return { [LOWER_CASE_HEADER]: String(revision) };
}
