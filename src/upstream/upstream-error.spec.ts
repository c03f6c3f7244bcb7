import { inspect } from 'node:util';
import { DomainError } from '../common/domain-error';
import { translateTransportFailure, upstreamRejected } from './upstream-error';

const body = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('upstreamRejected', () => {
  it.each([
    [401, 'llm_providers.upstream_auth_failed', 'invalid'],
    [403, 'llm_providers.upstream_auth_failed', 'invalid'],
    [400, 'llm_providers.upstream_request_failed', 'invalid'],
    [404, 'llm_providers.upstream_request_failed', 'invalid'],
    [429, 'llm_providers.upstream_request_failed', 'invalid'],
    [500, 'llm_providers.upstream_error', 'upstream_failed'],
    [529, 'llm_providers.upstream_error', 'upstream_failed'],
  ])('translates %i to %s', (status, code, kind) => {
    expect(upstreamRejected(status, Buffer.alloc(0), [])).toMatchObject({
      code,
      kind,
      upstreamStatus: status,
    });
  });

  it.each([
    ['OpenAI and Anthropic', { error: { message: 'why' } }],
    ['Ollama', { error: 'why' }],
    ['others', { message: 'why' }],
    ['FastAPI', { detail: 'why' }],
  ])('quotes the message of %s', (_server, json) => {
    expect(upstreamRejected(400, body(json), []).detail).toContain('"why"');
  });

  it('quotes nothing from a body without a JSON error message', () => {
    expect(upstreamRejected(500, Buffer.from('<html>internal page</html>'), []).detail).not.toContain(
      'internal',
    );
    expect(upstreamRejected(500, body(['internal']), []).detail).not.toContain('internal');
    expect(upstreamRejected(500, body(null), []).detail).not.toContain('internal');
  });

  it('quotes a short text on one line, without the key', () => {
    const key = 'k3y-0123456789-abcdefgh';
    const message = `bad key\r\n${key} ${'y'.repeat(500)}${key}`;
    const { detail } = upstreamRejected(401, body({ error: { message } }), [key]);
    expect(detail).toContain('bad key [redacted] yyy');
    expect(detail.length).toBeLessThan(300);
  });

  it('removes a key that the end of the quote would cut', () => {
    const key = 'k3y-0123456789-abcdefgh';
    const { detail } = upstreamRejected(401, body({ error: { message: 'y'.repeat(190) + key } }), [key]);
    expect(detail).not.toContain('k3y');
  });
});

describe('translateTransportFailure', () => {
  const failure = (code: string, more = {}) => Object.assign(new Error('x'), { code, ...more });

  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', 'llm_providers.upstream_timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'llm_providers.upstream_timeout'],
    ['UND_ERR_HEADERS_OVERFLOW', 'llm_providers.upstream_invalid_response'],
    ['HPE_INVALID_CONSTANT', 'llm_providers.upstream_invalid_response'],
    ['Z_DATA_ERROR', 'llm_providers.upstream_invalid_response'],
    ['ECONNREFUSED', 'upstream_unreachable'],
    ['ECONNRESET', 'upstream_unreachable'],
    ['ENOTFOUND', 'upstream_unreachable'],
    ['CERT_HAS_EXPIRED', 'upstream_unreachable'],
  ])('translates %s to %s', (code, expected) => {
    expect(translateTransportFailure(failure(code)).code).toBe(expected);
  });

  it('returns a DomainError unchanged', () => {
    const denied = new DomainError('invalid', 'egress_denied', 'no');
    expect(translateTransportFailure(denied)).toBe(denied);
  });

  it('has the code of the original as the code of its cause', () => {
    expect(translateTransportFailure(failure('ENOTFOUND')).cause).toMatchObject({ code: 'ENOTFOUND' });
    expect(translateTransportFailure(new TypeError('x')).cause).toMatchObject({ code: 'TypeError' });
  });

  it('removes response bytes from the cause', () => {
    const parserError = failure('HPE_INVALID_TOKEN', {
      data: 'secret-bytes',
      socket: { address: '10.0.0.1' },
    });
    expect(inspect(translateTransportFailure(parserError), { depth: 9 })).not.toMatch(
      /secret-bytes|10\.0\.0\.1/,
    );
  });
});
