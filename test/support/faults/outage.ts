import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, ApiResponse } from '../clients/api-client';
import { timed } from '../pace';
import { API_KEY } from '../registry/factories';

/** The pause between a response and the next request of its kind. */
const PAUSE_MS = 40;

interface Observation {
  readonly kind: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: number;
  readonly milliseconds: number;
}

/** Records what callers and load balancers observe while the database is unavailable. */
export class Outage {
  private readonly observations: Observation[] = [];
  /** Names of providers whose creation was not acknowledged. */
  readonly unacknowledged: string[] = [];
  private isOver = false;

  constructor(private readonly api: ApiClient) {}

  /** Sends requests for a number of milliseconds and waits for the last responses. */
  async watch(milliseconds: number): Promise<void> {
    const { api } = this;
    const running = Promise.all([
      // Three concurrent callers, because they share reads of the revision.
      ...[1, 2, 3].map(() => this.repeat('list', () => api.get('/v1/llm-providers'))),
      this.repeat('page', () => api.get('/v1/audit-events?limit=5')),
      this.repeat('write', () => this.create({})),
      this.repeat('write', () => this.create({})),
      this.repeat('write once', () => this.create({ 'idempotency-key': randomUUID() })),
      this.repeat('healthz', () => api.get('/healthz')),
    ]);
    await sleep(milliseconds);
    this.isOver = true;
    await running;
  }

  of(...kinds: string[]): readonly Observation[] {
    return this.observations.filter(({ kind }) => kinds.includes(kind));
  }

  slowest(...kinds: string[]): number {
    return Math.max(...this.of(...kinds).map(({ milliseconds }) => milliseconds));
  }

  private async create(headers: Record<string, string>): Promise<ApiResponse> {
    const name = `outage-${randomUUID()}`;
    const response = await this.api.post(
      '/v1/llm-providers',
      { name, provider: 'openai', api_key: API_KEY },
      { headers },
    );
    if (response.status !== 201) this.unacknowledged.push(name);
    return response;
  }

  private async repeat(kind: string, send: () => Promise<ApiResponse>): Promise<void> {
    while (!this.isOver) {
      const { result, milliseconds } = await timed(send);
      const { status, body, headers } = result;
      this.observations.push({
        kind,
        status,
        code: body?.code,
        retryAfter: Number(headers.get('retry-after')),
        milliseconds,
      });
      await sleep(PAUSE_MS);
    }
  }
}
