const PARIS = ['get_weather', { city: 'Paris' }];
const ROME = ['get_weather', { city: 'Rome' }];

/** What every client shows of each case of `cases.mjs`, if it shows reasoning and has no refusals of its own. */
const EXPECTED: readonly (readonly [string, object])[] = [
  ['text', { calls: [], text: 'You said: hi' }],
  ['tools', { calls: [PARIS], text: 'Results: 5 degrees in Paris' }],
  ['parallel tools', { calls: [PARIS, ROME], text: 'Results: 5 degrees in Paris; 4 degrees in Rome' }],
  ['image', { calls: [], text: 'Seen: image/png of 70 bytes' }],
  ['pdf', { calls: [], text: 'Seen: application/pdf of 102 bytes' }],
  ['schema', { calls: [], text: '{"city":"a city","degrees":1}' }],
  ['thinking', { calls: [], thinking: 'Think about: hi', text: 'You said: hi' }],
  [
    'thinking with tools',
    {
      calls: [PARIS],
      thinking: 'Think about: [call get_weather {"city":"Paris"}]',
      text: 'Results: 5 degrees in Paris',
    },
  ],
  ['refusal', { calls: [], text: 'I cannot help with that.' }],
  ['limit', { calls: [], text: '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20' }],
];

const NO_THINKING = { thinking: null };

/** What differs for a client that does not show reasoning. */
export const WITHOUT_THINKING = { thinking: NO_THINKING, 'thinking with tools': NO_THINKING };

/**
 * Returns every case, streaming and not: the name of the scenario, and what is expected.
 *
 * @param ending how a case ends unless `differences` has another ending
 * @param differences what a client shows in another way, by the name of the case
 */
export function casesOf(
  prefix: string,
  ending: string,
  differences: Readonly<Record<string, object>> = {},
): [string, object][] {
  return EXPECTED.flatMap(([name, expected]) =>
    ['not streaming', 'streaming'].map((mode): [string, object] => [
      `${prefix}, ${name}, ${mode}`,
      { ending, ...expected, ...differences[name] },
    ]),
  );
}
