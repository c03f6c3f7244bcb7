import type { Usage } from './prompt-cache';

/** One line of the upstream's bill: a request that it began to serve. */
export interface BillLine extends Usage {
  /** The path after `/v1/`. */
  readonly endpoint: string;
  readonly model: string;
  readonly stream: boolean;
  /** The upstream's request id. */
  readonly requestId: string;
  /** Whether the whole reply went out. If not, the output is what had been generated. */
  isComplete: boolean;
}
