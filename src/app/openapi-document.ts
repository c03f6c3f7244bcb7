import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = `A registry and router for LLM providers: API keys, models, prices and routing rules in one place.

Every answer to an error is \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`docs/errors.md\` in the source lists them all, with what to do. Reads and writes of a resource carry an \`ETag\`; \`If-None-Match\` and \`If-Match\` take it. A POST that creates takes an \`Idempotency-Key\`.`;

/** The OpenAPI 3.1 document of the running application. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Caret')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'A Caret token.' })
    .addTag('Account', 'Who am I')
    .addTag('Tokens', 'Bearer tokens and their scopes')
    .addTag('Providers', 'Accounts at LLM vendors')
    .addTag('Models', 'The models under each provider')
    .addTag('Discovery', 'What an upstream offers, and whether it works')
    .addTag('Routing', 'Which upstream a selector means, with which configuration, at what price')
    .addTag('Cost', 'What a usage costs')
    .addTag('Audit', 'Who changed what')
    .addTag('Operations', 'Health and metrics');
  return SwaggerModule.createDocument(app, builder.build());
}

/** `/openapi.json`, and Swagger UI at `/docs`. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Caret API',
    swaggerOptions: { persistAuthorization: false },
  });
}
