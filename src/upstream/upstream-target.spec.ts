import { advancedJsonProblems } from '../advanced-json/advanced-json';
import { ADVANCED_JSON } from '../advanced-json/advanced-json.schema';
import { CREDENTIAL_HEADERS, FRAMING_HEADERS, HOP_BY_HOP_HEADERS } from '../advanced-json/header-names';
import { REQUEST_PARAMETERS, SETTINGS } from '../advanced-json/reserved';
import { selectDefaultParameters, listExtraHeaders, type UpstreamTarget } from './upstream-target';

/** Upstream calls send what validation accepts. They never send what it rejects, even if the database contains it. */
describe('advanced_json in validation and in upstream calls', () => {
  const target = (advancedJson: Record<string, unknown>) => ({ advancedJson }) as unknown as UpstreamTarget;
  const isValid = (advancedJson: unknown) => advancedJsonProblems(advancedJson, '').length === 0;

  it.each(REQUEST_PARAMETERS)('rejects %s and does not send it as a default', (key) => {
    expect(isValid({ [key]: 'x' })).toBe(false);
    expect(selectDefaultParameters(target({ [key]: 'x', temperature: 1 }))).toEqual({ temperature: 1 });
  });

  it.each(SETTINGS)('validates %s and does not send it as a parameter', (key) => {
    expect(isValid({ [key]: [] })).toBe(false);
    expect(selectDefaultParameters(target({ [key]: [], temperature: 1 }))).toEqual({ temperature: 1 });
  });

  it('describes every setting in the OpenAPI document', () => {
    for (const setting of SETTINGS) expect(ADVANCED_JSON.schema.description).toContain(`\`${setting}\`:`);
  });

  it.each([...HOP_BY_HOP_HEADERS, ...CREDENTIAL_HEADERS, ...FRAMING_HEADERS, 'a b', 'a:b', ''])(
    'rejects the header %j and does not send it',
    (name) => {
      for (const spelling of [name, name.toUpperCase()]) {
        expect(isValid({ extra_headers: { [spelling]: 'x' } })).toBe(false);
        expect(listExtraHeaders(target({ extra_headers: { [spelling]: 'x' } }))).toEqual({});
      }
    },
  );

  it.each(['a\nb', 'é', ' a', 'a ', 5, null])('rejects the header value %j and does not send it', (value) => {
    expect(isValid({ extra_headers: { 'X-Client-Team': value } })).toBe(false);
    expect(listExtraHeaders(target({ extra_headers: { 'X-Client-Team': value } }))).toEqual({});
  });

  it.each(['', 'blue', 'blue\tgreen'])('accepts the header value %j and sends it', (value) => {
    expect(isValid({ extra_headers: { 'X-Client-Team': value } })).toBe(true);
    expect(listExtraHeaders(target({ extra_headers: { 'X-Client-Team': value } }))).toEqual({
      'x-client-team': value,
    });
  });
});
