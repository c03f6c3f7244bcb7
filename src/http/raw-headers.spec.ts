import { countHeader } from './raw-headers';

describe('countHeader', () => {
  const RAW = ['Host', 'a', 'X-Host', 'host', 'hOST', 'b'];

  it('counts a name in every case, and no value', () => {
    expect(countHeader(RAW, 'host')).toBe(2);
  });

  it('returns 0 for an absent header', () => {
    expect(countHeader(RAW, 'authorization')).toBe(0);
  });
});
