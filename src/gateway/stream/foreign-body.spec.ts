import { receive } from './fixtures/received';
import { SAMPLES } from './fixtures/sample-streams';

describe.each(SAMPLES)('ForeignBody in a stream of %s', (protocol, events) => {
  it.each([
    ['an HTML page', '<!doctype html>\n<p>502'],
    ['words', 'upstream connect error or disconnect/reset before headers'],
    ['words like a field', 'error code: 502'],
    ['JSON without an error', '{"choices":[{"message":{"content":"Hi"}}],"content":[],"output":[]}'],
    ['indented JSON', '{\n  "choices": [{}],\n\n  "output": []\n}\n'],
    ['JSON that is too long', `{"output":"${'x'.repeat(70_000)}"}`],
  ])('reports %s as no stream', (_, body) => {
    for (const chunks of [[body], [body.slice(0, 5), body.slice(5)]]) {
      const { output, reception } = receive(protocol, chunks);
      expect(output).toBe('');
      expect(reception).toMatchObject({ isInvalid: true, isTruncated: false, failure: null });
    }
  });

  it.each([
    ['{"error":{"message":"Slow down","type":"rate_limit_error","code":null}}', 429, 'rate_limit_error'],
    ['[{"error":{"code":503,"message":"Slow down","status":"UNAVAILABLE"}}]', 503, 'api_error'],
    ['{\n  "detail": "Slow down"\n}', 502, 'api_error'],
    ['{"object":"error","message":"Slow down","type":"BadRequestError","code":400}', 400, 'api_error'],
  ])('finds the error in %s instead of a stream, and after events', (body, status, type) => {
    for (const before of ['', events.slice(0, 4).join('')]) {
      const { output, reception } = receive(protocol, [before, body]);
      expect(output).toBe(before);
      expect(reception).toMatchObject({ isInvalid: false, isTruncated: false, isComplete: false });
      expect(reception.failure).toMatchObject({ status, type, message: 'Slow down' });
    }
  });

  it('after events leaves the stream truncated', () => {
    const before = events.slice(0, 4).join('');
    for (const body of ['<html>', '{"status":"ok","output":[]}', `{"error":"${'x'.repeat(70_000)}"}`]) {
      const { output, reception } = receive(protocol, [before, `${body}\n\n`, events[3]!]);
      expect(output.replace('data: [DONE]\n\n', '')).toBe(before);
      expect(reception).toMatchObject({ isInvalid: false, failure: null });
      expect(reception.isTruncated).toBe(protocol !== 'openai_chat_completions');
    }
  });
});
