import { inBatches } from '../common/batches';
import { compareText } from '../common/compare-text';
import type { UpstreamModel } from '../upstream/adapters/upstream-adapter';
import type { UpstreamTarget } from '../upstream/upstream-target';
import type { AvailableModel } from './dto/available-models.response.dto';
import type { PriceCatalogue } from './price-catalogue';

export type OfferedModel = Omit<AvailableModel, 'configured'>;

/** A look-up in the catalogue takes some 50 µs; after so many others get their turn. */
const BATCH_SIZE = 100;

/** An upstream's list as the API shows it: sorted by name, with suggested prices. */
export async function describeModels(
  listed: readonly UpstreamModel[],
  target: UpstreamTarget,
  prices: PriceCatalogue,
): Promise<OfferedModel[]> {
  const described: OfferedModel[] = [];
  const describe = (model: UpstreamModel): OfferedModel => {
    const suggested = prices.suggest(target.kind, target.baseUrl, model.id);
    return {
      id: model.id,
      name: model.name,
      ...present({
        type: model.type,
        context_length: model.contextLength,
        max_output_tokens: model.maxOutputTokens,
        input_modalities: model.inputModalities,
        output_modalities: model.outputModalities,
        suggested_costs: suggested ?? undefined,
      }),
    };
  };
  await inBatches(listed, BATCH_SIZE, (batch) => described.push(...batch.map(describe)));
  return described.sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
}

function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
