import { applyDecorators, HttpCode, type Type, UseInterceptors } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  type ApiOperationOptions,
  ApiResponse,
  getSchemaPath,
  type HeaderObject,
  type SchemaObject,
} from '@nestjs/swagger';
import { NoRouteProblem, Problem, QuotaProblem } from '../problem/problem.response.dto';
import { TakesBody } from '../request/body.guard';
import { isOptionalBody } from '../request/validate-body';
import { ALWAYS, BODY, failureResponses, GUARDED, IDEMPOTENCY, textHeader } from './failure-responses';
import type { Failure } from './failures';
import { Idempotent } from './idempotent.decorator';
import { type RegistryUse, UsesRegistry } from './registry-use.decorator';
import { WriteInterceptor } from './write.interceptor';

/** Request bodies to try, by name. */
export type BodyExamples<T> = Readonly<Record<string, { readonly summary: string; readonly value: T }>>;

export interface OperationOptions {
  /** Unique in the API; the name of the method in generated clients. */
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly status?: 200 | 201 | 204;
  /** The request body, with examples that work unchanged. */
  readonly body?: { readonly type: Type<unknown>; readonly examples: BodyExamples<unknown> };
  /** The response body; in a list for an array. */
  readonly response?: Type<unknown> | [Type<unknown>];
  /** An example of the response body. */
  readonly example?: unknown;
  /** An example of a body in plain text, instead of JSON. */
  readonly text?: string;
  /** Failures in addition to those that follow from the other options. */
  readonly failures?: readonly Failure[];
  /** Whether the response is a resource with an ETag that `If-None-Match` (reads) or `If-Match` (writes) takes. */
  readonly etag?: 'read' | 'write';
  /** Whether an object in the response contains a list that comes in pages. A list itself always may. */
  readonly pages?: boolean;
  /** How the route uses the registry's revision. */
  readonly registry?: RegistryUse;
  /** Whether the route writes to the database. `registry: 'write'` and `idempotent` imply it. */
  readonly writes?: boolean;
  /** Whether the route honours `Idempotency-Key`. */
  readonly idempotent?: boolean;
  /** The route's own security. Default: a Caret token. `[]`: none. */
  readonly security?: ApiOperationOptions['security'];
}

/**
 * Describes a route completely: id, success, failures and headers. Also sets the success status and intercepts writes.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, description, status = 200, security } = options;
  return applyDecorators(
    HttpCode(status),
    ...(isWrite(options) ? [UseInterceptors(WriteInterceptor)] : []),
    ...(options.idempotent ? [Idempotent(status)] : []),
    ...(options.registry ? [UsesRegistry(options.registry)] : []),
    ApiExtraModels(Problem, NoRouteProblem, QuotaProblem),
    ApiOperation({ operationId: id, summary, description, ...(security && { security }) }),
    ...(options.body ? [requestBody(options.body)] : []),
    success(options, status),
    ...failureResponses(failuresOf(options)).map((response) => ApiResponse(response)),
    ...requestHeaders(options),
    ...(options.etag === 'read' ? [ApiResponse({ status: 304, description: 'Not modified.' })] : []),
  );
}

function isWrite({ writes, idempotent, registry }: OperationOptions): boolean {
  return Boolean(writes || idempotent || registry === 'write');
}

function failuresOf(options: OperationOptions): Failure[] {
  return [
    ...(options.security ? ALWAYS : GUARDED),
    ...(options.body ? BODY : []),
    ...(options.failures ?? []),
    ...(options.etag === 'write' ? (['StaleEtag'] as const) : []),
    ...(options.idempotent ? IDEMPOTENCY : []),
    ...(isWrite(options) ? (['ValueRejected', 'StorageFull'] as const) : []),
    ...(readsRegistry(options) ? (['RevisionNotReached'] as const) : []),
  ];
}

function readsRegistry({ registry }: OperationOptions): boolean {
  return registry === 'read' || registry === 'check';
}

function requestBody({ type, examples }: NonNullable<OperationOptions['body']>): MethodDecorator {
  return applyDecorators(
    TakesBody(type),
    ApiExtraModels(type),
    ApiBody({
      required: !isOptionalBody(type),
      schema: { $ref: getSchemaPath(type) },
      examples: { ...examples },
    }),
  );
}

const SUCCESS: Record<number, string> = { 200: 'Success.', 201: 'Created.', 204: 'Deleted.' };

function success(options: OperationOptions, status: number): MethodDecorator {
  const { response, example, text, etag, registry, pages } = options;
  const description = SUCCESS[status]!;
  const headers: Record<string, HeaderObject> = {
    ...((etag && response) || status === 201
      ? { ETag: textHeader('The strong validator of the resource.') }
      : {}),
    ...(status === 201 ? { Location: textHeader('The path of the new resource.') } : {}),
    ...(registry && registry !== 'check'
      ? {
          'X-Registry-Revision': {
            description: 'The revision of the registry, or a later one.',
            schema: REVISION,
          },
        }
      : {}),
    ...(pages || Array.isArray(response)
      ? { Link: textHeader('The next page as `<path>; rel="next"` (RFC 8288). Absent on the last page.') }
      : {}),
  };
  if (text !== undefined) {
    const content = { 'text/plain': { schema: { type: 'string' as const }, example: text } };
    return ApiResponse({ status, description, content });
  }
  const withHeaders = Object.keys(headers).length > 0 && { headers };
  if (!response) return ApiResponse({ status, description, ...withHeaders });
  const [type, isArray] = Array.isArray(response) ? [response[0], true] : [response, false];
  const schema = isArray
    ? { type: 'array', items: { $ref: getSchemaPath(type) } }
    : { $ref: getSchemaPath(type) };
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({
      status,
      description,
      ...withHeaders,
      content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
    }),
  );
}

/** 15 digits, which a double represents exactly. */
const REVISION = { type: 'integer', format: 'int64', minimum: 0, maximum: 999_999_999_999_999 } as const;

/** `*`, or entity tags in quotes (RFC 9110, section 8.8.3). */
const ETAGS = '^(\\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$';

function requestHeaders(options: OperationOptions): MethodDecorator[] {
  const headers: MethodDecorator[] = [];
  if (options.etag === 'read') {
    const description = 'An ETag of this resource. The response is 304 when it still matches.';
    headers.push(requestHeader('If-None-Match', description, { type: 'string' }));
  }
  if (options.etag === 'write') {
    const description = 'The ETag that you read. The response is 412 when the resource has changed since.';
    headers.push(requestHeader('If-Match', description, { type: 'string', pattern: ETAGS }));
  }
  if (readsRegistry(options)) {
    const description =
      'The revision of an earlier response. The response is never based on an older registry.';
    headers.push(requestHeader('X-Registry-Revision', description, REVISION));
  }
  return headers;
}

function requestHeader(name: string, description: string, schema: SchemaObject): MethodDecorator {
  return ApiHeader({ name, description, required: false, schema });
}
