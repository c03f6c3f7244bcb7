import { uniqueName } from '../registry/factories';
import { ScriptedUpstream } from '../upstreams/scripted-upstream';
import type { GatewayApp, Target } from './gateway-app';

/** Two providers with a model of the same name. */
export interface FallbackPair {
  /** The selector of both: the name of the model. */
  readonly model: string;
  readonly first: Target;
  readonly second: Target;
}

/** Two upstreams that each test scripts for itself. */
export class UpstreamPair {
  readonly first = new ScriptedUpstream();
  readonly second = new ScriptedUpstream();

  async listen(): Promise<void> {
    await this.first.listen();
    await this.second.listen();
  }

  async stop(): Promise<void> {
    await this.first.stop();
    await this.second.stop();
  }

  /** Creates targets that no earlier test has called. The first one precedes the second. */
  async createTargets(
    app: GatewayApp,
    kind: 'openai' | 'anthropic' = 'openai',
    provider: object = {},
  ): Promise<FallbackPair> {
    this.first.script();
    this.second.script();
    const model = uniqueName('model');
    const options = { kind, models: [model], provider };
    const first = await app.createTarget(`${this.first.url}/v1`, { ...options, model: { priority: 2 } });
    const second = await app.createTarget(`${this.second.url}/v1`, { ...options, model: { priority: 1 } });
    return { model, first, second };
  }
}
