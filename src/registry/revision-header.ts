import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { requestOf } from '../http/request-context';

/** Header by which a client sees its own writes on every replica: writes return it, reads take it. */
const REVISION_HEADER = 'X-Registry-Revision';

/** As Node and Fastify name it. */
const FOLDED = 'x-registry-revision';

/** The request's `X-Registry-Revision`; 0 where it sends none. 400 where it is no revision. */
export const MinRevision = createParamDecorator((_data: unknown, context: ExecutionContext): number => {
  const header = requestOf(context).headers[FOLDED];
  if (header === undefined) return 0;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  const detail = `${REVISION_HEADER} takes the whole number that an earlier answer had there.`;
  throw new DomainError('malformed', 'request.registry_revision', detail);
});

/** 503 where the database has not got so far: a replica of it that lags, or a revision that there never was. */
export function assertReached(revision: number, minRevision: number): void {
  if (revision >= minRevision) return;
  const detail = `The registry is at revision ${revision} here, not yet at ${minRevision}.`;
  throw new DomainError('unavailable', 'registry.revision_not_reached', detail, { retryAfterSeconds: 1 });
}

export function revisionHeader(revision: number): Record<string, string> {
  return { [FOLDED]: String(revision) };
}
