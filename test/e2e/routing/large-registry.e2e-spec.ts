import { startTestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { createModel, createProvider } from '../../support/registry/factories';
import { copyModel } from '../../support/registry/seed-rows';

/** More providers than one statement reads, some with more models than one statement lists. */
const COPIES = new Map([
  [0, 2_100],
  [59, 1_500],
]);
const PROVIDERS = 60;

it('routes all models of many providers, and of one provider with many', async () => {
  const app = await startTestApp();
  try {
    for (let index = 0; index < PROVIDERS; index++) {
      const provider = await createProvider(app.api);
      const model = await createModel(app.api, provider.id);
      await copyModel(app.database, model.id, COPIES.get(index) ?? 0, (copy) => `copy-${copy}`);
    }
    const rows = await app.database.query<{ id: string }>('SELECT id FROM provider_models ORDER BY id');
    const { body } = await app.api.get('/v1/selectors');
    expect(body.map(({ model_id }: Json) => model_id as string).sort()).toEqual(rows.map(({ id }) => id));
    expect(rows).toHaveLength(PROVIDERS + 2_100 + 1_500);
  } finally {
    await app.stop();
  }
});
