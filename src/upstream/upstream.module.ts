import { Module } from '@nestjs/common';
import { AnthropicAdapter } from './anthropic.adapter';
import { EgressPolicy } from './egress/egress-policy';
import { DEFAULT_HTTP_OPTIONS, GUARDED_HTTP_OPTIONS, GuardedHttpClient } from './guarded-http-client';
import { OpenaiAdapter } from './openai.adapter';
import { UpstreamService } from './upstream.service';

/** Needs `EGRESS_CONFIG` from a global module. */
@Module({
  providers: [
    { provide: GUARDED_HTTP_OPTIONS, useValue: DEFAULT_HTTP_OPTIONS },
    EgressPolicy,
    GuardedHttpClient,
    OpenaiAdapter,
    AnthropicAdapter,
    UpstreamService,
  ],
  exports: [UpstreamService],
})
export class UpstreamModule {}
