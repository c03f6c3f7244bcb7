import { createFakeCall, fakeTarget } from './fixtures/fake-call';
import { FakeServices } from './fixtures/fake-services';

const TOO_LONG = JSON.stringify({ error: { message: 'Too long', code: 'context_length_exceeded' } });

describe('AttemptSequence', () => {
  it.each([
    ['ends the call', 'default', ['first']],
    ['goes on with a target whose context is known to be larger', 'context_length', ['first', 'larger']],
  ])('%s after a context that is too long with failover %s', (_name, failover, expected) => {
    const fake = new FakeServices();
    const targets = [fakeTarget('first', 1000), fakeTarget('unknown'), fakeTarget('larger', 2000)];
    const request = { messages: [] };
    const headers = { 'x-caret-failover': failover };
    const { run, response } = createFakeCall('chat/completions', request, targets, fake, headers);
    run.start();
    for (const upstream of fake.upstreamCalls) {
      upstream.handler.onHeaders(400, { 'content-type': 'application/json' });
      upstream.handler.onData(Buffer.from(TOO_LONG));
      upstream.isEnded = true;
      upstream.handler.onEnd();
    }
    fake.flush();
    expect(fake.rows.map(({ providerName }) => providerName)).toEqual(expected);
    expect(response.status).toBe(400);
    expect(response.text).toContain('Too long');
    fake.openCalls.onApplicationShutdown();
  });
});
