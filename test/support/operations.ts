import type { TestApp } from './app';
import type { OpenApiDocument, OperationObject } from './openapi-document';

export interface GuardedOperation {
  readonly id: string;
  readonly method: string;
  /** As the document has it: with `{provider_id}` and so on. */
  readonly template: string;
  readonly parameters: readonly string[];
  path(ids: Readonly<Record<string, string>>): string;
}

/** Every documented operation below /v1, so that one that is added later is tested without a change here. */
export async function listOperations(app: TestApp): Promise<GuardedOperation[]> {
  const { paths = {} } = (await app.api.get('/openapi.json')).body as OpenApiDocument;
  return Object.entries(paths)
    .filter(([template]) => template.startsWith('/v1/'))
    .flatMap(([template, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        id: (operation as OperationObject).operationId ?? `${method} ${template}`,
        method: method.toUpperCase(),
        template,
        parameters: [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
        path: (ids: Readonly<Record<string, string>>) =>
          template.replace(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? `no ${name}`),
      })),
    );
}
