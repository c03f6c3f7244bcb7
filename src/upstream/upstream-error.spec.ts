import { inspect } from 'node:util';
import { DomainError } from '../common/domain-error';
import { translateTransportFailure } from './upstream-error';

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
    ['CERT_HAS_EXPIRED', 'upstream_certificate_invalid'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream_certificate_invalid'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'upstream_certificate_invalid'],
  ])('translates %s to %s', (code, expected) => {
    expect(translateTransportFailure(failure(code)).code).toBe(expected);
  });

  it('says how to trust an authority of a company', () => {
    expect(translateTransportFailure(failure('SELF_SIGNED_CERT_IN_CHAIN')).detail).toContain(
      'NODE_EXTRA_CA_CERTS',
    );
    expect(translateTransportFailure(failure('CERT_HAS_EXPIRED')).detail).not.toContain(
      'NODE_EXTRA_CA_CERTS',
    );
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
