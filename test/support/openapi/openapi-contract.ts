import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import {
  matchesContentType,
  type OpenApiDocument,
  type Operation,
  type ResponseObject,
} from './openapi-document';
import { OpenApiPaths } from './openapi-paths';

export interface ObservedResponse {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  /** Undefined without a body. */
  readonly body: unknown;
}

const DOCUMENT = 'document';

/** The statuses of an unknown route and of a wrong method, which no document can list. */
const UNROUTED_STATUSES = [401, 404, 405];

/**
 * Validates responses against an OpenAPI 3.1 document. Stricter than JSON Schema: a property that a schema under
 * `components` does not name is an error, because an undocumented property may be a leak.
 */
export class OpenApiContract {
  private readonly ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    logger: false,
    validateSchema: false,
  });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly paths: OpenApiPaths;

  /** `problemSchema` names the component of errors outside every documented operation. */
  constructor(
    document: OpenApiDocument,
    private readonly problemSchema = 'Problem',
  ) {
    const closed = closeSchemas(document);
    this.paths = new OpenApiPaths(closed);
    addFormats.default(this.ajv);
    this.ajv.addSchema(closed, DOCUMENT);
  }

  /** Throws an error that names the operation, the status and every mismatch. */
  check(observed: ObservedResponse): void {
    const operation = this.paths.find(observed.method, observed.path);
    if (operation) this.checkOperation(operation, observed);
    else this.checkUnrouted(observed);
  }

  private checkOperation(operation: Operation, observed: ObservedResponse): void {
    const response = this.paths.response(operation, observed.status);
    if (!response) throw this.mismatch(operation.id, observed, 'the status is not documented');
    if (observed.headers.has('retry-after') && !('Retry-After' in (response.value.headers ?? {}))) {
      throw this.mismatch(operation.id, observed, 'the header Retry-After is not documented');
    }
    const contentType = observed.headers.get('content-type');
    const documented = Object.keys(response.value.content ?? {});
    if (documented.length === 0 || observed.method === 'HEAD' || observed.status === 304) {
      if (observed.body !== undefined) throw this.mismatch(operation.id, observed, 'no body is documented');
      return;
    }
    const mediaType = documented.find((candidate) => matchesContentType(candidate, contentType));
    if (mediaType === undefined) {
      const detail = `content type ${contentType ?? '(none)'} is not one of ${documented.join(', ')}`;
      throw this.mismatch(operation.id, observed, detail);
    }
    if (hasSchema(response.value, mediaType)) {
      this.validate(operation.id, observed, [...response.pointer, 'content', mediaType, 'schema']);
    }
  }

  private checkUnrouted(observed: ObservedResponse): void {
    const label = `undocumented ${observed.method} ${observed.path}`;
    if (!UNROUTED_STATUSES.includes(observed.status)) {
      throw this.mismatch(
        label,
        observed,
        `no such operation is documented, so the status must be one of ${UNROUTED_STATUSES.join(', ')}`,
      );
    }
    const contentType = observed.headers.get('content-type');
    if (!matchesContentType('application/problem+json', contentType)) {
      throw this.mismatch(
        label,
        observed,
        `content type ${contentType ?? '(none)'} is not application/problem+json`,
      );
    }
    if (observed.method !== 'HEAD')
      this.validate(label, observed, ['components', 'schemas', this.problemSchema]);
  }

  private validate(label: string, observed: ObservedResponse, pointer: readonly string[]): void {
    const fragment = pointer.map(
      (part) => `/${encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))}`,
    );
    const reference = `${DOCUMENT}#${fragment.join('')}`;
    let validator = this.validators.get(reference);
    if (!validator) {
      validator = this.ajv.compile({ $ref: reference });
      this.validators.set(reference, validator);
    }
    if (validator(observed.body)) return;
    const errors = (validator.errors ?? []).map(({ instancePath, message, params }) => {
      return `${instancePath || '/'} ${message ?? 'is invalid'} ${JSON.stringify(params)}`;
    });
    throw this.mismatch(label, observed, errors.join('\n  '));
  }

  private mismatch(label: string, { status, body }: ObservedResponse, detail: string): Error {
    const shown = body === undefined ? '' : `\n  body: ${JSON.stringify(body).slice(0, 2000)}`;
    return new Error(`OpenAPI contract: ${label} returned ${status}\n  ${detail}${shown}`);
  }
}

function hasSchema(response: ResponseObject, mediaType: string): boolean {
  return response.content?.[mediaType]?.schema !== undefined;
}

/** Sets `additionalProperties: false`. Schemas composed with `allOf` cannot be closed individually and stay open. */
function closeSchemas(document: OpenApiDocument): OpenApiDocument {
  const closed = structuredClone(document);
  for (const schema of Object.values(closed.components?.schemas ?? {})) {
    const composed = ['allOf', 'anyOf', 'oneOf', '$ref'].some((keyword) => keyword in schema);
    if (schema['properties'] && !('additionalProperties' in schema) && !composed) {
      schema['additionalProperties'] = false;
    }
  }
  return closed;
}
