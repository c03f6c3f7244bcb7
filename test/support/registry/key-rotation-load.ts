import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ApiClient, ApiResponse } from '../clients/api-client';
import { openaiModelList } from '../upstreams/model-lists';
import { replyJson } from '../upstreams/scripted-replies';
import { ScriptedUpstream } from '../upstreams/scripted-upstream';
import { providerBody } from './factories';
import { pick, type Random } from './random';

/** Runs a call against one of the replicas. */
export type Call = <T>(work: (api: ApiClient) => Promise<T>) => Promise<T>;

interface Slot {
  readonly number: number;
  id: string;
  key: string;
  header: string;
}

/** The upstream calls that an account may have in progress. */
const UPSTREAM_CALLS = 4;

/** Every piece of it is unique to keys, so the leak detector finds any piece of a key. */
const STEM = 'sk-rotate-Wq4zVt8xKb2mYp7cGd5s';

/** Creates, changes and uses providers with known secrets. Its upstream records the secrets that it receives. */
export class KeyRotationLoad {
  private readonly slots: Slot[] = [];
  private readonly received = new Map<string, string>();
  /** Unexpected responses, and calls with wrong secrets. */
  readonly failures: string[] = [];
  calls = 0;
  private versions = 0;

  private constructor(private readonly upstream: ScriptedUpstream) {}

  static async start(): Promise<KeyRotationLoad> {
    const list = replyJson(openaiModelList(['one']));
    const upstream = await ScriptedUpstream.start((response, request) => {
      const { authorization, 'x-gateway-token': header } = request.headers;
      load.received.set(request.url.split('/')[1]!, `${authorization} ${String(header)}`);
      return list(response, request);
    });
    const load = new KeyRotationLoad(upstream);
    return load;
  }

  stop(): Promise<void> {
    return this.upstream.stop();
  }

  async createMany(call: Call, count: number): Promise<void> {
    await this.runConcurrently(8, Array.from({ length: count }), () => call((api) => this.create(api)));
  }

  /** Calls every provider and compares the secrets that the upstream receives. Returns the number of providers. */
  async verifyAll(call: Call): Promise<number> {
    await this.runConcurrently(UPSTREAM_CALLS, this.slots, (slot) => call((api) => this.verify(api, slot)));
    return this.slots.length;
  }

  /** Writes and calls with concurrent workers, each with its own providers. Returns a function that ends the load. */
  load(call: Call, workers: number, random: Random): () => Promise<void> {
    let isOver = false;
    const work = async (worker: number): Promise<void> => {
      while (!isOver) {
        const slot = pick(
          random,
          this.slots.filter((_slot, index) => index % workers === worker),
        );
        const action = pick(random, [
          (api: ApiClient) => this.create(api),
          (api: ApiClient) => this.change(api, slot),
          (api: ApiClient) => this.verify(api, slot),
          (api: ApiClient) => this.verify(api, slot),
          async (api: ApiClient) => {
            await this.change(api, slot);
            await this.verify(api, slot);
          },
        ]);
        await call(action).catch((error: unknown) => this.failures.push(String(error)));
        await nextTurn();
      }
    };
    const done = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
    return async () => {
      isOver = true;
      await done;
    };
  }

  private async create(api: ApiClient): Promise<void> {
    const number = this.versions++;
    const slot = { number, id: '', ...this.newSecrets(number) };
    const base_url = `${this.upstream.url}/${number}/v1`;
    const response = await api.post('/v1/llm-providers', providerBody({ base_url, ...bodyOf(slot) }));
    if (this.expectStatus(response, 201)) this.slots.push({ ...slot, id: response.body.id as string });
  }

  private async change(api: ApiClient, slot: Slot): Promise<void> {
    const next = this.newSecrets(slot.number);
    const response = await api.patch(`/v1/llm-providers/${slot.id}`, bodyOf(next));
    if (this.expectStatus(response, 200)) Object.assign(slot, next);
  }

  private async verify(api: ApiClient, slot: Slot): Promise<void> {
    const path = `/v1/llm-providers/${slot.id}`;
    const shown = await api.get(path);
    if (this.expectStatus(shown, 200) && shown.body.secret_status !== 'ok')
      this.failures.push(`${path} cannot be opened`);
    this.received.delete(String(slot.number));
    if (!this.expectStatus(await api.get(`${path}/available-models?refresh=true`), 200)) return;
    const received = this.received.get(String(slot.number));
    if (received !== `Bearer ${slot.key} ${slot.header}`)
      this.failures.push(`${path} was called with another key`);
  }

  private expectStatus({ status: actual, text }: ApiResponse, status: number): boolean {
    this.calls += 1;
    if (actual !== status) this.failures.push(`${actual} ${text}`);
    return actual === status;
  }

  private newSecrets(number: number): { key: string; header: string } {
    const version = this.versions++;
    // Neither ids nor base64 contain a tilde. Without tildes, the leak detector would find the digits in ids.
    const suffix = `~${number}~${version}`;
    return { key: `${STEM}${suffix}`, header: `${STEM}-header${suffix}` };
  }

  private async runConcurrently<T>(
    workers: number,
    items: readonly T[],
    work: (item: T) => Promise<void>,
  ): Promise<void> {
    const remaining = [...items];
    const worker = async (): Promise<void> => {
      while (remaining.length > 0) await work(remaining.shift()!);
    };
    await Promise.all(Array.from({ length: workers }, worker));
  }
}

function bodyOf({ key, header }: { key: string; header: string }): object {
  return { api_key: key, advanced_json: { extra_headers: { 'X-Gateway-Token': header } } };
}
