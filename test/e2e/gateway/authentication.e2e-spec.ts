import { newId } from '../../../src/common/ids';
import { issueToken } from '../../support/clients/accounts';
import { forgeToken } from '../../support/clients/forged-token';
import { useGateway } from '../../support/gateway/use-gateway';

const PATH = '/v1/chat/completions';
const FRAMINGS: Record<string, string>[] = [
  { 'Content-Length': '1000000' },
  { 'Transfer-Encoding': 'chunked' },
];

describe('the token of a call', () => {
  const app = useGateway();

  it.each<[string, number, () => Promise<Record<string, string>> | Record<string, string>]>([
    ['none', 401, () => ({})],
    ['a malformed one', 401, () => ({ 'x-api-key': 'x' })],
    ['an unknown one', 401, () => ({ Authorization: `Bearer ${forgeToken(newId())}` })],
    ['the key of a vendor', 401, () => ({ Authorization: 'Bearer sk-proj-0123456789abcdef' })],
    [
      'two',
      400,
      async () => ({
        Authorization: `Bearer ${app.token}`,
        'x-api-key': (await issueToken(app, ['gateway:use'])).token,
      }),
    ],
    [
      'one without the scope',
      403,
      async () => ({ 'x-api-key': (await issueToken(app, ['providers:read'])).token }),
    ],
  ])('is verified before the body is read: %s', async (_what, status, credentialsOf) => {
    const credentials = await credentialsOf();
    for (const framing of FRAMINGS) {
      const connection = await app.connect();
      connection.writeHead(`POST ${PATH}`, { ...credentials, ...framing });
      connection.write('1\r\n{\r\n');
      expect(await connection.responses()).toEqual([status]);
      expect(connection.received).toMatch(/^connection: close\r$/im);
      await connection.ended();
    }
  });

  it('is demanded by the challenge of RFC 6750', async () => {
    const { status, headers } = await app.clientWith({}).post(PATH, {});
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="caret"']);
  });

  it('is verified for lists of models, too', async () => {
    expect((await app.clientWith({}).get('/v1/models')).status).toBe(401);
    const { token } = await issueToken(app, ['providers:read']);
    expect((await app.clientWith({ 'x-api-key': token }).get('/v1/models')).status).toBe(403);
  });
});
