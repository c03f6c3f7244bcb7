import { GuardedHttpClient, type UpstreamRequest } from '../../../src/upstream/client/guarded-http-client';
import type { TestApp } from '../app/app';
import type { Json } from '../clients/api-client';
import { anthropicModelPage } from './model-lists';

/** What the vendors' own hosts list. A test cannot call them, so this replaces the HTTP client. */
export class VendorReplies {
  status = 200;
  anthropic: string[] = [];
  openrouter: Json[] = [];
  /** How many models OpenRouter says it has. Each page is the same. */
  openrouterTotal: number | undefined;

  constructor({ app }: TestApp) {
    jest.spyOn(app.get(GuardedHttpClient), 'request').mockImplementation(({ url }: UpstreamRequest) =>
      Promise.resolve({
        status: this.status,
        headers: {},
        body: Buffer.from(JSON.stringify(this.listAt(url.host))),
        latencyMs: 1,
        receivedBytes: 1,
      }),
    );
  }

  private listAt(host: string): unknown {
    if (host === 'openrouter.ai') return { data: this.openrouter, total: this.openrouterTotal };
    return anthropicModelPage(this.anthropic, { limit: 1000, afterId: null });
  }
}
