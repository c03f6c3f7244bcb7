import { MAX_DECIMALS, toDecimalText } from '../amount';
import type { TokenKind } from '../price-kinds';
import type { PriceAdjustment, RateTable } from '../price-sheet';
import { toBig } from '../rate-table';

/** What a vendor documents and the catalogue leaves out. */
interface VendorRule {
  /** Ids of providers in the catalogue. */
  readonly providers: readonly string[];
  /** The entries of these providers. */
  readonly models: RegExp;
  /** The vendor's page, and what it says. */
  readonly note: string;
  /** A rate that is a multiple of another one, if the model has a rate of `beside`. */
  readonly rate?: {
    readonly kind: TokenKind;
    readonly of: TokenKind;
    readonly factor: number;
    readonly beside: TokenKind;
  };
  readonly adjustments?: readonly PriceAdjustment[];
}

const CLAUDE = /(^|[./~])claude-/i;

const VENDOR_RULES: readonly VendorRule[] = [
  {
    // Bedrock, Vertex AI and OpenRouter document the same factor.
    providers: ['anthropic', 'aws', 'azure', 'google', 'openrouter'],
    models: CLAUDE,
    note: 'One-hour cache writes cost 2 × input: https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing',
    rate: { kind: 'cache_write_1h', of: 'input', factor: 2, beside: 'cache_write' },
  },
  {
    providers: ['anthropic'],
    models: CLAUDE,
    note: 'Batches cost 0.5 ×, and inference in the US costs 1.1 ×: https://platform.claude.com/docs/en/about-claude/pricing',
    adjustments: [
      { when: { service_tier: 'batch' }, multiplier: '0.5' },
      { when: { inference_geo: 'us' }, multiplier: '1.1' },
    ],
  },
];

/** The rates with those that the vendor documents. */
export interface VendorTerms<Table> {
  readonly tables: readonly Table[];
  readonly adjustments: readonly PriceAdjustment[];
  readonly notes: readonly string[];
}

/** Adds what the vendor of a model documents to its rates and to those of its tiers. */
export function findVendorTerms<Table extends RateTable<TokenKind>>(
  providerId: string,
  modelId: string,
  tables: readonly Table[],
): VendorTerms<Table> {
  const rules = VENDOR_RULES.filter(
    ({ providers, models }) => providers.includes(providerId) && models.test(modelId),
  );
  return rules.reduce<VendorTerms<Table>>(applyRule, { tables, adjustments: [], notes: [] });
}

function applyRule<Table extends RateTable<TokenKind>>(
  terms: VendorTerms<Table>,
  { rate, note, adjustments = [] }: VendorRule,
): VendorTerms<Table> {
  const tables = rate ? terms.tables.map((table) => addRate(table, rate)) : terms.tables;
  const isUsed = adjustments.length > 0 || tables.some((table, index) => table !== terms.tables[index]);
  if (!isUsed) return terms;
  return {
    tables,
    adjustments: [...terms.adjustments, ...adjustments],
    notes: [...terms.notes, note],
  };
}

function addRate<Table extends RateTable<TokenKind>>(
  table: Table,
  { kind, of, factor, beside }: NonNullable<VendorRule['rate']>,
): Table {
  const parent = table[of];
  if (parent == null || table[beside] == null || table[kind] != null) return table;
  return { ...table, [kind]: toDecimalText(toBig(parent).times(factor).round(MAX_DECIMALS).toFixed()) };
}
