import type { TestApp } from '../app/app';
import type { ApiClient, Json } from '../clients/api-client';
import { createProvider, providerPath } from '../registry/factories';
import { VendorReplies } from './vendor-replies';

/** Models that the catalogue prices. */
export const SONNET = 'claude-sonnet-4-20250514';
export const HAIKU = 'claude-haiku-4-5';

/** Creates a provider that lists the models above and one without a known price. */
export async function createPricedProvider(
  app: TestApp,
): Promise<{ vendors: VendorReplies; provider: Json }> {
  const vendors = new VendorReplies(app);
  vendors.anthropic = [SONNET, HAIKU, 'claude-nobody-knows'];
  return { vendors, provider: await createProvider(app.api, { provider: 'anthropic' }) };
}

export function priceCheckPath(provider: { id: string }): string {
  return `${providerPath(provider)}/price-check`;
}

/** Returns the models whose prices differ from the suggested ones. */
export async function checkPrices(api: ApiClient, provider: { id: string }): Promise<Json[]> {
  return (await api.get(priceCheckPath(provider))).body.data;
}
