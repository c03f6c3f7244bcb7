/** The scenarios that every client runs, streaming and not. Prompts have directives of the strict upstream. */

/** A PNG of one pixel. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

export const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n',
).toString('base64');

const CITY = { type: 'string', description: 'A city.' };

/** The parameters of the only tool. */
export const WEATHER_SCHEMA = {
  type: 'object',
  properties: { city: CITY },
  required: ['city'],
  additionalProperties: false,
};

/** The schema of a structured output. */
const REPORT_SCHEMA = {
  type: 'object',
  properties: { city: CITY, degrees: { type: 'integer' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
};

/** The tool that all clients run themselves. */
export function getWeather({ city }) {
  return `${city.length} degrees in ${city}`;
}

const PARIS = '[call get_weather {"city":"Paris"}]';
const ROME = '[call get_weather {"city":"Rome"}]';

export const CASES = {
  text: { prompt: 'hi' },
  tools: { prompt: PARIS, tools: true },
  'parallel tools': { prompt: `${PARIS} ${ROME}`, tools: true },
  image: { prompt: 'look', image: PNG },
  pdf: { prompt: 'read', pdf: PDF },
  schema: { prompt: 'report', schema: REPORT_SCHEMA },
  thinking: { prompt: 'hi', thinking: true },
  'thinking with tools': { prompt: PARIS, tools: true, thinking: true },
  refusal: { prompt: '[refuse]' },
  limit: { prompt: '[count 100]', maxTokens: 20 },
};
