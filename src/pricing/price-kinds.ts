/** The kinds of tokens whose rates are fields of a model, `cost_per_1k_…`. */
export const MODEL_KINDS = ['input', 'output', 'cache_write', 'cache_read'] as const;

/** The finer kinds of tokens, whose rates are in the model's price sheet. */
export const SHEET_KINDS = [
  'cache_write_1h',
  'input_audio',
  'output_audio',
  'cache_read_audio',
  'input_image',
  'output_image',
  'input_video',
  'output_reasoning',
  'citation',
] as const;

/** All kinds of tokens, in the order of responses. */
export const TOKEN_KINDS = [...MODEL_KINDS, ...SHEET_KINDS] as const;

/** What a vendor charges for by number, not by tokens. */
export const UNIT_KINDS = [
  'request',
  'web_search',
  'x_search',
  'code_execution',
  'file_search',
  'search_unit',
] as const;

/** The kinds of endpoints that vendors charge differently. */
export const PRICE_ENDPOINTS = [
  'chat_completions',
  'responses',
  'messages',
  'embeddings',
  'completions',
  'images',
  'audio',
  'rerank',
  'batch',
] as const;

/** The facts of a usage that an adjustment's `when` can test. */
export const PRICE_FACTS = ['service_tier', 'inference_geo', 'speed', 'endpoint', 'modality'] as const;

export type ModelKind = (typeof MODEL_KINDS)[number];
export type SheetKind = (typeof SHEET_KINDS)[number];
export type TokenKind = (typeof TOKEN_KINDS)[number];
export type UnitKind = (typeof UNIT_KINDS)[number];
export type PriceEndpoint = (typeof PRICE_ENDPOINTS)[number];
export type PriceFact = (typeof PRICE_FACTS)[number];
