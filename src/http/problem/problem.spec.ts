import { DomainError, type ErrorKind } from '../../common/domain-error';
import { httpProblem, problemOf, statusOf } from './problem';

const context = { instance: '/v1/account', traceId: 'trace-1' };

describe('statusOf', () => {
  it.each<[ErrorKind, number]>([
    ['malformed', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['precondition_failed', 412],
    ['invalid', 422],
    ['rate_limited', 429],
    ['upstream_failed', 502],
    ['unavailable', 503],
    ['upstream_timeout', 504],
    ['storage_full', 507],
  ])('maps %s to %i', (kind, status) => expect(statusOf(kind)).toBe(status));
});

describe('problemOf', () => {
  it('has the members of RFC 9457, the stable code and the trace id', () => {
    const error = new DomainError('conflict', 'tokens.taken', 'It is taken.');
    expect(problemOf(error, context)).toEqual({
      type: 'urn:caret:problem:tokens.taken',
      title: 'Conflict',
      status: 409,
      detail: 'It is taken.',
      instance: '/v1/account',
      code: 'tokens.taken',
      trace_id: 'trace-1',
    });
  });

  it('points to each invalid field', () => {
    const errors = [{ pointer: '/name', code: 'length', detail: 'Must not be empty.' }];
    expect(
      problemOf(new DomainError('invalid', 'validation.failed', 'x', { errors }), context).errors,
    ).toEqual(errors);
  });

  it('never shows the cause', () => {
    const error = new DomainError('unavailable', 'database_unavailable', 'x', {
      cause: new Error('sk-secret'),
    });
    expect(JSON.stringify(problemOf(error, context))).not.toContain('sk-secret');
  });
});

describe('httpProblem', () => {
  it('has no `errors` member', () => {
    expect(httpProblem(405, 'route.x', 'd', context)).not.toHaveProperty('errors');
  });
});
