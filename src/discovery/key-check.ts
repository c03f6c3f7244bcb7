import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { authSchemeOf } from '../upstream/call-settings';
import type { UpstreamTarget } from '../upstream/upstream-target';
import { UpstreamService } from '../upstream/upstream.service';

/** What a successful list says about the key. */
export const KEY_CHECKS = ['accepted', 'not_checked'] as const;

export type KeyCheckResult = (typeof KEY_CHECKS)[number];

const KEPT_MS = 3_600_000;
const MAX_KEPT = 10_000;

export const NOT_CHECKED =
  'The upstream lists its models without a key too, so this test did not check the key. Test a model to check it.';
const NO_KEY = 'Caret sends no key, because auth_scheme is none.';
const UNKNOWN =
  'Caret could not find out whether the list needs a key, so this test did not check it. Test a model to check it.';

/** Finds out whether a list of models proves that the upstream accepts the key. */
@Injectable()
export class KeyCheck {
  /** Whether a list comes without a key, by its URL. */
  private readonly publicLists = new LRUCache<string, boolean>({ max: MAX_KEPT, ttl: KEPT_MS });

  constructor(private readonly upstream: UpstreamService) {}

  /**
   * Judges the key of a target whose list has just been read with `models` models. Asks the vendor's free endpoint for keys if
   * it has one, and else for the list without a key. Throws an `UpstreamError` if the vendor rejects the key.
   */
  async judge(
    target: UpstreamTarget,
    models: number,
    signal: AbortSignal,
  ): Promise<{ key: KeyCheckResult; detail?: string }> {
    if (authSchemeOf(target) === 'none') return { key: 'not_checked', detail: NO_KEY };
    if (await this.upstream.checkKey(target, signal)) return { key: 'accepted' };
    const isPublic = await this.isPublic(target, models, signal);
    if (isPublic === false) return { key: 'accepted' };
    return { key: 'not_checked', detail: isPublic ? NOT_CHECKED : UNKNOWN };
  }

  /** Keeps only what the upstream said, because a failure may be temporary. */
  private async isPublic(
    target: UpstreamTarget,
    models: number,
    signal: AbortSignal,
  ): Promise<boolean | null> {
    const url = this.upstream.listUrl(target);
    const kept = this.publicLists.get(url);
    if (kept !== undefined) return kept;
    const isPublic = await this.upstream.isListPublic(target, models, signal);
    if (isPublic !== null) this.publicLists.set(url, isPublic);
    return isPublic;
  }
}
