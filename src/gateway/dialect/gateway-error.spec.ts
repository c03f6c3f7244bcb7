import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY_ERRORS, GatewayError, type GatewayErrorCode } from './gateway-error';

const CODES = Object.keys(GATEWAY_ERRORS) as GatewayErrorCode[];

describe('docs/gateway.md', () => {
  it('lists every error code with its status, and no other', () => {
    const document = readFileSync(join(__dirname, '../../../docs/gateway.md'), 'utf8');
    const rows = [...document.matchAll(/^\| `(\w+)` +\| (\d{3})(?:, (\d{3}) for Anthropic's API)? /gm)];
    const statusOf = (code: GatewayErrorCode) => {
      const error = new GatewayError(code, '');
      return { code, openai: error.statusFor('openai'), anthropic: error.statusFor('anthropic') };
    };
    const listed = rows.map(([, code, openai, anthropic = openai]) => ({
      code,
      openai: Number(openai),
      anthropic: Number(anthropic),
    }));
    expect(new Set(listed.map((row) => JSON.stringify(row)))).toEqual(
      new Set(CODES.map((code) => JSON.stringify(statusOf(code)))),
    );
  });
});

describe('GatewayError', () => {
  it.each(CODES)('has a body in both dialects for %s', (code) => {
    const error = new GatewayError(code, 'Words.', { param: 'model' });
    expect(error.bodyFor('openai', 'id')).toEqual({
      error: { message: 'Words.', type: expect.stringMatching(/_error$/), param: 'model', code },
    });
    expect(error.bodyFor('anthropic', 'id')).toEqual({
      type: 'error',
      error: { type: expect.any(String), message: 'Words.' },
      request_id: 'id',
    });
  });
});
