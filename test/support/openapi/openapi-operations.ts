import type { Json } from '../clients/api-client';

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** The operation object of the document. */
  readonly operation: Json;
}

/** Returns every operation of a document in document order. */
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

/** Returns the 2xx responses of an operation. `media` is their JSON media type, if any. */
export function successesOf({ operation }: DocumentedOperation): { status: number; media: Json }[] {
  return Object.entries<Json>(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, { content }]) => ({ status: Number(status), media: content?.['application/json'] }));
}
