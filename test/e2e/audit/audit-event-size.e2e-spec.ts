import { createHash } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { injectFault } from '../../support/database/statement-faults';
import { auditOf, createModel, createProvider, providerPath } from '../../support/registry/factories';
import { copyModel } from '../../support/registry/seed-rows';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const MAX_FIELD_BYTES = 4096;

describe('an audit event', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const latestOf = async (id: string): Promise<Json> => (await auditOf(app.api, id)).at(-1)!;
  const expectBounded = ({ changes }: Json) => {
    for (const change of Object.values(changes)) {
      expect(Buffer.byteLength(JSON.stringify(change))).toBeLessThanOrEqual(MAX_FIELD_BYTES);
    }
  };

  it('contains the size and the SHA-256 of a field that is longer than 4 KiB', async () => {
    const provider = await createProvider(app.api);
    const advanced_json = { text: 'x'.repeat(60_000) };
    await app.api.patch(providerPath(provider), { advanced_json });
    const event = await latestOf(provider.id);
    const text = JSON.stringify(advanced_json);
    expect(event.changes.advanced_json.after).toEqual({
      bytes: text.length,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
    expectBounded(event);
  });

  it('contains the first names and the number of imported models', async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `model-${String(index).padStart(3, '0')}`);
    const upstream = await ScriptedUpstream.start(replyJson(openaiModelList(ids)));
    try {
      const provider = await createProvider(app.api, { base_url: upstream.url });
      await app.api.post(`${providerPath(provider)}/models/import`, { all: true });
      expect((await latestOf(provider.id)).changes.models.after).toEqual({
        count: 150,
        first: ids.slice(0, 100),
      });
    } finally {
      await upstream.stop();
    }
  });

  it('contains the first names and the number of the models of a deleted provider', async () => {
    const provider = await createProvider(app.api);
    const { id } = await createModel(app.api, provider.id, { model: 'original' });
    // 24 MB of names, more than one row or one statement may have on MariaDB.
    await copyModel(app.database, id, 30_000, (index) => `${'😀'.repeat(194)}${index}`);
    const statements: string[] = [];
    const undo = injectFault(app, { before: (sql) => void statements.push(sql) });
    const { status } = await app.api.delete(providerPath(provider));
    undo();
    expect(status).toBe(204);
    const left = 'SELECT id FROM provider_models WHERE provider_id = ?';
    expect(await app.database.query(left, [provider.id])).toEqual([]);
    const event = await latestOf(provider.id);
    expect(event).toMatchObject({ action: 'provider.delete', changes: { models: { after: null } } });
    const { count, first } = event.changes.models.before;
    expect(count).toBe(30_001);
    expect(first.slice(0, 2)).toEqual([`${'😀'.repeat(194)}0`, `${'😀'.repeat(194)}1`]);
    expectBounded(event);
    expect(statements.filter((sql) => /SELECT \* FROM provider_models/.test(sql))).toEqual([]);
    expect(statements.filter((sql) => /DELETE FROM .provider_models/.test(sql)).length).toBeGreaterThan(10);
  });
});
