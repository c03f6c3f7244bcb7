import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { authSchemeOf } from '../upstream/call-settings';
import type { AnonymousList } from '../upstream/model-list/key-probe';
import { UpstreamError } from '../upstream/upstream-error';
import type { UpstreamTarget } from '../upstream/upstream-target';
import { UpstreamService } from '../upstream/upstream.service';

/** What a successful list says about the key. */
export const KEY_CHECKS = ['accepted', 'not_checked'] as const;

export type KeyCheckResult = (typeof KEY_CHECKS)[number];

/** What a list says about its key, and for `not_checked` why it says no more. */
export interface KeyVerdict {
  readonly key: KeyCheckResult;
  readonly detail?: string;
}

const KEPT_MS = 3_600_000;
const MAX_KEPT = 10_000;

export const NOT_CHECKED =
  'The upstream lists its models without a key too, so the list did not check the key. Test a model to check it.';
const NO_KEY = 'Caret sends no key, because auth_scheme is none.';
const EMPTY =
  'The upstream lists no models, as some do for a wrong key, so the key was not checked. Test a model to check it.';
const UNKNOWN =
  'Caret could not find out whether the list needs a key, so the key was not checked. Test a model to check it.';

/** Finds out whether a list of models proves that the upstream accepts the key. */
@Injectable()
export class KeyCheck {
  /** What an upstream sends without a key, by the URL of the list. It depends on no key, so accounts share it. */
  private readonly anonymousLists = new LRUCache<string, AnonymousList>({ max: MAX_KEPT, ttl: KEPT_MS });

  constructor(private readonly upstream: UpstreamService) {}

  /**
   * Judges the key of a target whose list has just been read with `models` models. Asks the vendor's free endpoint for keys if
   * it has one, and else for the list without a key. Throws an `UpstreamError` if the vendor rejects the key. The signal cancels
   * the calls.
   */
  async judge(target: UpstreamTarget, models: number, signal: AbortSignal | undefined): Promise<KeyVerdict> {
    if (authSchemeOf(target) === 'none') return { key: 'not_checked', detail: NO_KEY };
    const accepted = await this.askVendor(target, signal);
    if (accepted) return { key: 'accepted' };
    if (accepted === null) return { key: 'not_checked', detail: UNKNOWN };
    if (models === 0) return { key: 'not_checked', detail: EMPTY };
    const anonymous = await this.listWithoutKey(target, signal);
    // A list that has models only with the key proves as much as a rejection without it.
    if (anonymous === 'rejected' || anonymous === 'empty') return { key: 'accepted' };
    return { key: 'not_checked', detail: anonymous === 'models' ? NOT_CHECKED : UNKNOWN };
  }

  /** Returns false if the vendor has no endpoint for keys, and null if the endpoint fails otherwise than by rejecting the key. */
  private async askVendor(target: UpstreamTarget, signal: AbortSignal | undefined): Promise<boolean | null> {
    try {
      return await this.upstream.checkKey(target, signal);
    } catch (error) {
      const isOther = error instanceof UpstreamError && error.code !== 'llm_providers.upstream_auth_failed';
      if (!isOther) throw error;
      return null;
    }
  }

  /** Whether {@link judge} sends the key once more. */
  sendsKey(target: UpstreamTarget): boolean {
    return authSchemeOf(target) !== 'none' && this.upstream.hasKeyEndpoint(target);
  }

  /** Keeps only what the upstream said, because a failure may be temporary. */
  private async listWithoutKey(
    target: UpstreamTarget,
    signal: AbortSignal | undefined,
  ): Promise<AnonymousList | null> {
    const url = this.upstream.listUrl(target);
    const kept = this.anonymousLists.get(url);
    if (kept !== undefined) return kept;
    const anonymous = await this.upstream.listWithoutKey(target, signal);
    if (anonymous !== null) this.anonymousLists.set(url, anonymous);
    return anonymous;
  }
}
