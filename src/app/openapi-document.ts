import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ADVANCED_JSON } from '../advanced-json/advanced-json.schema';
import { FIELD_CHANGE } from '../audit/dto/audit-event.response.dto';
import { VERSION } from '../common/version';
import { TOKEN_KIND, UNIT_KIND } from '../cost/dto/cost-items.response.dto';
import { LIFECYCLE } from '../discovery/dto/available-models.response.dto';

import { DEFAULT_REASON, IMPORT_PRICE, SKIP_REASON } from '../discovery/dto/import-models.dto';
import { KEY_CHECK } from '../discovery/dto/key-check.fields';
import { PRICE_SKIP_REASON } from '../discovery/dto/price-check.response.dto';
import { REPAIR_NAME, REST_REASON, TARGET_STATE } from '../gateway/health/dto/provider-health.response.dto';
import { READINESS_STATUS } from '../health/dto/health.response.dto';
import { completeDocument } from '../http/document/complete-document';
import { ROUTE_OUTCOME } from '../http/problem/problem.response.dto';
import type { NamedSchema } from '../http/schemas';
import { PRICE_SHEET, PRICE_SOURCE } from '../models/dto/price-sheet.schema';
import { OPENAI_API_MODE, PROVIDER_KIND } from '../providers/dto/provider-fields';
import { SECRET_STATUS } from '../providers/dto/provider.response.dto';
import { PROTOCOL } from '../routing/dto/route.response.dto';
import { SCOPE } from '../tokens/dto/token.response.dto';

const DESCRIPTION = `A registry and router for LLM providers: API keys, models, prices and routing rules in one place.

**Errors.** Every error response is \`application/problem+json\` (RFC 9457) with a stable \`code\`. [docs/errors.md](docs/errors.md) lists every code with its meaning and what to do.

**Concurrency.** Reads and writes of a resource return an \`ETag\`. Send it in \`If-None-Match\` to revalidate and in \`If-Match\` to avoid lost updates.

**Retries.** A POST that creates takes an \`Idempotency-Key\`.

**Pages.** A list with \`limit\` returns the next page in \`Link\`.`;

const NAMED_SCHEMAS: readonly NamedSchema[] = [
  ADVANCED_JSON,
  FIELD_CHANGE,
  IMPORT_PRICE,
  OPENAI_API_MODE,
  DEFAULT_REASON,
  KEY_CHECK,
  LIFECYCLE,
  PRICE_SHEET,
  PRICE_SKIP_REASON,
  PRICE_SOURCE,
  PROTOCOL,
  PROVIDER_KIND,
  READINESS_STATUS,
  REPAIR_NAME,
  REST_REASON,
  ROUTE_OUTCOME,
  SCOPE,
  SECRET_STATUS,
  SKIP_REASON,
  TARGET_STATE,
  TOKEN_KIND,
  UNIT_KIND,
];

const PATH_IDS = {
  provider_id: 'The id of the provider.',
  model_id: 'The id of the model.',
  token_id: 'The id of the token.',
};

/** The OpenAPI 3.1 document of the running application. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Caret')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('{baseUrl}', 'A Caret service.', {
      baseUrl: { default: 'http://127.0.0.1:3000', description: 'The address of the service.' },
    })
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'A Caret token.' },
      'bearer',
    )
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'opaque',
        description: 'METRICS_TOKEN, when it is set.',
      },
      'metrics',
    )
    .addSecurityRequirements('bearer')
    .addTag('Account', 'The account and token of the caller')
    .addTag('Tokens', 'Bearer tokens and their scopes')
    .addTag('Providers', 'Accounts at LLM vendors')
    .addTag('Models', 'The models of each provider')
    .addTag('Discovery', 'What an upstream offers, and whether it works')
    .addTag('Routing', 'The upstream, configuration and price for a selector')
    .addTag('Cost', 'What a usage costs')
    .addTag('Audit', 'Who changed what, and when')
    .addTag('Operations', 'Health and metrics');
  const base = builder.build();
  base.info.contact = { name: 'The Caret authors' };
  const document = SwaggerModule.createDocument(app, base);
  return completeDocument(document, NAMED_SCHEMAS, PATH_IDS);
}
