import type { FastifyInstance } from 'fastify';
import { createFastifyAdapter } from './fastify-adapter';
import { UnsentResponses } from './unsent-responses';

describe('createFastifyAdapter', () => {
  const config = { host: '127.0.0.1', allowedHosts: [], metricsToken: null };
  const adapter = createFastifyAdapter({ ...config, requestTimeoutSeconds: 30, trustProxy: [] });
  const fastify = adapter.getInstance<FastifyInstance>();

  beforeAll(() => void fastify.get('/text', () => 'text').get('/long/:id', () => 'text'));
  afterAll(() => fastify.close());
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['/text', 200],
    ['/nothing', 404],
  ])('counts the body of %s, with status %i', async (url, status) => {
    const add = jest.spyOn(UnsentResponses.prototype, 'add');
    const response = await fastify.inject(url);
    expect(response.statusCode).toBe(status);
    expect(add.mock.calls.map(([owner, , body]) => [owner, body])).toEqual([['', response.body]]);
  });

  it.each(['', '%zz'])('truncates the path %s… of a problem', async (start) => {
    const path = `/${start}${'x'.repeat(10_000)}`;
    const { instance } = (await fastify.inject(path)).json<{ instance: string }>();
    expect(instance).toBe(`${path.slice(0, 255)}…`);
  });

  it('finds the methods of a long path', async () => {
    const url = `/long/${'x'.repeat(1000)}`;
    expect((await fastify.inject({ method: 'POST', url })).statusCode).toBe(405);
  });
});
