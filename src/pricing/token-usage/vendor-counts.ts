import type { Sampling, TokenUsage } from './token-usage';
import { explainTotal, type Relation } from './total-gap';
import type { Count, UsageReader } from './usage-reader';

/** Tokens of one modality, such as audio. `cached` is the number of them that were read from the cache. */
export interface ModalityCount {
  readonly all: Count;
  readonly cached: Count;
}

/** The counts of a vendor's usage, before it is known which of them include others. */
export interface VendorCounts {
  readonly prompt: Count;
  readonly completion: Count;
  /** 0 if absent. */
  readonly total: Count;
  readonly cacheRead: Count;
  /** All writes, those for one hour included. */
  readonly cacheWrite: Count;
  readonly cacheWrite1h: Count;
  /** Part of the completion, or beside it. */
  readonly reasoning: Count;
  /** Reasoning that is always beside the completion. */
  readonly separateReasoning: Count;
  /** Input that is always beside the prompt. */
  readonly toolPrompt: Count;
  readonly citation: Count;
  readonly inputAudio: ModalityCount;
  readonly inputImage: ModalityCount;
  readonly inputVideo: ModalityCount;
  readonly outputAudio: Count;
  readonly outputImage: Count;
  readonly excludesCaches: boolean;
  /** The kind of tokens that only the total includes. Null: output, which is an assumption. */
  readonly restKind: 'input' | 'input_audio' | 'input_image' | null;
}

export interface CountedTokens extends Sampling {
  readonly samplings?: readonly Sampling[];
  readonly assumed: boolean;
}

/** Attributes each token of a vendor's usage to one kind. Rejects counts that contradict each other. */
export function countTokens(reader: UsageReader, counts: VendorCounts): CountedTokens | null {
  if (reader.errors.length > 0) return null;
  const relation = relationOf(reader, counts);
  if (relation === null) return null;
  const cacheRead = counts.cacheRead.tokens;
  const cacheWrite = counts.cacheWrite.tokens;
  const prompt = counts.prompt.tokens + counts.toolPrompt.tokens;
  const fresh =
    prompt - (relation.readsSeparate ? 0 : cacheRead) - (relation.writesSeparate ? 0 : cacheWrite);
  const input = splitInput(reader, counts, fresh);
  const output = splitOutput(reader, counts, relation);
  if (input === null || output === null) return null;
  const cache_write_1h = counts.cacheWrite1h.tokens;
  const tokens = {
    ...output.tokens,
    ...input.tokens,
    cache_write: cacheWrite - cache_write_1h,
    cache_write_1h,
    output_reasoning: 0,
    citation: counts.citation.tokens,
  };
  const restKind = counts.restKind ?? 'output';
  const all: TokenUsage = { ...tokens, [restKind]: tokens[restKind] + relation.rest };
  if (Object.values(all).some((count) => !Number.isSafeInteger(count))) {
    const detail = `The tokens of each kind must not exceed ${Number.MAX_SAFE_INTEGER} in total.`;
    reader.reject({ pointer: counts.prompt.pointer, code: 'range', detail });
    return null;
  }
  const isRestAssumed = relation.assumed && (relation.rest === 0 || counts.restKind === null);
  return {
    tokens: all,
    reasoning: Math.min(all.output, output.reasoning),
    assumed: isRestAssumed || input.assumed,
  };
}

function relationOf(reader: UsageReader, counts: VendorCounts): Relation | null {
  const { prompt, completion, total, cacheRead, cacheWrite } = counts;
  const relation = explainTotal({
    prompt: prompt.tokens,
    completion: completion.tokens,
    total: total.tokens,
    reads: cacheRead.tokens,
    writes: cacheWrite.tokens,
    reasoning: counts.reasoning.tokens,
    beside: [counts.separateReasoning, counts.toolPrompt, counts.citation].map(({ tokens }) => tokens),
    excludesCaches: counts.excludesCaches,
  });
  if (relation === 'total_too_small') {
    const detail = `Must not be less than its parts. They have ${prompt.tokens} tokens of input and ${completion.tokens} of output.`;
    reader.reject({ pointer: total.pointer, code: 'range', detail });
    return null;
  }
  if (relation === 'caches_too_large') {
    const detail = `Must not exceed the input, which includes cached tokens. It is ${prompt.tokens}, but ${cacheRead.tokens} tokens were read from the cache and ${cacheWrite.tokens} written.`;
    reader.reject({ pointer: cacheRead.pointer, code: 'range', detail });
    return null;
  }
  return relation;
}

type InputTokens = Pick<
  TokenUsage,
  'input' | 'cache_read' | 'cache_read_audio' | 'input_audio' | 'input_image' | 'input_video'
>;

/**
 * Splits the uncached input by modality. The counts of modalities may include cached tokens. Where the usage does not
 * say how many, the tokens that do not fit into the uncached input are cached ones.
 */
function splitInput(
  reader: UsageReader,
  { inputAudio, inputImage, inputVideo, cacheRead, cacheWrite, prompt, toolPrompt }: VendorCounts,
  fresh: number,
): { tokens: InputTokens; assumed: boolean } | null {
  const modalities = [inputAudio, inputImage, inputVideo];
  const stated = modalities.reduce((sum, { all }) => sum + all.tokens, 0);
  const most = Math.max(prompt.tokens + toolPrompt.tokens, fresh + cacheRead.tokens + cacheWrite.tokens);
  if (stated > most) {
    const { pointer } = modalities.find(({ all }) => all.tokens > 0)!.all;
    const detail = `Must not exceed the input of ${most} tokens, which includes the tokens of all modalities.`;
    reader.reject({ pointer, code: 'range', detail });
    return null;
  }
  const uncached = modalities.map(({ all, cached }) => Math.max(0, all.tokens - cached.tokens));
  let excess = Math.max(0, uncached.reduce((sum, tokens) => sum + tokens, 0) - fresh);
  // Nothing is left open if the whole input is cached or has one modality.
  const assumed = excess > 0 && fresh > 0 && !modalities.some(({ all }) => all.tokens === most);
  const left = uncached.map((tokens) => {
    const moved = Math.min(tokens, excess);
    excess -= moved;
    return tokens - moved;
  });
  const [audio = 0, image = 0, video = 0] = left;
  const readAudio = Math.min(cacheRead.tokens, inputAudio.cached.tokens + (uncached[0] ?? 0) - audio);
  return {
    tokens: {
      input: fresh - audio - image - video,
      cache_read: cacheRead.tokens - readAudio,
      cache_read_audio: readAudio,
      input_audio: audio,
      input_image: image,
      input_video: video,
    },
    assumed,
  };
}

type OutputTokens = Pick<TokenUsage, 'output' | 'output_audio' | 'output_image'>;

function splitOutput(
  reader: UsageReader,
  { completion, reasoning, separateReasoning, outputAudio, outputImage }: VendorCounts,
  { reasoningSeparate }: Relation,
): { tokens: OutputTokens; reasoning: number } | null {
  const whole = completion.tokens + separateReasoning.tokens + (reasoningSeparate ? reasoning.tokens : 0);
  const output = whole - outputAudio.tokens - outputImage.tokens;
  if (output < 0) {
    const { pointer } = outputAudio.tokens > 0 ? outputAudio : outputImage;
    const detail = `Must not exceed the output of ${whole} tokens, which includes the tokens of all modalities.`;
    reader.reject({ pointer, code: 'range', detail });
    return null;
  }
  return {
    tokens: { output, output_audio: outputAudio.tokens, output_image: outputImage.tokens },
    reasoning: reasoning.tokens + separateReasoning.tokens,
  };
}
