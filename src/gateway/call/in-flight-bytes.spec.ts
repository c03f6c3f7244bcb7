import { loadConfig } from '../../config/config';
import { InFlightBytes } from './in-flight-bytes';

const MEBIBYTE = 2 ** 20;

describe('InFlightBytes', () => {
  let inFlight: InFlightBytes;

  beforeEach(() => {
    inFlight = new InFlightBytes(loadConfig({ GATEWAY_MAX_BODY_MB: '1', GATEWAY_MAX_INFLIGHT_MB: '8' }));
  });

  it('gives one token a quarter, however many bodies it has', () => {
    expect(inFlight.change('token', MEBIBYTE)).toBe(true);
    expect(inFlight.change('token', MEBIBYTE)).toBe(true);
    expect(inFlight.change('token', 1)).toBe(false);
    expect(inFlight.change('another', MEBIBYTE)).toBe(true);
    expect(inFlight.bytes).toBe(3 * MEBIBYTE);
  });

  it('gives all tokens together no more than the whole', () => {
    for (const token of ['a', 'b', 'c', 'd']) expect(inFlight.change(token, 2 * MEBIBYTE)).toBe(true);
    expect(inFlight.change('e', 1)).toBe(false);
    expect(inFlight.bytes).toBe(8 * MEBIBYTE);
  });

  it('has room again for what was released', () => {
    inFlight.change('token', 2 * MEBIBYTE);
    inFlight.change('token', -MEBIBYTE);
    expect(inFlight.change('token', MEBIBYTE)).toBe(true);
    inFlight.change('token', -2 * MEBIBYTE);
    expect(inFlight.bytes).toBe(0);
  });
});
