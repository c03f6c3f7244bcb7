import fc from 'fast-check';
import { redact } from './redact';
import { SecretFilter } from './secret-filter';

const SECRET = 'sk-Zq8Lw2Nv6Tb1Xy5Rm9Kd3Hc7';

describe('SecretFilter', () => {
  it.each([
    ['a whole secret', `req_${SECRET}`],
    ['a piece of it', `req-${SECRET.slice(4, 13)}-1`],
    ['another case', SECRET.toUpperCase()],
    ['hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['base64', Buffer.from(`x${SECRET}`).toString('base64')],
    ['another credential', 'Bearer sk-ant-abcdefghijklmnopqrstuvwxyz0123456789'],
    ['nothing', 'req_0123456789abcdef'],
  ])('redacts %s', (_name, text) => {
    expect(new SecretFilter([SECRET]).redact(text)).toBe(redact(text, [SECRET]));
  });

  it('redacts any text as redact does', () => {
    const secrets = fc.array(fc.oneof(fc.string({ maxLength: 40 }), fc.base64String({ minLength: 8 })), {
      maxLength: 3,
    });
    const check = fc.property(secrets, fc.string(), fc.nat(), fc.nat(), (given, text, from, length) => {
      const secret = given[0] ?? '';
      const start = from % (secret.length + 1);
      const mixed = text + secret.slice(start, start + (length % 40)) + text;
      expect(new SecretFilter(given).redact(mixed)).toBe(redact(mixed, given));
    });
    fc.assert(check);
  });
});
