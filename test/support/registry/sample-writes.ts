import type { ApiClient, ApiResponse } from '../clients/api-client';
import { createModel, createProvider, modelPath, providerBody, providerPath, uniqueName } from './factories';

/** Each prepares its resources and returns the write. */
export const sampleWrites: Record<string, (api: ApiClient) => Promise<() => Promise<ApiResponse>>> = {
  'creating a provider': (api) => {
    const body = providerBody({ advanced_json: { extra_headers: { 'X-Token': 's' } } });
    return Promise.resolve(() => api.post('/v1/llm-providers', body));
  },
  'creating a provider with an Idempotency-Key': (api) => {
    const body = providerBody();
    const headers = { 'idempotency-key': uniqueName('key') };
    return Promise.resolve(() => api.post('/v1/llm-providers', body, { headers }));
  },
  'creating a model that becomes the default': async (api) => {
    const { id } = await createProvider(api);
    await createModel(api, id);
    return () => api.post(`/v1/llm-providers/${id}/models`, { model: 'next', is_default: true });
  },
  'unsetting the default': async (api) => {
    const { id } = await createProvider(api);
    const model = await createModel(api, id);
    await createModel(api, id);
    return () => api.patch(modelPath(model), { is_default: false, priority: 4 });
  },
  'deleting the default': async (api) => {
    const { id } = await createProvider(api);
    const model = await createModel(api, id);
    await createModel(api, id);
    return () => api.delete(modelPath(model));
  },
  'deleting a provider': async (api) => {
    const provider = await createProvider(api);
    await createModel(api, provider.id);
    return () => api.delete(providerPath(provider));
  },
  'creating a token': (api) =>
    Promise.resolve(() => api.post('/v1/tokens', { name: uniqueName(), scopes: ['providers:read'] })),
};
