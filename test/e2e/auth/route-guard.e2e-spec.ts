import { ENDPOINTS } from '../../../src/gateway/dialect/endpoint';
import { spellingsOf } from '../../../src/gateway/dialect/gateway-path';
import { startTestApp, type TestApp } from '../../support/app/app';
import { ALL_BUT_ADMIN, issueToken } from '../../support/clients/accounts';
import { ApiClient } from '../../support/clients/api-client';
import type { OpenApiDocument, OperationObject } from '../../support/openapi/openapi-document';
import { REQUIRED_SCOPES } from '../../support/openapi/required-scopes';
import { listRoutes, type Route } from '../../support/openapi/routes';

/** The only routes that need no token. */
const PUBLIC = [/^\/$/, /^\/healthz$/, /^\/readyz$/, /^\/metrics$/, /^\/openapi\.json$/, /^\/docs(\/.*)?$/];

/** The routes with the API of a vendor, which docs/gateway.md describes. */
const GATEWAY = [
  ...ENDPOINTS.flatMap(({ path, isTolerant }) => spellingsOf(path, isTolerant)),
  ...['models', 'models*'].flatMap((path) => spellingsOf(path, true)),
];

describe('every route', () => {
  let app: TestApp;
  let routes: Route[];
  let operations: { id: string; method: string; path: string }[];

  beforeAll(async () => {
    app = await startTestApp();
    routes = listRoutes(app);
    const { paths = {} } = (await app.api.get('/openapi.json')).body as OpenApiDocument;
    operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        id: (operation as OperationObject).operationId ?? `${method} ${path}`,
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, '01936b1e-0000-7000-8000-000000000000'),
      })),
    );
  });
  afterAll(() => app.stop());

  const isPublic = ({ pattern }: Route) => PUBLIC.some((known) => known.test(pattern));
  const isOfGateway = ({ pattern }: Route) => GATEWAY.includes(pattern);
  const pathOf = ({ pattern }: Route) => pattern.replace(/:\w+/g, 'x').replace('*', '/x');
  const guarded = () => operations.filter(({ path }) => path.startsWith('/v1/'));

  it('is found by this suite', () => {
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, path } of operations) {
      const pattern = new RegExp(`^${path.replace(/01936b1e-[\da-f-]+/g, ':\\w+')}$`);
      expect(routes.filter((route) => route.method === method && pattern.test(route.pattern))).toHaveLength(
        1,
      );
    }
  });

  it('returns 401 without a token, unless it is in the list of public routes', async () => {
    // Without the contract, because routes of the gateway have the errors of their vendors.
    const anonymous = new ApiClient(app.url);
    for (const route of routes.filter((candidate) => !isPublic(candidate))) {
      const { status, headers } = await anonymous.request(route.method, pathOf(route));
      expect([route, status]).toEqual([route, 401]);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="caret"');
    }
  });

  it('supports only GET and HEAD if it is public', () => {
    expect(routes.filter(isPublic).filter(({ method }) => !['GET', 'HEAD'].includes(method))).toEqual([]);
  });

  it('is documented if it is guarded', () => {
    const undocumented = routes.filter((route) => {
      const documented = operations.some(
        ({ method, path }) =>
          method === route.method && path.split('/').length === route.pattern.split('/').length,
      );
      return !isPublic(route) && !isOfGateway(route) && route.method !== 'HEAD' && !documented;
    });
    expect(undocumented).toEqual([]);
  });

  it('returns 403 and names the scope that the token lacks', async () => {
    expect(
      guarded()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(Object.keys(REQUIRED_SCOPES).sort());
    const without = new Map<string, Awaited<ReturnType<typeof issueToken>>>();
    for (const scope of ['admin', 'tokens:write', 'providers:write', 'providers:read']) {
      // `providers:write` includes `providers:read`, so a token without the latter must lack both.
      const isKept = (own: string) =>
        own !== scope && !(scope === 'providers:read' && own === 'providers:write');
      without.set(scope, await issueToken(app, ALL_BUT_ADMIN.filter(isKept)));
    }
    for (const { id, method, path } of guarded()) {
      const needed = REQUIRED_SCOPES[id];
      if (!needed) continue;
      const { status, headers } = await without.get(needed)!.api.request(method, path, bodyOf(method));
      expect([id, status, headers.get('www-authenticate')]).toEqual([
        id,
        403,
        `Bearer realm="caret", error="insufficient_scope", scope="${needed}"`,
      ]);
    }
  });

  it('accepts a token with only its scope, and a token with admin', async () => {
    const admin = await issueToken(app, ['admin']);
    for (const { id, method, path } of guarded()) {
      const needed = REQUIRED_SCOPES[id];
      for (const { api } of [admin, await issueToken(app, [needed ?? 'gateway:use'])]) {
        const { status } = await api.request(method, path, bodyOf(method));
        expect([id, status === 401 || status === 403]).toEqual([id, false]);
      }
    }
  });

  it('that reads providers accepts providers:write', async () => {
    const { api } = await issueToken(app, ['providers:write']);
    expect((await api.get('/v1/llm-providers')).status).toBe(200);
  });
});

function bodyOf(method: string): unknown {
  return method === 'GET' || method === 'DELETE' ? undefined : {};
}
