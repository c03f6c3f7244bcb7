import { startTestApp, type TestApp } from '../../support/app/app';
import { issueToken } from '../../support/clients/accounts';
import type { Json } from '../../support/clients/api-client';
import { toComparableResponse } from '../../support/comparable-response';
import {
  createModel,
  createProvider,
  invalid,
  modelPath,
  createOtherAccount,
  problem,
} from '../../support/registry/factories';

const INPUT = { input: 1000 };
const BEYOND = Number.MAX_SAFE_INTEGER + 1;

describe('POST /v1/cost', () => {
  let app: TestApp;
  let openai: Json;
  let anthropic: Json;

  beforeAll(async () => {
    app = await startTestApp();
    openai = await createModel(app.api, (await createProvider(app.api)).id, { cost_per_1k_input: 1 });
    const { id } = await createProvider(app.api, { provider: 'anthropic' });
    anthropic = await createModel(app.api, id, { cost_per_1k_input: 1 });
  });
  afterAll(() => app.stop());

  const cost = (body: unknown) => app.api.post('/v1/cost', body);

  it.each<[string, () => Json]>([
    ['neither selector nor model_id', () => ({})],
    ['both', () => ({ selector: openai.selector, model_id: openai.id })],
    ['both, even if neither exists', () => ({ selector: 'nobody^', model_id: 'x' })],
  ])('returns 422 for %s', async (_what, by) => {
    expect(problem(await cost({ ...by(), usage: INPUT }))).toEqual(invalid('/selector', '/model_id'));
  });

  it('returns the same 404 for unknown, malformed, deleted and foreign ids', async () => {
    const stranger = await createOtherAccount(app);
    const theirs = await createModel(stranger, (await createProvider(stranger)).id);
    const deleted = await createModel(app.api, openai.provider_id);
    expect((await cost({ model_id: deleted.id, usage: INPUT })).status).toBe(200);
    await app.api.delete(modelPath(deleted));
    const random = '0193b3a0-0000-7000-8000-000000000000';
    const ids = [
      random,
      theirs.id,
      deleted.id,
      openai.provider_id,
      'x',
      '',
      '__proto__',
      openai.id.toUpperCase(),
    ];
    const responses = [];
    for (const model_id of ids) responses.push(toComparableResponse(await cost({ model_id, usage: INPUT })));
    for (const response of responses) expect(response).toEqual(responses[0]);
    expect(responses[0]).toMatchObject({ status: 404, body: { code: 'llm_provider_models.not_found' } });
    expect((await stranger.post('/v1/cost', { model_id: theirs.id, usage: INPUT })).status).toBe(200);
  });

  it.each<[string, Json, string[]]>([
    ['no usage', {}, ['/usage']],
    ['null as usage', { usage: null }, ['/usage']],
    ['a list as usage', { usage: [INPUT] }, ['/usage']],
    ['a number as usage', { usage: 1000 }, ['/usage']],
    ['an empty usage', { usage: {} }, ['/usage']],
    ['a usage without a count', { usage: { service_tier: 'standard' } }, ['/usage']],
    ['a usage of two forms', { usage: { input: 1, prompt_tokens: 1 } }, ['/usage']],
    ['null as model_id', { usage: INPUT, model_id: null }, ['/model_id']],
    ['a number as model_id', { usage: INPUT, model_id: 5 }, ['/model_id']],
    ['null as selector', { usage: INPUT, selector: null }, ['/selector']],
    ['a list as selector', { usage: INPUT, selector: ['a^b'] }, ['/selector']],
    ['text as context', { usage: INPUT, context: 'x' }, ['/context']],
    ['null as context', { usage: INPUT, context: null }, ['/context']],
    [
      'a service tier that is no text',
      { usage: INPUT, context: { service_tier: 1 } },
      ['/context/service_tier'],
    ],
    ['an unknown endpoint', { usage: INPUT, context: { endpoint: 'chat' } }, ['/context/endpoint']],
    ['a day as the time', { usage: INPUT, context: { at: '2026-11-02' } }, ['/context/at']],
    ['text as partial', { usage: INPUT, partial: 'yes' }, ['/partial']],
    ['an unknown field', { usage: INPUT, currency: 'EUR' }, ['/currency']],
  ])('returns 422 for %s', async (_what, body, pointers) => {
    const by = 'model_id' in body || 'selector' in body ? {} : { model_id: openai.id };
    expect(problem(await cost({ ...by, ...body }))).toEqual(invalid(...pointers));
  });

  it.each<[Json, string[]]>([
    [{ input: -1 }, ['/usage/input']],
    [{ input: 1.5, output: '5' }, ['/usage/input', '/usage/output']],
    [{ input: 0, cache_read: true, cache_write: [] }, ['/usage/cache_write', '/usage/cache_read']],
    [{ prompt_tokens: BEYOND }, ['/usage/prompt_tokens']],
    [{ prompt_tokens: 10, completion_tokens: {} }, ['/usage/completion_tokens']],
    [{ prompt_tokens: 10, prompt_tokens_details: 5 }, ['/usage/prompt_tokens_details']],
    [
      { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: -5 } },
      ['/usage/prompt_tokens_details/cached_tokens'],
    ],
    [
      { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 6, cache_write_tokens: 5 } },
      ['/usage/prompt_tokens_details/cached_tokens'],
    ],
    [
      { input_tokens: 10, input_tokens_details: { cached_tokens: 6, cache_write_tokens: 5 } },
      ['/usage/input_tokens_details/cached_tokens'],
    ],
    [{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 14 }, ['/usage/total_tokens']],
    [{ completion_tokens: 5 }, ['/usage']],
    [{ prompt_tokens: 10, service_tier: 5 }, ['/usage/service_tier']],
  ])('returns 422 for the usage %j at %j', async (usage, pointers) => {
    const response = await cost({ model_id: openai.id, usage });
    expect(problem(response)).toEqual(invalid(...pointers));
    expect(response.body.errors[0].detail).toMatch(/token|text/i);
  });

  it("accepts more cache reads than input if the vendor's input excludes them", async () => {
    const usage = { input_tokens: 10, output_tokens: 0, cache_read_input_tokens: 11 };
    const { body } = await cost({ model_id: anthropic.id, usage });
    expect(body).toMatchObject({ cost: '0.021', usage: { input: 10, cache_read: 11 } });
    const negative = await cost({
      model_id: anthropic.id,
      usage: { ...usage, cache_read_input_tokens: -1 },
    });
    expect(problem(negative)).toEqual(invalid('/usage/cache_read_input_tokens'));
  });

  it('returns 422 for a sum above the largest safe integer', async () => {
    const usage = {
      input_tokens: 1,
      cache_creation: {
        ephemeral_5m_input_tokens: Number.MAX_SAFE_INTEGER,
        ephemeral_1h_input_tokens: Number.MAX_SAFE_INTEGER,
      },
    };
    const response = await cost({ model_id: anthropic.id, usage });
    expect(response.status).toBe(422);
    expect(response.body.errors[0].pointer).toMatch(/^\/usage\/cache_creation/);
  });

  it('requires the scope providers:read', async () => {
    const statusWith = async (scope: string) =>
      (await (await issueToken(app, [scope])).api.post('/v1/cost', { model_id: openai.id, usage: INPUT }))
        .status;
    expect(await statusWith('providers:read')).toBe(200);
    expect(await statusWith('usage:read')).toBe(403);
  });
});
