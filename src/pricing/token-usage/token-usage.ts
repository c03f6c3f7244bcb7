import {
  MODEL_KINDS,
  type ModelKind,
  type SheetKind,
  TOKEN_KINDS,
  type TokenKind,
  type UnitKind,
} from '../price-kinds';

/** Tokens by kind. Each token counts once: `input` and `output` are what is left after the finer kinds. */
export type TokenUsage = Readonly<Record<TokenKind, number>>;

/** Tokens by kind as a response has them. A finer kind without tokens is absent. */
export type ShownUsage = Readonly<Record<ModelKind, number>> & { readonly [kind in SheetKind]?: number };

/** What a vendor charges by number. */
export interface UnitCount {
  readonly kind: UnitKind;
  readonly quantity: number;
  /** The field that the quantity comes from. Null for the request itself. */
  readonly pointer: string | null;
}

/** A count or a modifier of a usage that has no price. */
export interface NotPriced {
  readonly pointer: string;
  /** Null for a modifier. */
  readonly quantity: number | null;
  readonly reason: string;
}

/** A fact of a usage that changes prices, such as its service tier. */
export interface Modifier {
  readonly value: string;
  readonly pointer: string;
}

/** The bill of a vendor. */
export interface ReportedCost {
  /** US dollars, a decimal in plain notation. */
  readonly cost: string;
  readonly currency: 'USD';
  /** The field of the usage that has it. */
  readonly source: string;
}

/** The tokens of one sampling of a model. */
export interface Sampling {
  /** `output` includes reasoning here, because not every model has a rate for it. */
  readonly tokens: TokenUsage;
  /** How many tokens of `output` are reasoning. */
  readonly reasoning: number;
}

/** What a usage says, independent of prices. */
export interface NormalisedUsage extends Sampling {
  /** The samplings whose sum is this usage, each with its own tier. Absent: one. */
  readonly samplings?: readonly Sampling[];
  readonly units: readonly UnitCount[];
  readonly modifiers: {
    readonly service_tier: Modifier | null;
    readonly inference_geo: Modifier | null;
    readonly speed: Modifier | null;
  };
  /** Counts that belong to no kind, such as seconds of audio. */
  readonly uncounted: readonly NotPriced[];
  readonly reported: ReportedCost | null;
  /** Whether tokens had to be attributed to a kind that the usage does not state. */
  readonly assumed: boolean;
}

/** Adds tokens by kind. */
export function sumTokens(usages: readonly TokenUsage[]): TokenUsage {
  const sumOf = (kind: TokenKind): number => usages.reduce((sum, tokens) => sum + tokens[kind], 0);
  return Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, sumOf(kind)])) as Record<TokenKind, number>;
}

/** Removes the finer kinds without tokens. */
export function toShownUsage(tokens: TokenUsage): ShownUsage {
  const isShown = (kind: TokenKind): boolean =>
    tokens[kind] > 0 || (MODEL_KINDS as readonly string[]).includes(kind);
  return Object.fromEntries(
    TOKEN_KINDS.filter(isShown).map((kind) => [kind, tokens[kind]]),
  ) as unknown as ShownUsage;
}
