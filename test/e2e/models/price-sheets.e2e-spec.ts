import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  auditOf,
  createModel,
  createProvider,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';

const SHEET = {
  source: 'catalogue',
  as_of: '2026-09-23',
  note: 'tiered',
  rates: { cache_write_1h: '0.006', input_audio: 0.032, input_video: null },
  units: { web_search: '0.010' },
  tiers: [{ above_input_tokens: 200000, input: '0.0025', output: 0.015 }],
  adjustments: [{ when: { service_tier: { $in: ['batch', 'flex'] } }, multiplier: 0.5 }],
  schedule: [{ from: '16:30', to: '00:30', timezone: 'UTC', days: [1, 2], multiplier: '0.50' }],
};

/** Amounts are decimal strings in their shortest form. */
const SHOWN = {
  ...SHEET,
  rates: { cache_write_1h: '0.006', input_audio: '0.032', input_video: null },
  units: { web_search: '0.01' },
  tiers: [{ above_input_tokens: 200000, input: '0.0025', output: '0.015' }],
  adjustments: [{ ...SHEET.adjustments[0], multiplier: '0.5' }],
  schedule: [{ ...SHEET.schedule[0], multiplier: '0.5' }],
};

describe('the price sheet of a model', () => {
  let app: TestApp;
  let provider: Json;
  let model: Json;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id);
  });

  const patch = (body: Json) => app.api.patch(modelPath(model), body);
  const read = async () => (await app.api.get(modelPath(model))).body.pricing;

  it('is stored with decimal strings and shown in reads and lists', async () => {
    const created = await createModel(app.api, provider.id, { pricing: SHEET });
    expect(created.pricing).toEqual(SHOWN);
    expect((await app.api.get(modelPath(created))).body).toEqual(created);
    const { body } = await app.api.get(providerPath(provider));
    expect((body.models as Json[]).map(({ pricing }) => pricing)).toEqual([null, SHOWN]);
    const [, listed] = (await app.api.get(`${providerPath(provider)}/models`)).body as Json[];
    expect(listed).toEqual(created);
  });

  it('is shown when it is long', async () => {
    const pricing = { note: 'n'.repeat(1000), rates: { citation: '0.1' }, source: 'manual' };
    await patch({ pricing });
    expect(((await app.api.get(providerPath(provider))).body.models as Json[])[0]!.pricing).toEqual(pricing);
  });

  it('is replaced as a whole, kept without the field, and cleared by null', async () => {
    await patch({ pricing: SHEET });
    await patch({ pricing: { units: { request: 1 } } });
    expect(await read()).toEqual({ units: { request: '1' } });
    await patch({ priority: 4 });
    expect(await read()).toEqual({ units: { request: '1' } });
    await patch({ pricing: null });
    expect(await read()).toBeNull();
  });

  it('is in the audit log', async () => {
    await patch({ pricing: { note: 'new' } });
    const [, updated] = await auditOf(app.api, model.id);
    expect(updated.changes.pricing).toEqual({ before: null, after: { note: 'new' } });
  });

  it.each<[unknown, string]>([
    ['0.006', '/pricing'],
    [[], '/pricing'],
    [{ price: '1' }, '/pricing'],
    [{ source: 'guess' }, '/pricing/source'],
    [{ rates: { cache_write_1h: '-1' } }, '/pricing/rates/cache_write_1h'],
    [{ rates: { input_audio: '0.0000000000001' } }, '/pricing/rates/input_audio'],
    [{ rates: { input: '1' } }, '/pricing/rates'],
    [{ units: { web_search: true } }, '/pricing/units/web_search'],
    [{ tiers: [{ input: '1' }] }, '/pricing/tiers/0/above_input_tokens'],
    [{ adjustments: [{ when: { tier: 'pro' }, multiplier: 1 }] }, '/pricing/adjustments/0/when'],
    [
      { schedule: [{ from: '24:00', to: '01:00', timezone: 'UTC', multiplier: 1 }] },
      '/pricing/schedule/0/from',
    ],
    [
      { schedule: [{ from: '1:00', to: '01:00', timezone: 'Mars', multiplier: 1 }] },
      '/pricing/schedule/0/from',
    ],
  ])('rejects %j at %s', async (pricing, pointer) => {
    const response = await patch({ pricing });
    expect(problem(response)).toMatchObject({ status: 422, code: 'validation.failed' });
    expect(response.body.errors[0].pointer).toBe(pointer);
  });
});
