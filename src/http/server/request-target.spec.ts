import { hasValidAuthority, hostOfTarget, toOriginForm } from './request-target';

describe('a request target', () => {
  it.each([
    ['/metrics?x=1', '/metrics?x=1', undefined],
    ['//evil.example/metrics', '//evil.example/metrics', undefined],
    ['/http://evil.example/', '/http://evil.example/', undefined],
    ['http://evil.example/metrics?x=1', '/metrics?x=1', 'evil.example'],
    ['HTTPS://evil.example:8443/metrics', '/metrics', 'evil.example:8443'],
    ['http://localhost@evil.example/metrics', '/metrics', 'localhost@evil.example'],
    ['http://[::1]:3000/metrics', '/metrics', '[::1]:3000'],
    ['http://evil.example', '/', 'evil.example'],
    ['http://evil.example?x=1', '/?x=1', 'evil.example'],
    ['http:///metrics', '/metrics', ''],
    ['*', '*', undefined],
    ['ftp://evil.example/metrics', 'ftp://evil.example/metrics', undefined],
  ])('%s has the path %s and the host %s', (target, path, host) => {
    expect(toOriginForm(target)).toBe(path);
    expect(hostOfTarget(target)).toBe(host);
  });

  it.each(['/', '*', 'http://[::1]:3000/', 'https://a.example', 'http://u:p@a.example/', 'http://a%2db/'])(
    '%s has no invalid authority',
    (target) => expect(hasValidAuthority(target)).toBe(true),
  );

  it.each([
    'http://[::1/',
    'http://%zz/',
    'http:///',
    'http://',
    'http://a:99999/',
    'http://a\\b/',
    'http://u@/',
  ])('%s has an invalid authority', (target) => expect(hasValidAuthority(target)).toBe(false));
});
