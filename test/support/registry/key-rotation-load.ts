import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ApiClient, ApiResponse } from '../clients/http-client';
import { openaiModelList } from '../upstreams/model-lists';
import { replyJson } from '../upstreams/scripted-replies';
import { ScriptedUpstream } from '../upstreams/scripted-upstream';
import { providerBody } from './factories';
import { pick, type Random } from './random';

/** Has a replica make a call. */
export type Call = <T>(work: (api: ApiClient) => Promise<T>) => Promise<T>;

interface Slot {
  readonly number: number;
  id: string;
  key: string;
  header: string;
}

/** Letters that stand together nowhere else, so that a piece of any key is found. */
const STEM = 'sk-rotate-Wq4zVt8xKb2mYp7cGd5s';

/** Providers whose secrets are known, and an upstream that sees with which of them it is called. */
export class KeyedProviders {
  private readonly slots: Slot[] = [];
  private readonly received = new Map<string, string>();
  /** What did not go as it must. */
  readonly failures: string[] = [];
  calls = 0;
  private versions = 0;

  private constructor(private readonly upstream: ScriptedUpstream) {}

  static async start(): Promise<KeyedProviders> {
    const list = replyJson(openaiModelList(['one']));
    const upstream = await ScriptedUpstream.start((response, request) => {
      const { authorization, 'x-gateway-token': header } = request.headers;
      providers.received.set(request.url.split('/')[1]!, `${authorization} ${String(header)}`);
      return list(response, request);
    });
    const providers = new KeyedProviders(upstream);
    return providers;
  }

  stop(): Promise<void> {
    return this.upstream.stop();
  }

  async createMany(call: Call, count: number): Promise<void> {
    await this.abreast(8, Array.from({ length: count }), () => call((api) => this.create(api)));
  }

  /** Opens the secrets of every provider, and compares what came to the upstream. */
  async verifyAll(call: Call): Promise<number> {
    await this.abreast(8, this.slots, (slot) => call((api) => this.verify(api, slot)));
    return this.slots.length;
  }

  /** Writes and uses from `workers` sides at once, each with providers of its own, until it is told to end. */
  load(call: Call, workers: number, random: Random): () => Promise<void> {
    let ended = false;
    const work = async (worker: number): Promise<void> => {
      while (!ended) {
        const slot = pick(
          random,
          this.slots.filter((_slot, index) => index % workers === worker),
        );
        const act = pick(random, [
          (api: ApiClient) => this.create(api),
          (api: ApiClient) => this.change(api, slot),
          (api: ApiClient) => this.verify(api, slot),
          (api: ApiClient) => this.verify(api, slot),
          async (api: ApiClient) => {
            await this.change(api, slot);
            await this.verify(api, slot);
          },
        ]);
        await call(act).catch((error: unknown) => this.failures.push(String(error)));
        await nextTurn();
      }
    };
    const done = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
    return async () => {
      ended = true;
      await done;
    };
  }

  private async create(api: ApiClient): Promise<void> {
    const number = this.versions++;
    const slot = { number, id: '', ...this.newSecrets(number) };
    const base_url = `${this.upstream.url}/${number}/v1`;
    const answer = await api.post('/v1/llm-providers', providerBody({ base_url, ...bodyOf(slot) }));
    if (this.judge(answer, 201)) this.slots.push({ ...slot, id: answer.body.id as string });
  }

  private async change(api: ApiClient, slot: Slot): Promise<void> {
    const next = this.newSecrets(slot.number);
    const answer = await api.patch(`/v1/llm-providers/${slot.id}`, bodyOf(next));
    if (this.judge(answer, 200)) Object.assign(slot, next);
  }

  private async verify(api: ApiClient, slot: Slot): Promise<void> {
    const path = `/v1/llm-providers/${slot.id}`;
    const shown = await api.get(path);
    if (this.judge(shown, 200) && shown.body.secret_status !== 'ok')
      this.failures.push(`${path} does not open`);
    this.received.delete(String(slot.number));
    if (!this.judge(await api.get(`${path}/available-models?refresh=true`), 200)) return;
    const received = this.received.get(String(slot.number));
    if (received !== `Bearer ${slot.key} ${slot.header}`)
      this.failures.push(`${path} was called with another key`);
  }

  private judge(answer: ApiResponse, status: number): boolean {
    this.calls += 1;
    if (answer.status !== status) this.failures.push(`${answer.status} ${answer.text}`);
    return answer.status === status;
  }

  private newSecrets(number: number): { key: string; header: string } {
    const version = this.versions++;
    // No id and no base64 has a tilde, and every piece of what follows the stem has one: else digits are found in ids.
    const which = `~${number}~${version}`;
    return { key: `${STEM}${which}`, header: `${STEM}-header${which}` };
  }

  private async abreast<T>(
    width: number,
    items: readonly T[],
    work: (item: T) => Promise<void>,
  ): Promise<void> {
    const left = [...items];
    const worker = async (): Promise<void> => {
      while (left.length > 0) await work(left.shift()!);
    };
    await Promise.all(Array.from({ length: width }, worker));
  }
}

function bodyOf({ key, header }: { key: string; header: string }): object {
  return { api_key: key, advanced_json: { extra_headers: { 'X-Gateway-Token': header } } };
}
