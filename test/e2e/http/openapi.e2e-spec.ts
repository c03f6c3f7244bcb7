import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { operationsOf } from '../../support/openapi/openapi-operations';
import { OPENAPI_STRUCTURE } from '../../support/openapi/openapi-structure';

const COMMITTED = join(__dirname, '../../..', 'openapi.json');

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: Json;

  beforeAll(async () => {
    app = await startTestApp();
    document = (await app.clientFor().get('/openapi.json')).body;
  });
  afterAll(() => app.stop());

  const validator = () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    return ajv;
  };

  it('is committed in its current form', async () => {
    const committed: unknown = JSON.parse(await readFile(COMMITTED, 'utf8').catch(() => '{}'));
    const isCurrent = JSON.stringify(committed) === JSON.stringify(document);
    if (!isCurrent) throw new Error('openapi.json is stale: run `npm run openapi` and commit what it writes');
  });

  it('is valid OpenAPI 3.1', () => {
    const validate = validator().compile(OPENAPI_STRUCTURE);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('has no dangling references, and schemas that compile', () => {
    const ajv = validator();
    ajv.addSchema(document, 'document');
    const found = JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g);
    const references = new Set([...found].map(([, pointer]) => pointer));
    expect(references.size).toBeGreaterThan(10);
    for (const pointer of references)
      expect(() => ajv.compile({ $ref: `document#${pointer}` })).not.toThrow();
  });

  it('uses no schema keyword of OpenAPI 3.0', () => {
    expect(JSON.stringify(document)).not.toMatch(/"(nullable|exclusiveMinimum|exclusiveMaximum)":true/);
  });

  it('has no word in two named enums', () => {
    const schemas: Json[] = Object.values(document.components.schemas);
    const words: string[] = schemas.flatMap((schema) => schema.enum ?? []);
    expect(words.length).toBeGreaterThan(10);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });

  it('gives every operation a unique id and summary, and a description that says more', () => {
    const operations = operationsOf(document);
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(new Set(operations.map(({ operation }) => operation.summary)).size).toBe(operations.length);
    const uninformative = operations.filter(({ operation }) => operation.description === operation.summary);
    expect(uninformative.map(({ id }) => id)).toEqual([]);
  });

  it('gives every operation a described tag', () => {
    const known = document.tags.map(({ name }: Json) => name);
    const used = operationsOf(document).flatMap(({ operation }) => operation.tags);
    expect(used.filter((tag) => !known.includes(tag))).toEqual([]);
    expect(known.filter((tag: string) => !used.includes(tag))).toEqual([]);
  });

  it('declares exactly the parameters of each path', () => {
    for (const { path, operation } of operationsOf(document)) {
      const inPath = (operation.parameters ?? []).filter((parameter: Json) => parameter.in === 'path');
      const templated = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(inPath.map(({ name }: Json) => name)).toEqual(templated);
      expect(inPath.every(({ required }: Json) => required)).toBe(true);
    }
  });

  it('documents the failures of each operation', () => {
    for (const { id, path, operation } of operationsOf(document).filter(({ path: at }) =>
      at.startsWith('/v1'),
    )) {
      const statuses = Object.keys(operation.responses).map(Number);
      expect([id, statuses]).toEqual([id, expect.arrayContaining([400, 401, 403, 406, 429, 503])]);
      if (operation.requestBody)
        expect([id, statuses]).toEqual([id, expect.arrayContaining([413, 415, 422])]);
      if (path.includes('{')) expect([id, statuses]).toEqual([id, expect.arrayContaining([404])]);
    }
  });

  it('requires a token for exactly the operations that reject requests without one', async () => {
    const stranger = app.clientFor();
    for (const { id, method, path, operation } of operationsOf(document)) {
      const { status } = await stranger.request(method, path.replaceAll(/\{\w+\}/g, 'x'));
      expect([id, status === 401]).toEqual([id, operation.security === undefined]);
    }
    expect(document.security).toEqual([{ bearer: [] }]);
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  it.each([
    '/openapi.json',
    '/docs',
    '/docs/swagger-ui-init.js',
    '/docs/swagger-ui-bundle.js',
    '/docs/errors.md',
  ])('is revalidated by its ETag at %s', async (path) => {
    const first = await app.clientFor().get(path);
    const etag = first.headers.get('etag')!;
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const again = await app.clientFor().get(path, { headers: { 'If-None-Match': etag } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    const other = await app.clientFor().get(path, { headers: { 'If-None-Match': '"other"' } });
    expect([other.status, other.text]).toEqual([200, first.text]);
  });

  describe('at /docs', () => {
    it('shows Swagger UI without a token and without requests to other hosts', async () => {
      const page = await app.clientFor().get('/docs');
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset]) => asset!);
      expect(assets.length).toBeGreaterThan(2);
      for (const asset of assets) {
        const url = new URL(asset, `${app.url}/docs`);
        expect(url.origin).toBe(app.url);
        expect((await app.clientFor().get(url.pathname)).status).toBe(200);
      }
    });

    it('runs only its own scripts, and no other page can frame it', async () => {
      for (const path of ['/docs', '/docs/', '/docs/index.html', '/docs/swagger-ui-init.js']) {
        const { headers, text } = await app.clientFor().get(path);
        const policy = headers.get('content-security-policy')!.split('; ');
        expect(policy).toEqual(
          expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
        );
        expect(text).not.toMatch(/<script>|\son\w+="/);
      }
    });

    it('calls the service that serves it', async () => {
      const script = (await app.clientFor().get('/docs/swagger-ui-init.js')).text;
      expect(script).toMatch(/"servers":\s*\[\s*\{\s*"url":\s*"\/"/);
      expect(document.servers[0].url).toBe('{baseUrl}');
    });

    it('links to the list of errors, which the service serves', async () => {
      expect(document.info.description).toContain('](docs/errors.md)');
      const { status, headers, text } = await app.clientFor().get('/docs/errors.md');
      expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(text).toContain('| `validation.failed`');
    });

    it('asks for the bearer token and does not store it', async () => {
      const script = (await app.clientFor().get('/docs/swagger-ui-init.js')).text;
      expect(script).toMatch(/"securitySchemes":\s*\{\s*"bearer"/);
      expect(script).toMatch(/"persistAuthorization":\s*false/);
    });
  });
});
