import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { etagOfText, matchesNone } from '../http/response/etag';
import { openApiDocument } from './openapi-document';

const ERRORS_FILE = join(__dirname, '../../docs/errors.md');

/** Swagger UI needs inline styles. It loads nothing from other hosts, and no other page may show it in a frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** The files of Swagger UI, by name. */
const UI_FILES: readonly (readonly [name: string, type: string])[] = [
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', SCRIPT],
  ['favicon-32x32.png', 'image/png'],
];

/**
 * Serves `/openapi.json`, Swagger UI at `/docs`, and the list of errors to which both link. All of them are built here,
 * once, so that no request waits for them.
 */
export function serveApiDescription(app: NestFastifyApplication): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const document = openApiDocument(app);
  serve(fastify, '/openapi.json', 'application/json; charset=utf-8', JSON.stringify(document));
  serve(fastify, '/docs', HTML, renderPage('./docs/'));
  serve(fastify, '/docs/', HTML, renderPage('./'));
  serve(fastify, '/docs/index.html', HTML, renderPage('./'));
  serve(fastify, '/docs/swagger-ui-init.js', SCRIPT, renderInitScript(document));
  for (const [name, type] of UI_FILES) {
    serve(fastify, `/docs/${name}`, type, readFileSync(require.resolve(`swagger-ui-dist/${name}`)));
  }
  serve(fastify, '/docs/errors.md', 'text/plain; charset=utf-8', readFileSync(ERRORS_FILE));
}

/** Serves the same bytes to everybody. Clients revalidate them, because another version of Caret has others. */
function serve(fastify: FastifyInstance, path: string, type: string, content: string | Buffer): void {
  const bytes = Buffer.from(content);
  const etag = etagOfText(bytes);
  fastify.get(path, (request, reply) => {
    reply.header('etag', etag).header('cache-control', 'no-cache');
    if (path.startsWith('/docs')) reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    if (matchesNone(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type(type).send(bytes);
  });
}

/** Returns the page that loads Swagger UI from `base`, a relative path, so that a proxy can add a prefix. */
function renderPage(base: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Caret API</title>
    <link rel="icon" type="image/png" href="${base}favicon-32x32.png" />
    <link rel="stylesheet" href="${base}swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${base}swagger-ui-bundle.js"></script>
    <script src="${base}swagger-ui-init.js"></script>
  </body>
</html>
`;
}

/** Returns the script that starts Swagger UI. "Try it out" calls the service that serves the page, whatever its address. */
function renderInitScript(document: ReturnType<typeof openApiDocument>): string {
  const options = {
    dom_id: '#swagger-ui',
    spec: { ...document, servers: [{ url: '/' }] },
    deepLinking: true,
    persistAuthorization: false,
    defaultModelsExpandDepth: 0,
    // The validator is another host.
    validatorUrl: null,
  };
  return `SwaggerUIBundle(${JSON.stringify(options)});\n`;
}
