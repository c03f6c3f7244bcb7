import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, ApiResponse } from '../clients/http-client';
import { timed } from '../pace';
import { API_KEY } from '../registry/factories';

/** Apart from one another, each kind of request is made again so long after its answer, in milliseconds. */
const PAUSE = 40;

interface Observed {
  readonly kind: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: number;
  readonly milliseconds: number;
}

/** What callers and load balancers saw while the database was away. */
export class Outage {
  private readonly observed: Observed[] = [];
  /** Providers that nobody was told they exist. */
  readonly refused: string[] = [];
  private over = false;

  constructor(private readonly api: ApiClient) {}

  /** Asks from now on, for so many milliseconds, and waits for the last answers. */
  async watch(milliseconds: number): Promise<void> {
    const { api } = this;
    const running = Promise.all([
      // Three at once, who share readings of the revision.
      ...[1, 2, 3].map(() => this.repeat('list', () => api.get('/v1/llm-providers'))),
      this.repeat('page', () => api.get('/v1/audit-events?limit=5')),
      this.repeat('write', () => this.create({})),
      this.repeat('write', () => this.create({})),
      this.repeat('write once', () => this.create({ 'idempotency-key': randomUUID() })),
      this.repeat('healthz', () => api.get('/healthz')),
    ]);
    await sleep(milliseconds);
    this.over = true;
    await running;
  }

  of(...kinds: string[]): readonly Observed[] {
    return this.observed.filter(({ kind }) => kinds.includes(kind));
  }

  slowest(...kinds: string[]): number {
    return Math.max(...this.of(...kinds).map(({ milliseconds }) => milliseconds));
  }

  private async create(headers: Record<string, string>): Promise<ApiResponse> {
    const name = `outage-${randomUUID()}`;
    const answer = await this.api.post(
      '/v1/llm-providers',
      { name, provider: 'openai', api_key: API_KEY },
      { headers },
    );
    if (answer.status !== 201) this.refused.push(name);
    return answer;
  }

  private async repeat(kind: string, ask: () => Promise<ApiResponse>): Promise<void> {
    while (!this.over) {
      const { result, milliseconds } = await timed(ask);
      const { status, body, headers } = result;
      this.observed.push({
        kind,
        status,
        code: body?.code,
        retryAfter: Number(headers.get('retry-after')),
        milliseconds,
      });
      await sleep(PAUSE);
    }
  }
}
