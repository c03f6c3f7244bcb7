import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { EGRESS_CONFIG, type EgressConfig } from '../config/egress-allow';
import { closeAll, startUpstream } from './fixtures/loopback-upstream';
import { UpstreamModule } from './upstream.module';
import { UpstreamService } from './upstream.service';

const egress: EgressConfig = { mode: 'local', allow: [], proxy: null, ownEndpoints: [] };

@Global()
@Module({ providers: [{ provide: EGRESS_CONFIG, useValue: egress }], exports: [EGRESS_CONFIG] })
class EgressConfigModule {}

afterEach(closeAll);

describe('UpstreamModule', () => {
  it('uses the adapter for the kind of the target', async () => {
    const headers: Record<string, unknown>[] = [];
    const { port } = await startUpstream((request, response) => {
      headers.push(request.headers);
      response.end('{"data":[{"id":"m"}]}');
    });
    const application = await Test.createTestingModule({
      imports: [EgressConfigModule, UpstreamModule],
    }).compile();
    const service = application.get(UpstreamService);
    const target = {
      accountId: 'account',
      baseUrl: `http://127.0.0.1:${port}`,
      apiKey: 'k',
      openaiApiMode: null,
      advancedJson: {},
    };
    const list = { models: [{ id: 'm', name: 'm' }], truncated: false, left: 0, unreadable: 0 };
    expect(await service.listModels({ kind: 'openai', ...target })).toEqual(list);
    expect(await service.listModels({ kind: 'anthropic', ...target })).toEqual(list);
    expect(headers.map((sent) => [sent.authorization, sent['x-api-key']])).toEqual([
      ['Bearer k', undefined],
      [undefined, 'k'],
    ]);
    await application.close();
  });

  it('returns the canonical spelling of a base URL or rejects it', async () => {
    const application = await Test.createTestingModule({
      imports: [EgressConfigModule, UpstreamModule],
    }).compile();
    const service = application.get(UpstreamService);
    expect(service.acceptBaseUrl('http://LOCALHOST:11434/')).toBe('http://localhost:11434');
    expect(() => service.acceptBaseUrl('http://localhost')).toThrow(
      expect.objectContaining({ code: 'egress_denied' }),
    );
    expect(() => service.acceptBaseUrl('ftp://x')).toThrow(
      expect.objectContaining({ code: 'validation.failed' }),
    );
    await application.close();
  });
});
