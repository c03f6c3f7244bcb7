import { randomUUID } from 'node:crypto';
import type { ApiClient, ApiResponse, Json } from '../clients/api-client';
import { API_KEY, modelPath, providerPath } from './factories';
import { pick, type Random } from './random';

/** A provider as its only writer expects it: its priorities by model, and its default model. */
interface ExpectedProvider {
  readonly name: string;
  readonly priorities: Readonly<Record<string, number>>;
  readonly defaultModel: string | null;
}

interface Write {
  readonly send: (api: ApiClient) => Promise<ApiResponse>;
  readonly after: ExpectedProvider | null;
}

/**
 * Sends one write after another to providers that no one else writes to, and records what is acknowledged. A write
 * without a response may have been done or not, but never in part.
 */
export class WriteLedger {
  acknowledged = 0;
  /** The highest revision of a response. */
  revision = 0;
  private expected: ExpectedProvider | null = null;
  private unacknowledged: Write | null = null;
  private row: Json = null;
  private count = 0;

  constructor(
    private readonly owner: string,
    private readonly random: Random,
  ) {}

  /** Sends one write. An unacknowledged one rejects or returns a status other than 2xx. */
  async write(api: ApiClient): Promise<ApiResponse> {
    const write = this.next();
    this.unacknowledged = write;
    const response = await write.send(api);
    if (response.status < 300) {
      this.expected = write.after;
      this.unacknowledged = null;
      this.acknowledged += 1;
      this.revision = Math.max(this.revision, Number(response.headers.get('x-registry-revision')));
      await this.look(api);
    }
    return response;
  }

  /** Compares the stored provider with the acknowledged writes, with or without the unacknowledged one. Returns faults. */
  async audit(api: ApiClient): Promise<string[]> {
    const found = await this.look(api);
    const allowed = [this.expected, ...(this.unacknowledged ? [this.unacknowledged.after] : [])].map(text);
    const faults = allowed.includes(text(found)) ? [] : [`${text(found)} is not ${allowed.join(' or ')}`];
    const retried = await this.retryCreation(api, found);
    this.expected = retried === null ? found : await this.look(api);
    this.unacknowledged = null;
    return retried === null ? faults : [...faults, ...retried];
  }

  /** Resends an unacknowledged creation with its key. It is done once, or rejected while its claim lasts. */
  private async retryCreation(api: ApiClient, found: ExpectedProvider | null): Promise<string[] | null> {
    const { expected, unacknowledged } = this;
    if (!unacknowledged || expected !== null || unacknowledged.after === null) return null;
    const { status, text: body } = await unacknowledged.send(api);
    const statuses = found === null ? [201, 409] : [201];
    return statuses.includes(status) ? [] : [`the retry of a creation returned ${status} ${body}`];
  }

  private next(): Write {
    const { expected, random } = this;
    if (expected === null) return this.creation();
    const models = Object.keys(expected.priorities);
    const model = pick(random, models);
    const turn = random(12);
    if (turn === 0) return { send: (api) => api.delete(providerPath(this.row)), after: null };
    if (model === undefined || turn < 5) return this.modelCreation(expected);
    const found = (this.row.models as Json[]).find((candidate) => candidate.model === model);
    const path = modelPath(found);
    if (turn < 8) {
      return {
        send: (api) => api.patch(path, { is_default: true }),
        after: { ...expected, defaultModel: model },
      };
    }
    if (turn < 10) {
      const priority = this.freshNumber();
      const priorities = { ...expected.priorities, [model]: priority };
      return { send: (api) => api.patch(path, { priority }), after: { ...expected, priorities } };
    }
    const priorities = Object.fromEntries(
      Object.entries(expected.priorities).filter(([name]) => name !== model),
    );
    const defaultModel = expected.defaultModel === model ? highest(priorities) : expected.defaultModel;
    return { send: (api) => api.delete(path), after: { ...expected, priorities, defaultModel } };
  }

  private creation(): Write {
    const name = `${this.owner}-${this.freshNumber()}`;
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name, provider: 'openai', api_key: API_KEY };
    return {
      send: (api) => api.post('/v1/llm-providers', body, { headers }),
      after: { name, priorities: {}, defaultModel: null },
    };
  }

  private modelCreation(expected: ExpectedProvider): Write {
    const priority = this.freshNumber();
    const model = `m-${priority}`;
    const is_default = this.random(2) === 0;
    const body = { model, priority, is_default };
    const defaultModel = is_default || expected.defaultModel === null ? model : expected.defaultModel;
    return {
      send: (api) => api.post(`${providerPath(this.row)}/models`, body),
      after: { ...expected, priorities: { ...expected.priorities, [model]: priority }, defaultModel },
    };
  }

  /** Uses each priority once, so that a deleted default has one possible successor. */
  private freshNumber(): number {
    return (this.count += 1);
  }

  private async look(api: ApiClient): Promise<ExpectedProvider | null> {
    const { status, body, text: shown } = await api.get('/v1/llm-providers');
    if (status !== 200) throw new Error(`no list: ${status} ${shown}`);
    const mine = (body as Json[]).filter(({ name }) => name.startsWith(`${this.owner}-`));
    if (mine.length > 1)
      throw new Error(`${this.owner} has more than one provider: ${mine.map(({ name }) => name).join()}`);
    this.row = mine[0] ?? null;
    return this.row && toExpectedProvider(this.row);
  }
}

function toExpectedProvider({ name, models }: Json): ExpectedProvider {
  const rows = models as Json[];
  return {
    name,
    priorities: Object.fromEntries(rows.map(({ model, priority }) => [model, priority])),
    defaultModel: rows.find((row) => row.is_default)?.model ?? null,
  };
}

function highest(priorities: Readonly<Record<string, number>>): string | null {
  const [first] = Object.entries(priorities).sort(([, left], [, right]) => right - left);
  return first?.[0] ?? null;
}

function text(belief: ExpectedProvider | null): string {
  if (belief === null) return 'nothing';
  const models = Object.entries(belief.priorities).sort(([left], [right]) => left.localeCompare(right));
  return JSON.stringify([belief.name, belief.defaultModel, models]);
}
