import { Module } from '@nestjs/common';
import { AnthropicAdapter } from './adapters/anthropic.adapter';
import { OpenaiAdapter } from './adapters/openai.adapter';
import { DEFAULT_HTTP_OPTIONS, GUARDED_HTTP_OPTIONS, GuardedHttpClient } from './client/guarded-http-client';
import { DEFAULT_POOL_LIMITS, POOL_LIMITS, UpstreamPools } from './client/upstream-pools';
import { EgressPolicy } from './egress/egress-policy';
import { UpstreamCalls } from './upstream-calls';
import { UpstreamService } from './upstream.service';

/** Requires a global module that provides `EGRESS_CONFIG`. */
@Module({
  providers: [
    { provide: GUARDED_HTTP_OPTIONS, useValue: DEFAULT_HTTP_OPTIONS },
    { provide: POOL_LIMITS, useValue: DEFAULT_POOL_LIMITS },
    EgressPolicy,
    GuardedHttpClient,
    UpstreamPools,
    OpenaiAdapter,
    AnthropicAdapter,
    UpstreamCalls,
    UpstreamService,
  ],
  exports: [UpstreamCalls, UpstreamPools, UpstreamService],
})
export class UpstreamModule {}
