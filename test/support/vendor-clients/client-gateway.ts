import { eventually } from '../eventually';
import { startGateway, type GatewayApp } from '../gateway/gateway-app';
import type { UsageRow } from '../gateway/usage-rows';
import { uniqueName } from '../registry/factories';
import type { BillLine } from '../upstreams/strict/strict-bill';
import { startStrictUpstream, type StrictUpstream } from '../upstreams/strict/strict-upstream';

/** Each kind of error has a model of its own, because a failure cools the model that failed. */
const MODELS = {
  openai: { chat: 'gpt-strict', busy: 'gpt-busy', patient: 'gpt-patient', cut: 'gpt-cut' },
  anthropic: { chat: 'claude-strict', busy: 'claude-busy', patient: 'claude-patient', cut: 'claude-cut' },
} as const;
const EMBEDDINGS = 'embed-strict';

/** What `client-process.mjs` reads: URLs, a token and selectors. */
export interface ClientSettings {
  readonly url: string;
  readonly token: string;
  readonly openai: Readonly<Record<string, string>>;
  readonly anthropic: Readonly<Record<string, string>>;
}

/** The service in front of a strict upstream. */
export interface ClientGateway {
  readonly app: GatewayApp;
  readonly upstream: StrictUpstream;
  /** Creates providers for one client. */
  createSettings(): Promise<ClientSettings>;
  stop(): Promise<void>;
}

export async function startClientGateway(): Promise<ClientGateway> {
  const chatModels = Object.values(MODELS).flatMap((models) => Object.values(models));
  const [app, upstream] = await Promise.all([
    startGateway(),
    startStrictUpstream({ chatModels, embeddingModels: [EMBEDDINGS] }),
  ]);
  const selectorsOf = async (kind: keyof typeof MODELS): Promise<Record<string, string>> => {
    const names = { ...MODELS[kind], embeddings: EMBEDDINGS, unknown: 'no-such-upstream-model' };
    const target = await app.createTarget(`${upstream.url}/v1`, {
      kind,
      name: `my ${kind} ${uniqueName()}`,
      apiKey: upstream.apiKeys[0],
      models: Object.values(names),
    });
    const locked = await app.createTarget(`${upstream.url}/v1`, { kind, models: [names.chat] });
    const selectors = Object.entries(names).map(([use, model]) => [use, `${target.provider.name}^${model}`]);
    return { ...Object.fromEntries(selectors), locked: locked.selector };
  };
  return {
    app,
    upstream,
    createSettings: async () => ({
      url: app.url,
      token: app.token,
      openai: await selectorsOf('openai'),
      anthropic: await selectorsOf('anthropic'),
    }),
    async stop() {
      await app.stop();
      await upstream.stop();
    },
  };
}

/** The endpoint, and tokens of each kind, by the upstream's request id. */
type Counts = readonly (number | string | null)[];

/**
 * Returns the upstream's bill and the ledger's rows of the same calls, one line for each whole reply. The two must be
 * equal. Counts that the ledger leaves open are 0, such as the output of embeddings.
 */
export async function compareBills({
  app,
  upstream,
}: ClientGateway): Promise<{ bill: Counts[]; ledger: Counts[] }> {
  const bill = upstream.bill.filter(({ isComplete }) => isComplete).map(toCounts);
  const ids = new Set(bill.map(([id]) => id));
  const rows = await eventually('the ledger has a row for each line of the bill', async () => {
    const found = (await app.usageRows()).filter((row) => ids.has(row['upstream_request_id'] as string));
    return found.length >= ids.size && found;
  });
  return { bill: bill.sort(byId), ledger: rows.map(toLedgerCounts).sort(byId) };
}

function toLedgerCounts(row: UsageRow): Counts {
  const kinds = [
    'input_tokens',
    'cache_read_tokens',
    'cache_write_tokens',
    'output_tokens',
    'reasoning_tokens',
  ];
  const counts = kinds.map((kind) => Number(row[kind] ?? 0));
  return [row['upstream_request_id'] as string, row['endpoint'] as string, ...counts];
}

function toCounts(line: BillLine): Counts {
  return [
    line.requestId,
    line.endpoint,
    line.inputTokens,
    line.cacheReadTokens,
    line.cacheWriteTokens,
    line.outputTokens,
    line.reasoningTokens,
  ];
}

function byId(first: Counts, second: Counts): number {
  return String(first[0]).localeCompare(String(second[0]));
}
