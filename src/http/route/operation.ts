import { applyDecorators, HttpCode, type Type, UseInterceptors } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
  type HeaderObject,
} from '@nestjs/swagger';
import { Problem } from '../problem/problem.response.dto';
import { TakesBody } from '../request/body.guard';
import { isOptionalBody } from '../request/validate-body';
import { type RegistryUse, UsesRegistry } from './registry-use.decorator';
import { WriteInterceptor } from './write.interceptor';

/** What a route can answer beside success and what every guarded route can. */
export type Failure =
  'body' | 'not_found' | 'conflict' | 'precondition' | 'idempotency' | 'upstream' | 'write';

/** Statuses of each kind of failure, with what they mean. */
const FAILURES: Record<Failure, Record<number, string>> = {
  body: {
    413: 'The body is larger than 256 KiB.',
    415: 'The body is not JSON in UTF-8, or compressed.',
    422: 'A field is not valid; `errors` points to each.',
  },
  not_found: { 404: 'There is none, or it is not yours.' },
  conflict: { 409: 'It is in conflict with what there is, or cannot be used as it is.' },
  precondition: { 412: 'It has changed since the `If-Match` was read.' },
  idempotency: {
    409: 'It is in conflict with what there is, or the first request with this key is in flight.',
    422: 'A field is not valid, or the key was used with another body.',
  },
  upstream: {
    422: 'The address is refused, or the upstream refused the key or the request.',
    502: 'The upstream cannot be reached, fails, or answers nonsense.',
    504: 'The upstream takes too long.',
  },
  write: { 507: "The database's disk is full; nothing was written." },
};

const EVERYWHERE: Record<number, string> = {
  400: 'The request is malformed: its JSON, a header or its query.',
  401: 'No token, or not a valid one.',
  403: 'The token has not the scope this needs.',
  406: 'The client takes no JSON.',
  408: 'The request took too long to arrive.',
  429: 'Too many failed sign-ins from this address; `Retry-After` says when to go on.',
  431: 'The header fields are larger than 16 KiB.',
  503: 'The database does not answer, or too many writes wait; `Retry-After` says when to go on.',
};

/** Request bodies to try, by name. */
export type BodyExamples<T> = Readonly<Record<string, { readonly summary: string; readonly value: T }>>;

export interface OperationOptions {
  /** Unique in the API; the name of the method in generated SDKs. */
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly status?: 200 | 201 | 204;
  /** Of the request's body, with examples that work as they stand. */
  readonly body?: { readonly type: Type<unknown>; readonly examples: BodyExamples<unknown> };
  /** Of the answer's body; in a list for an array. */
  readonly response?: Type<unknown> | [Type<unknown>];
  /** Of the answer's body. */
  readonly example?: unknown;
  readonly failures?: readonly Failure[];
  /** The answer is a resource with an ETag that `If-None-Match` (reads) or `If-Match` (writes) takes. */
  readonly etag?: 'read' | 'write';
  /** What the route has to do with the registry's revision. */
  readonly registry?: RegistryUse;
}

/**
 * Describes a guarded route, wholly: id, success, every failure, headers. Sets its success status as well, and has
 * writes intercepted.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const { status = 200, failures = [], etag } = options;
  const problems = { ...EVERYWHERE };
  for (const failure of failures) {
    for (const [code, description] of Object.entries(FAILURES[failure])) {
      const known = problems[Number(code)];
      problems[Number(code)] = known && known !== description ? `${known} Or: ${description}` : description;
    }
  }
  return applyDecorators(
    HttpCode(status),
    ...(isWrite(options) ? [UseInterceptors(WriteInterceptor)] : []),
    ApiBearerAuth(),
    ApiExtraModels(Problem),
    ApiOperation({
      operationId: options.id,
      summary: options.summary,
      description: options.description,
    }),
    ...(options.body ? [requestBody(options.body)] : []),
    success(options, status),
    ...Object.entries(problems).map(([code, description]) => problem(Number(code), description)),
    ...(etag === 'read'
      ? [conditional('If-None-Match', 'The ETag of an earlier answer: 304 if it still holds.')]
      : []),
    ...(etag === 'write'
      ? [
          conditional(
            'If-Match',
            'The ETag of an earlier answer: 412 if the resource has changed since.',
            ETAGS,
          ),
        ]
      : []),
    ...(options.registry ? [UsesRegistry(options.registry)] : []),
    ...(options.registry === 'read' || options.registry === 'check'
      ? [
          conditional(
            'X-Registry-Revision',
            'The revision of an earlier answer: nothing older is answered.',
            REVISION,
          ),
        ]
      : []),
    ...(etag === 'read'
      ? [ApiResponse({ status: 304, description: 'Not changed since the `If-None-Match`.' })]
      : []),
  );
}

/** Whether what goes around writes has anything to do with it. */
function isWrite({ failures = [], registry }: OperationOptions): boolean {
  return failures.includes('write') || failures.includes('idempotency') || registry === 'write';
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

/** What a failure's status is answered with beside its body. */
const FAILURE_HEADERS: Record<number, Record<string, HeaderObject>> = {
  401: { 'WWW-Authenticate': textHeader('The challenge of RFC 6750.') },
  403: { 'WWW-Authenticate': textHeader('The challenge of RFC 6750, with the scope that is needed.') },
  429: { 'Retry-After': textHeader('Seconds.') },
  503: { 'Retry-After': textHeader('Seconds.') },
};

/** The RFC 9457 answer of one status. */
function problem(status: number, description: string): MethodDecorator {
  return ApiResponse({
    status,
    description,
    headers: FAILURE_HEADERS[status] ?? {},
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(Problem) } } },
  });
}

function success(options: OperationOptions, status: number): MethodDecorator {
  const { response, example } = options;
  const description = status === 201 ? 'Created.' : status === 204 ? 'Gone.' : 'The answer.';
  const headers: Record<string, HeaderObject> = {
    ...((options.etag && response) || status === 201 ? { ETag: textHeader('Strong validator.') } : {}),
    ...(status === 201 ? { Location: textHeader('Where it is.') } : {}),
    ...(options.registry && options.registry !== 'check'
      ? { 'X-Registry-Revision': textHeader("The registry's revision, or a later one.") }
      : {}),
    ...(Array.isArray(response) ? { Link: textHeader('The next page, where there is one (RFC 8288).') } : {}),
  };
  if (!response) return ApiResponse({ status, description, headers });
  const [type, isArray] = Array.isArray(response) ? [response[0], true] : [response, false];
  const schema = isArray
    ? { type: 'array', items: { $ref: getSchemaPath(type) } }
    : { $ref: getSchemaPath(type) };
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({
      status,
      description,
      headers,
      content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
    }),
  );
}

function textHeader(description: string): HeaderObject {
  return { description, schema: { type: 'string' } };
}

/** `*`, or entity tags in quotes (RFC 9110, section 8.8.3). */
const ETAGS = '^(\\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$';
const REVISION = '^[0-9]{1,15}$';

function conditional(name: string, description: string, pattern?: string): MethodDecorator {
  const schema = { type: 'string', ...(pattern !== undefined && { pattern }) } as const;
  return ApiHeader({ name, description, required: false, schema });
}
