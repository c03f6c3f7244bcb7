import { Injectable } from '@nestjs/common';
import { yieldIfLong } from '../common/yield-if-long';
import type { OfferedModel } from './describe-models';
import { PriceCatalogue } from './price-catalogue';

/** Why an import made a model the default. */
export const DEFAULT_REASONS = ['requested', 'kept', 'first_chat_model', 'first_offered'] as const;

export type DefaultReason = (typeof DEFAULT_REASONS)[number];

export interface DefaultChoice {
  readonly id: string;
  readonly reason: DefaultReason;
}

/** Lookups in the catalogue take time, and a list without a chat model among so many has none at the front. */
const MAX_LOOKUPS = 5_000;

/**
 * Names of models that do not chat: embeddings, speech, images, video, moderation, and OpenAI's completion models. Read
 * only where the list says nothing.
 */
const OTHER_MODEL =
  /embed|\bbge\b|\be5\b|\bgte\b|rerank|whisper|\btts\b|speech|transcri|dall-?e|\bimage\b|imagen|stable-?diffusion|\bsdxl?\b|\bflux\b|\bsora\b|\bveo\b|video|moderation|guard|realtime|\baudio\b|\bocr\b|\baqa\b|\bclip\b|lyria|^(text-)?(babbage|davinci|curie|ada)\b|instruct-0914|^gpt-3\.5-turbo-instruct|deep-research|computer-use/i;

/** Chooses the default model of an import into a provider that has none. */
@Injectable()
export class DefaultChoiceService {
  constructor(private readonly catalogue: PriceCatalogue) {}

  /**
   * Returns the first chat model of the upstream's own order that can be called, or else the first model that is not known to
   * be something else, or else the first. Null if there are no models.
   */
  async choose(models: readonly OfferedModel[]): Promise<DefaultChoice | null> {
    const ordered = [...models].sort((one, other) => one.position - other.position);
    const callable = ordered.filter((model) => isCallable(model));
    const candidates = callable.length > 0 ? callable : ordered;
    for (const [index, { id, chat }] of candidates.entries()) {
      await yieldIfLong();
      if (chat === true || (chat === null && index < MAX_LOOKUPS && this.isKnownChatModel(id)))
        return { id, reason: 'first_chat_model' };
    }
    const first = candidates.find(({ id, chat }) => chat !== false && !OTHER_MODEL.test(id)) ?? candidates[0];
    return first ? { id: first.id, reason: 'first_offered' } : null;
  }

  private isKnownChatModel(id: string): boolean {
    return !OTHER_MODEL.test(id) && this.catalogue.hasTextModel(id);
  }
}

/** Whether nothing in the list says that calls to the model fail. */
export function isCallable({ callable, lifecycle }: Pick<OfferedModel, 'callable' | 'lifecycle'>): boolean {
  return callable !== false && lifecycle !== 'retired';
}
