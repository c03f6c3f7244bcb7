import { randomUUID } from 'node:crypto';
import type { ApiClient, ApiResponse, Json } from '../clients/http-client';
import { API_KEY, modelPath, providerPath } from './factories';
import { pick, type Random } from './random';

/** A provider as its only writer believes it to be: priorities by model, and the default. */
interface Belief {
  readonly name: string;
  readonly priorities: Readonly<Record<string, number>>;
  readonly defaultModel: string | null;
}

interface Write {
  readonly send: (api: ApiClient) => Promise<ApiResponse>;
  readonly after: Belief | null;
}

/**
 * Writes to providers that are its alone, one write after another, and remembers what was acknowledged. Of the write
 * that got no answer it knows nothing: it may stand, whole, or not.
 */
export class Ledger {
  acknowledged = 0;
  /** The newest revision that an answer told. */
  revision = 0;
  private believed: Belief | null = null;
  private unanswered: Write | null = null;
  private row: Json = null;
  private count = 0;

  constructor(
    private readonly owner: string,
    private readonly random: Random,
  ) {}

  /** One write. Rejects or tells another status than 2xx where it was not acknowledged. */
  async write(api: ApiClient): Promise<ApiResponse> {
    const write = this.next();
    this.unanswered = write;
    const answer = await write.send(api);
    if (answer.status < 300) {
      this.believed = write.after;
      this.unanswered = null;
      this.acknowledged += 1;
      this.revision = Math.max(this.revision, Number(answer.headers.get('x-registry-revision')));
      await this.look(api);
    }
    return answer;
  }

  /** Whether what is there now is what was acknowledged, with or without the write that got no answer; why not. */
  async audit(api: ApiClient): Promise<string[]> {
    const found = await this.look(api);
    const allowed = [this.believed, ...(this.unanswered ? [this.unanswered.after] : [])].map(text);
    const faults = allowed.includes(text(found)) ? [] : [`${text(found)} is none of ${allowed.join(' or ')}`];
    const retried = await this.retryCreation(api, found);
    this.believed = retried === null ? found : await this.look(api);
    this.unanswered = null;
    return retried === null ? faults : [...faults, ...retried];
  }

  /** A creation that got no answer, sent again with its key: done once, or refused as long as its claim stands. */
  private async retryCreation(api: ApiClient, found: Belief | null): Promise<string[] | null> {
    const { believed, unanswered } = this;
    if (!unanswered || believed !== null || unanswered.after === null) return null;
    const { status, text: body } = await unanswered.send(api);
    const expected = found === null ? [201, 409] : [201];
    return expected.includes(status) ? [] : [`the retry of a creation: ${status} ${body}`];
  }

  private next(): Write {
    const { believed, random } = this;
    if (believed === null) return this.creation();
    const models = Object.keys(believed.priorities);
    const model = pick(random, models);
    const turn = random(12);
    if (turn === 0) return { send: (api) => api.delete(providerPath(this.row)), after: null };
    if (model === undefined || turn < 5) return this.modelCreation(believed);
    const found = (this.row.models as Json[]).find((candidate) => candidate.model === model);
    const path = modelPath(found);
    if (turn < 8) {
      return {
        send: (api) => api.patch(path, { is_default: true }),
        after: { ...believed, defaultModel: model },
      };
    }
    if (turn < 10) {
      const priority = this.freshNumber();
      const priorities = { ...believed.priorities, [model]: priority };
      return { send: (api) => api.patch(path, { priority }), after: { ...believed, priorities } };
    }
    const priorities = Object.fromEntries(
      Object.entries(believed.priorities).filter(([name]) => name !== model),
    );
    const defaultModel = believed.defaultModel === model ? highest(priorities) : believed.defaultModel;
    return { send: (api) => api.delete(path), after: { ...believed, priorities, defaultModel } };
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

  private modelCreation(believed: Belief): Write {
    const priority = this.freshNumber();
    const model = `m-${priority}`;
    const is_default = this.random(2) === 0;
    const body = { model, priority, is_default };
    const defaultModel = is_default || believed.defaultModel === null ? model : believed.defaultModel;
    return {
      send: (api) => api.post(`${providerPath(this.row)}/models`, body),
      after: { ...believed, priorities: { ...believed.priorities, [model]: priority }, defaultModel },
    };
  }

  /** Each priority once, so that the successor of a default is certain. */
  private freshNumber(): number {
    return (this.count += 1);
  }

  private async look(api: ApiClient): Promise<Belief | null> {
    const { status, body, text: shown } = await api.get('/v1/llm-providers');
    if (status !== 200) throw new Error(`no list: ${status} ${shown}`);
    const mine = (body as Json[]).filter(({ name }) => name.startsWith(`${this.owner}-`));
    if (mine.length > 1)
      throw new Error(`${this.owner} has more than one provider: ${mine.map(({ name }) => name).join()}`);
    this.row = mine[0] ?? null;
    return this.row && toBelief(this.row);
  }
}

function toBelief({ name, models }: Json): Belief {
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

function text(belief: Belief | null): string {
  if (belief === null) return 'nothing';
  const models = Object.entries(belief.priorities).sort(([left], [right]) => left.localeCompare(right));
  return JSON.stringify([belief.name, belief.defaultModel, models]);
}
