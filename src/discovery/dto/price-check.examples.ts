import type { BodyExamples } from '../../http/route/operation';
import { MODEL_EXAMPLE } from '../../models/dto/model.examples';
import { toModelPrices } from '../price-difference';
import type { ApplyPricesDto } from './apply-prices.dto';
import { AVAILABLE_MODELS_EXAMPLE } from './discovery.examples';
import type { PriceCheckResponse, PriceCheckResult } from './price-check.response.dto';

const { id: model_id, model } = MODEL_EXAMPLE;
const { source, as_of, note, ...suggested } = AVAILABLE_MODELS_EXAMPLE.models.flatMap(
  ({ suggested_costs }) => suggested_costs ?? [],
)[0]!;
const STORED = { ...toModelPrices(MODEL_EXAMPLE), pricing: null };
const SUGGESTED = toModelPrices(suggested);

export const PRICE_CHECK_EXAMPLE: PriceCheckResponse = {
  data: [{ model_id, model, stored: STORED, suggested: SUGGESTED, source, as_of, note }],
};

export const APPLY_PRICES_EXAMPLES: BodyExamples<ApplyPricesDto> = {
  default: { summary: 'Take over the prices of one model', value: { model_ids: [model_id] } },
};

export const PRICE_CHECK_RESULT_EXAMPLE: PriceCheckResult = {
  changed: [{ model_id, model, before: STORED, after: SUGGESTED }],
  skipped: [{ model_id: '0193e0a2-7b1c-7def-8a01-5d2c8f4b6e04', reason: 'no_suggestion' }],
};
