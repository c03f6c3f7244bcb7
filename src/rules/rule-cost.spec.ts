import { expectCpuTimeBelow } from '../../test/support/pace';
import { compileRule, ruleProblems } from './compile-rule';
import { matches } from './fixtures/matches';
import { matchOf, mismatchOf } from './fixtures/unlimited-time';
import { OPERATORS } from './operators';

/** The size of a body, and its number of values. A saved rule and a context may each have them. */
const BODY = 256 * 1024;
const VALUES = 2000;

/**
 * The limits for such a rule and context, in yardsticks. A pattern is limited by its own steps. For everything else, a
 * search in quadratic time takes longer than the limit.
 */
const MAX_COST = 4;
const MAX_PATTERN_COST = 12;

/** In compact JSON without empty items, each value but the outermost follows a bracket, a brace or a comma. */
const valuesIn = (json: string) => 1 + (json.match(/[[{,](?=[^\]}])/g)?.length ?? 0);
const fill = (item: string, units: number): string[] =>
  Array<string>(Math.floor(Math.min(units / (item.length + 1), VALUES / valuesIn(item)))).fill(item);
const list = (item: string, units = BODY) => `[${fill(item, units).join()}]`;
const keys = (units = BODY) =>
  `{${fill('', units / 9)
    .map((_, index) => `"${index}k":1`)
    .join()}}`;
const text = (start: string, end = '', units = BODY) =>
  JSON.stringify(
    start.repeat(Math.ceil((units - end.length) / start.length)).slice(0, units - end.length) + end,
  );
const nested = (inner: string) => `${'['.repeat(9)}${inner}${']'.repeat(9)}`;

/** Values that are large in each of the ways in which JSON can be. */
const LARGE: Record<string, string> = {
  numbers: list('1'),
  'one number, then others': `[${fill('1', BODY - 4).join()},2]`,
  'distinct numbers': `[${fill('', BODY / 7)
    .map((_, index) => index)
    .join()}]`,
  'short texts': list('"a"'),
  'long texts': list(text('a', 'b', 8_190)),
  'empty objects': list('{}'),
  'empty lists': list('[]'),
  'nested lists': nested(list('[[]]')),
  'lists of objects': list('{"a":[{}]}'),
  keys: keys(),
  'an object in a list': `[${keys()}]`,
  'an object in nested lists': nested(keys()),
  'empty objects and one large': `[${keys(BODY / 2)},${fill('{}', BODY / 2).join()}]`,
  'empty objects in nested lists': list(nested('{}')),
  text: text('a'),
  'text with another end': text('a', 'b'),
  'text with another start': JSON.stringify(`b${'a'.repeat(BODY)}`),
  'text of two-byte characters': text('é€'),
  'a text that is searched': text('a', '', 8_192),
  'a text that a pattern is tested with': text('ab', '', 2_048),
};

const WORST_NEEDLES = [
  `${'a'.repeat(255)}b`,
  `b${'a'.repeat(255)}`,
  `${'a'.repeat(128)}b${'a'.repeat(127)}`,
  'a'.repeat(256),
].map((needle) => JSON.stringify(needle));

/** From rules that an earlier version saved. */
const STORED_NEEDLES = [
  text('a', 'b', 4_096),
  text('a', `b${'a'.repeat(2_000)}`, 4_096),
  `"${'a'.repeat(250)}b${'a'.repeat(60_000)}"`,
  text('a', 'b'),
];

const PATTERNS = ['.{0,490}$q', '[^z]{0,480}y$', '(?i)[\\\\pL\\\\d].{900}$', '(?i)[\\\\pL]{960}'].map(
  (pattern) => `"${pattern}"`,
);

const large = Object.values(LARGE);
const lists = large.filter((value) => value.startsWith('['));
const texts = large.filter((value) => value.startsWith('"'));

const OPERANDS: Record<string, readonly string[]> = {
  $eq: large,
  $ne: large,
  $in: [...lists, `[${keys()}]`, ...texts.map((value) => `[${value},1]`)],
  $nin: [...lists, `[${keys()}]`, ...texts.map((value) => `[${value},1]`)],
  $gt: ['1', ...texts],
  $gte: ['1', ...texts],
  $lt: ['1', ...texts],
  $lte: ['1', ...texts],
  $exists: ['true', 'false'],
  $contains: [...WORST_NEEDLES, ...STORED_NEEDLES, ...large],
  $startsWith: [...WORST_NEEDLES, ...STORED_NEEDLES],
  $endsWith: [...WORST_NEEDLES, ...STORED_NEEDLES],
  $regex: PATTERNS,
};

/** A rule of one condition, and a context, as JSON. */
type Case = readonly [when: string, context: string];

/** Values that a path collects from the items of an array. */
const ITEMS = ['1', '[1]', text('a', '', 128), text('a', '', 2_048), text('a', '', 8_192)].map((value) =>
  list(`{"a":${value}}`),
);

/** Each operand with an equal value and the next one, or with every text. Also with the values of items. */
function casesOf(operator: string): Case[] {
  return OPERANDS[operator]!.flatMap((operand) => {
    const same = large.indexOf(operand);
    const values = same === -1 ? texts : [operand, large[(same + 1) % large.length]!];
    return [
      ...values.map((value): Case => [`{"a":{"${operator}":${operand}}}`, `{"a":${value}}`]),
      ...ITEMS.map((items): Case => [`{"a.a":{"${operator}":${operand}}}`, `{"a":${items}}`]),
    ];
  });
}

/** Validates, tests and explains a rule, as a request does. */
function evaluate([whenText, contextText]: Case): () => void {
  const when: unknown = JSON.parse(whenText);
  const context = JSON.parse(contextText) as Record<string, unknown>;
  return () => {
    ruleProblems(when, '/when');
    if (matches(compileRule(when), context)) matchOf(when, context);
    else mismatchOf(when, context);
  };
}

/** Returns the work of the slowest case. It is to be measured again, alone, because others disturb the first pass. */
function slowestOf(cases: readonly Case[]): () => void {
  let slowest = cases[0]!;
  let longest = 0;
  for (const each of cases) {
    const work = evaluate(each);
    const start = process.cpuUsage();
    work();
    const { user } = process.cpuUsage(start);
    if (user > longest) [slowest, longest] = [each, user];
  }
  return evaluate(slowest);
}

describe('the cost of a condition', () => {
  it('has a worst case for every operator', () => {
    expect([...Object.keys(OPERANDS), '$and', '$or', '$nor', '$not'].sort()).toEqual([...OPERATORS].sort());
  });

  it.each(Object.keys(OPERANDS))('is small for the largest operands and values of %s', async (operator) => {
    const limit = operator === '$regex' ? MAX_PATTERN_COST : MAX_COST;
    await expectCpuTimeBelow(limit, slowestOf(casesOf(operator)));
  });
});

describe('the cost of a rule', () => {
  const LONG = `"${'a'.repeat(100_000)}"`;

  /** Rules as large as a body, whose size is in something else than one operand. */
  const RULES: Record<string, string> = {
    'many conditions': `{"$or":${list(`{"a":{"$contains":${WORST_NEEDLES[0]}}}`)}}`,
    'many paths': keys(),
    'a long path': `{${LONG}:{"$in":${list('1', BODY - 100_000)}}}`,
    'a long key in an operand': `{"a":{${LONG}:${list('1', BODY - 100_000)}}}`,
    'many unknown operators': `{"a":{${fill('', BODY / 12)
      .map((_, index) => `"$${index}eq":1`)
      .join()}}}`,
    'misplaced operators': `{"a":${list('{"$gt":1}')}}`,
    'nested negation': `${'{"$not":'.repeat(12)}{"a":{"$in":${list('{}')}}}${'}'.repeat(12)}`,
    'nested $nor': `${'{"$nor":['.repeat(12)}{"a":{"$in":${list('[1]')}}}${']}'.repeat(12)}`,
    'nested lists of rules': `${'{"$and":['.repeat(14)}${list('{}').slice(1, -1)}${']}'.repeat(14)}`,
    'too many steps': `{"$or":${list(`{"a":{"$regex":${PATTERNS[2]}}}`)}}`,
  };

  it.each(Object.keys(RULES))('is small to validate: %s', async (name) => {
    const when: unknown = JSON.parse(RULES[name]!);
    await expectCpuTimeBelow(MAX_COST, () => ruleProblems(when, '/when'));
  });

  it.each(['nested negation', 'nested $nor'])('is small to explain: %s', async (name) => {
    const cases = lists.map((value): Case => [RULES[name]!, `{"a":${value}}`]);
    await expectCpuTimeBelow(MAX_COST, slowestOf(cases));
  });
});
