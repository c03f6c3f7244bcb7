import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE } from '../route/failure-responses';
import type { NamedSchema } from '../schemas';
import { codeSamples, type SampleRequest } from './code-samples';

/** Any JSON object of the document. */
type Node = Record<string, unknown>;

interface Parameter {
  in: string;
  name: string;
  description?: string;
  schema: Node;
}

interface Media {
  readonly examples?: Record<string, { readonly value: unknown }>;
}

interface Response {
  readonly $ref?: string;
  readonly content?: Record<string, Media | undefined>;
}

interface Operation extends Node {
  parameters?: Parameter[];
  requestBody?: { readonly content: Record<string, Media | undefined> };
  responses: Record<string, Response>;
  security?: Record<string, unknown>[];
}

const METHODS = ['get', 'post', 'patch', 'delete'] as const;

/**
 * Adds what Nest cannot express: named schemas, error responses under `components`, path ids, and code samples.
 * `ids` describes each path parameter. Throws for a parameter that it does not describe.
 */
export function completeDocument(
  document: OpenAPIObject,
  schemas: readonly NamedSchema[],
  ids: Readonly<Record<string, string>>,
): OpenAPIObject {
  const completed = referDirectly(document) as OpenAPIObject;
  const components = (completed.components ??= {});
  components.schemas = {
    ...components.schemas,
    ...Object.fromEntries(schemas.map(({ name, schema }) => [name, schema])),
  };
  const responses: Record<string, Response> = {};
  for (const [path, item] of Object.entries(completed.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (!operation) continue;
      describeIds(operation, ids);
      shareErrors(operation, responses);
      operation['x-codeSamples'] = codeSamples(sampleRequest(method, path, operation));
    }
  }
  components.responses = Object.fromEntries(
    Object.entries(responses).sort(([one], [other]) => one.localeCompare(other)),
  ) as typeof components.responses;
  return completed;
}

/** Replaces an `allOf` of one reference, which Nest writes next to other keys. OpenAPI 3.1 allows the reference itself. */
function referDirectly(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(referDirectly);
  if (typeof node !== 'object' || node === null) return node;
  const { allOf, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, referDirectly(value)]),
  );
  if (allOf === undefined) return rest;
  return Array.isArray(allOf) && allOf.length === 1 ? { ...(allOf[0] as Node), ...rest } : { allOf, ...rest };
}

function describeIds(operation: Operation, ids: Readonly<Record<string, string>>): void {
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in !== 'path') continue;
    const description = ids[parameter.name];
    if (description === undefined)
      throw new Error(`The path parameter ${parameter.name} has no description.`);
    parameter.description = description;
    parameter.schema = { type: 'string', format: 'uuid' };
  }
}

/** Moves error responses to `components`. The names of their failures name them. */
function shareErrors(operation: Operation, shared: Record<string, Response>): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const failures = response.content?.[PROBLEM_MEDIA_TYPE]?.examples;
    if (!failures) continue;
    const name = Object.keys(failures).join('Or');
    shared[name] = response;
    operation.responses[status] = { $ref: `#/components/responses/${name}` };
  }
}

function sampleRequest(method: string, path: string, operation: Operation): SampleRequest {
  const [example] = Object.values(operation.requestBody?.content['application/json']?.examples ?? {});
  const [success] = Object.values(operation.responses);
  const media = Object.keys(success?.content ?? {});
  return {
    method: method.toUpperCase(),
    path,
    tokenVariable: tokenVariable(operation.security),
    body: example?.value,
    returns: media.length === 0 ? 'nothing' : media.includes('application/json') ? 'json' : 'text',
  };
}

/** The environment variable of the token that an operation takes. Without a security of its own, Caret's. */
function tokenVariable(security: Operation['security']): string | null {
  if (security === undefined) return 'TOKEN';
  return security.some((scheme) => 'metrics' in scheme) ? 'METRICS_TOKEN' : null;
}
