import { parseUrl } from './parse-url';

describe('parseUrl', () => {
  it('returns null for an invalid URL', () => {
    expect(parseUrl('https://example.com/v1')?.hostname).toBe('example.com');
    expect(parseUrl('example.com')).toBeNull();
  });

  it('accepts Latin-1 letters after many calls', () => {
    for (let call = 0; call < 20_000; call++) {
      if (parseUrl('https://bücher.example')?.hostname !== 'xn--bcher-kva.example')
        throw new Error(`call ${call}`);
    }
  });
});
