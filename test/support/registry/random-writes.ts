import type { ApiClient, ApiResponse, Json } from '../clients/api-client';
import { API_KEY, modelPath, providerPath } from './factories';
import { pick, type Random } from './random';

/** Few names, so that writes collide. Some differ only in case or in `ß`. */
const PROVIDER_NAMES = ['main', 'Main', 'spare', 'eu west', 'Straße', 'STRASSE', 'azure', 'lab'];
const MODEL_NAMES = ['gpt-4o', 'GPT-4o', 'o3', 'claude', 'Claude', 'llama/3:free', 'x^y'];
const TAGS = [[], ['fast'], ['fast', 'cheap'], ['Cheap'], ['eu']];
const RULES = [
  {},
  {},
  { tier: 'pro' },
  { tier: 'pro', region: 'eu' },
  { tier: { $in: ['pro', 'team'] } },
  { tokens: { $gt: 1000 } },
  { $or: [{ region: 'us' }, { tier: { $exists: false } }] },
];
const OK = [200, 201, 204];

/** The contexts that the rules of {@link RandomWrites} are evaluated with. */
const CONTEXTS = [
  {},
  { tier: 'pro' },
  { tier: 'pro', region: 'eu' },
  { tier: 'team', tokens: 2000 },
  { region: 'us' },
];

export const RESOLUTIONS: readonly Json[] = [
  ...CONTEXTS.flatMap((context) => [
    { context, explain: true },
    { selectors: ['nobody^gpt-4o', '#cheap', 'o3', 'auto'], context, explain: true },
  ]),
  ...MODEL_NAMES.filter((name) => !name.includes('^')).map((selector) => ({ selector, explain: true })),
  ...TAGS.flat().map((tag) => ({ selector: `#${tag}`, context: { tier: 'pro' }, explain: true })),
  ...PROVIDER_NAMES.flatMap((name) => [
    ...['', 'gpt-4O', 'claude', '#fast'].map((model) => ({ selector: `${name}^${model}`, explain: true })),
  ]),
];

/** Writes to one account's registry at random, with every kind of write, conflicts, and writes to deleted rows. */
export class RandomWrites {
  private providers: Json[] = [];
  private models: Json[] = [];
  /** The highest revision of a response. */
  revision = 0;

  /** Imports from `upstream`, which lists models in OpenAI's format. */
  constructor(
    private readonly random: Random,
    private readonly upstream: string,
  ) {}

  /** Sends one random write. Throws for a status that such a write cannot have. */
  async write(api: ApiClient): Promise<void> {
    const { status, text, headers } = await this.send(api);
    if (OK.includes(status)) {
      this.revision = Math.max(this.revision, Number(headers.get('x-registry-revision')));
    } else if (![404, 409].includes(status)) {
      throw new Error(`${status} ${text}`);
    }
  }

  private async send(api: ApiClient): Promise<ApiResponse> {
    const { random } = this;
    const provider = pick(random, this.providers);
    const model = pick(random, this.models);
    const turn = random(20);
    if (!provider || turn < 2) return this.rememberCreated(this.providers, await this.createProvider(api));
    if (turn < 4) return api.patch(providerPath(provider), this.providerChange());
    if (turn === 4)
      return this.forgetDeleted('providers', provider, await api.delete(providerPath(provider)));
    if (turn === 5) return this.import(api, provider);
    if (!model || turn < 11) return this.rememberCreated(this.models, await this.createModel(api, provider));
    if (turn < 15) return api.patch(modelPath(model), this.settings());
    if (turn < 18) return api.patch(modelPath(model), { is_default: random(2) === 0 });
    return this.forgetDeleted('models', model, await api.delete(modelPath(model)));
  }

  private createProvider(api: ApiClient): Promise<ApiResponse> {
    const name = pick(this.random, PROVIDER_NAMES);
    const provider = pick(this.random, ['openai', 'openai', 'anthropic']);
    return api.post('/v1/llm-providers', { name, provider, api_key: API_KEY, base_url: this.upstream });
  }

  private providerChange(): Json {
    const { random } = this;
    const advanced_json = pick(random, [
      null,
      { temperature: random(3) },
      { extra_headers: { 'X-Token': 's' } },
    ]);
    return pick(random, [{ name: pick(random, PROVIDER_NAMES) }, { advanced_json }, {}]);
  }

  private createModel(api: ApiClient, provider: Json): Promise<ApiResponse> {
    const body = {
      model: pick(this.random, MODEL_NAMES),
      ...this.settings(),
      is_default: this.random(3) === 0,
    };
    return api.post(`${providerPath(provider)}/models`, body);
  }

  private settings(): Json {
    const { random } = this;
    const all = {
      model: pick(random, MODEL_NAMES),
      priority: random(3),
      tags: pick(random, TAGS),
      when: pick(random, RULES),
      advanced_json: pick(random, [{}, { top_p: random(3) }]),
      cost_per_1k_input: pick(random, [null, 0, random(9) / 1000]),
    };
    return Object.fromEntries(Object.entries(all).filter(() => random(2) === 0));
  }

  private async import(api: ApiClient, provider: Json): Promise<ApiResponse> {
    const response = await api.post(`${providerPath(provider)}/models/import`, { models: 'all' });
    // An anthropic provider rejects OpenAI's format, so nothing is imported.
    if (provider.provider === 'anthropic' && response.status === 502) return { ...response, status: 404 };
    this.models.push(...(response.body.added ?? []));
    return response;
  }

  private rememberCreated(rows: Json[], response: ApiResponse): ApiResponse {
    if (response.status === 201) rows.push(response.body);
    return response;
  }

  /** Keeps one in four, for writes to deleted rows. */
  private forgetDeleted(kind: 'providers' | 'models', row: Json, response: ApiResponse): ApiResponse {
    if (this.random(4) > 0) this[kind] = this[kind].filter(({ id }) => id !== row.id);
    return response;
  }
}
