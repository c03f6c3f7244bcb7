import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse } from '../../support/clients/api-client';
import { providerBody } from '../../support/registry/factories';

/** A body has at most 256 KiB. */
const NAME = 'a'.repeat(250_000);

const MAX_BYTES = 80 * 1024;

describe('the size of a problem', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const check = (when: object): Promise<ApiResponse> =>
    app.api.post('/v1/resolve/check', { when, context: {} });
  const many = (nameOf: (index: number) => string, value: unknown): object =>
    Object.fromEntries(Array.from({ length: 900 }, (_, index) => [nameOf(index), value]));
  const create = (advanced_json: object): Promise<ApiResponse> =>
    app.api.post('/v1/llm-providers', providerBody({ advanced_json }));

  it.each<[string, () => Promise<ApiResponse>]>([
    ['an unknown operator', () => check({ [`$${NAME}`]: 1 })],
    ['a long path', () => check({ [NAME]: 1 })],
    ['an operator below a long path', () => check({ [NAME]: { $unknown: 1, $other: 2 } })],
    ['long control characters', () => check({ ['\u0001'.repeat(40_000)]: 1 })],
    ['a name with many escapes', () => check({ ['~/'.repeat(120_000)]: 1 })],
    ['a long name of a field', () => app.api.post('/v1/resolve/check', { when: {}, context: {}, [NAME]: 1 })],
    ['a long selector', () => app.api.post('/v1/resolve', { selectors: [NAME], context: {} })],
    ['a long header', () => create({ extra_headers: { [`${NAME.slice(0, 60_000)} `]: 'x' } })],
    ['a long parameter', () => create({ extra_query: { [`api_key${NAME.slice(0, 60_000)}`]: '\n' } })],
    ['many parameters', () => create(many((index) => `api_key${index}`, 'x'))],
    [
      'many unknown fields',
      () =>
        app.api.post(
          '/v1/resolve/check',
          many((index) => `field${index}`, 1),
        ),
    ],
    ['many long paths', () => check(many((index) => `${index}${NAME.slice(0, 200)}`, { $unknown: 1 }))],
  ])('does not grow with %s', async (_name, send) => {
    const { status, text, body } = await send();
    expect(status).toBe(422);
    expect(text.length).toBeLessThan(MAX_BYTES);
    for (const { pointer, detail } of body.errors) {
      expect(pointer.length).toBeLessThanOrEqual(256);
      expect(detail.length).toBeLessThan(500);
    }
  });

  it('does not grow with the path', async () => {
    const { status, text } = await app.api.get(`/v1/llm-providers/${NAME.slice(0, 12_000)}`);
    expect(status).toBe(404);
    expect(text.length).toBeLessThan(1000);
  });
});
