import { compareText } from '../common/compare-text';
import { yieldIfLong } from '../common/yield-if-long';
import type { UpstreamModel } from '../upstream/adapters/upstream-adapter';
import type { UpstreamTarget } from '../upstream/upstream-target';
import type { AvailableModel } from './dto/available-models.response.dto';
import { toListedCosts } from './listed-costs';
import type { PriceCatalogue } from './price-catalogue';

/** A model of an upstream's list. Callers choose by `chat`, which responses do not show. */
export interface OfferedModel extends Omit<AvailableModel, 'configured'> {
  /** Whether the upstream says that it is a chat model. Null: it does not say. */
  readonly chat: boolean | null;
}

/** Converts an upstream's list for the API: sorted by name, with suggested prices. */
export async function describeModels(
  listed: readonly UpstreamModel[],
  target: UpstreamTarget,
  prices: PriceCatalogue,
): Promise<OfferedModel[]> {
  const described: OfferedModel[] = [];
  const describe = (model: UpstreamModel, position: number): OfferedModel => {
    const suggested = model.prices
      ? toListedCosts(model.prices)
      : prices.suggest(target.kind, target.baseUrl, model.id);
    return {
      id: model.id,
      name: model.name,
      position,
      callable: model.callable ?? null,
      lifecycle: model.lifecycle ?? null,
      chat: model.chat ?? null,
      ...withoutUndefined({
        type: model.type,
        context_length: model.contextLength,
        max_output_tokens: model.maxOutputTokens,
        input_modalities: model.inputModalities,
        output_modalities: model.outputModalities,
        suggested_costs: suggested ?? undefined,
      }),
    };
  };
  for (const [position, model] of listed.entries()) {
    described.push(describe(model, position));
    await yieldIfLong();
  }
  return described.sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
}

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
