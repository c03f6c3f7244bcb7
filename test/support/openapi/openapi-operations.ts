import type { Json } from '../clients/http-client';

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** As in the document. */
  readonly operation: Json;
}

/** Every operation of a document, in its order. */
export function operationsOf(document: Json): DocumentedOperation[] {
  return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** The successes of an operation; `media` is their JSON, where they have any. */
export function successesOf({ operation }: DocumentedOperation): { status: number; media: Json }[] {
  return Object.entries<Json>(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, { content }]) => ({ status: Number(status), media: content?.['application/json'] }));
}
