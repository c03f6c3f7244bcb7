import { parseUrl } from './parse-url';

describe('parseUrl', () => {
  it('parses, or gives null', () => {
    expect(parseUrl('https://example.com/v1')?.hostname).toBe('example.com');
    expect(parseUrl('example.com')).toBeNull();
  });

  it('takes letters of Latin-1 however often it has been called', () => {
    for (let call = 0; call < 20_000; call++) {
      if (parseUrl('https://bücher.example')?.hostname !== 'xn--bcher-kva.example')
        throw new Error(`call ${call}`);
    }
  });
});
