import type { TestAppOptions } from '../app/app';
import { ScriptedUpstream } from '../upstreams/scripted-upstream';
import { type GatewayApp, startGateway } from './gateway-app';
import { UpstreamPair } from './upstream-pair';

/** Runs the service during the tests of a `describe`. Its members exist from the first `beforeAll` on. */
export function useGateway(options: TestAppOptions = {}): GatewayApp {
  const app = {} as GatewayApp;
  beforeAll(async () => {
    Object.assign(app, await startGateway(options));
  });
  afterAll(() => app.stop());
  return app;
}

/** Runs an upstream during the tests of a `describe`. */
export function useUpstream(): ScriptedUpstream {
  return useServer(new ScriptedUpstream());
}

/** Runs two upstreams during the tests of a `describe`. */
export function useUpstreamPair(): UpstreamPair {
  return useServer(new UpstreamPair());
}

function useServer<Server extends Pick<ScriptedUpstream, 'listen' | 'stop'>>(server: Server): Server {
  beforeAll(() => server.listen());
  afterAll(() => server.stop());
  return server;
}
