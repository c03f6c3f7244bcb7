import { DomainError } from '../../common/domain-error';
import {
  tooManyUpstreamCalls,
  translateTransportFailure,
  UpstreamError,
  upstreamInvalidResponse,
  upstreamRedirected,
  upstreamTimeout,
  upstreamUnreachable,
} from '../../upstream/upstream-error';
import { classifyTransport } from './classify-transport';
import type { FailureCode } from './failure';

const withCode = (code: string) => translateTransportFailure(Object.assign(new Error('x'), { code }));

describe('classifyTransport', () => {
  it.each<[FailureCode, string]>([
    ['name_not_resolved', 'ENOTFOUND'],
    ['name_not_resolved', 'EAI_AGAIN'],
    ['name_not_resolved', 'ENODATA'],
    ['name_not_resolved', 'ESERVFAIL'],
    ['connection_refused', 'ECONNREFUSED'],
    ['connection_reset', 'ECONNRESET'],
    ['connection_reset', 'EPIPE'],
    ['connection_reset', 'UND_ERR_SOCKET'],
    ['upstream_timeout', 'ETIMEDOUT'],
    ['upstream_timeout', 'UND_ERR_HEADERS_TIMEOUT'],
    ['upstream_timeout', 'UND_ERR_BODY_TIMEOUT'],
    ['certificate_invalid', 'CERT_HAS_EXPIRED'],
    ['certificate_invalid', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['certificate_invalid', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['upstream_invalid_response', 'HPE_INVALID_CONSTANT'],
    ['upstream_invalid_response', 'UND_ERR_HEADERS_OVERFLOW'],
    ['upstream_unreachable', 'EHOSTUNREACH'],
  ])('returns %s for %s', (code, cause) => {
    expect(classifyTransport(withCode(cause), false)).toMatchObject({ code, kind: 'unavailable' });
  });

  it.each<[FailureCode, Error]>([
    ['upstream_timeout', upstreamTimeout()],
    ['upstream_unreachable', upstreamUnreachable()],
    ['upstream_invalid_response', upstreamInvalidResponse('is too large')],
    ['upstream_redirected', upstreamRedirected(302, new URL('http://a.test/'), null, [])],
    ['upstream_error', new Error('anything else')],
    ['upstream_error', new UpstreamError('upstream_failed', 'unheard_of', '')],
  ])('returns %s for an error of Caret', (code, error) => {
    expect(classifyTransport(error, false).code).toBe(code);
  });

  it('says that a denied call and one of too many were not sent', () => {
    const denied = new DomainError('invalid', 'egress_denied', 'x');
    expect(classifyTransport(denied, false)).toMatchObject({ kind: 'not_sent', code: 'egress_denied' });
    expect(classifyTransport(tooManyUpstreamCalls(), false)).toMatchObject({
      kind: 'not_sent',
      code: 'too_many_calls',
      retryAfterMs: 1000,
    });
  });

  it('keeps the status of a response that cannot be read', () => {
    expect(classifyTransport(upstreamInvalidResponse('is too large', 200), false).status).toBe(200);
  });

  it.each(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'egress_denied', 'ETIMEDOUT'])(
    'does not say why a connection failed in strict mode: %s',
    (code) => {
      const error = upstreamUnreachable(Object.assign(new Error('x'), { code }));
      expect(classifyTransport(error, true)).toEqual(classifyTransport(upstreamUnreachable(), true));
    },
  );
});
