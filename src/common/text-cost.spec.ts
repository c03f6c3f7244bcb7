import { COSTLY_TEXTS } from '../../test/support/costly-texts';
import { expectCpuTimeBelow } from '../../test/support/pace';
import { foldedModelKey, identityKey } from './identity-key';
import { modelNameProblem, nameProblem, normaliseName, tagProblem } from './text-rules';

/** In bytes: longer than any name, longer than a decomposed name, and the length of a name. */
const SIZES = [120_000, 2_400, 800];
const TEXTS = Object.values(COSTLY_TEXTS).flatMap((create) => SIZES.map(create));

/** For all texts together, in yardsticks. */
const MAX_COST = 10;

describe('the cost of a name', () => {
  it.each<[string, (text: string) => unknown]>([
    ['nameProblem', nameProblem],
    ['normaliseName', normaliseName],
    ['modelNameProblem', modelNameProblem],
    ['tagProblem', tagProblem],
    ['identityKey', identityKey],
    ['foldedModelKey', foldedModelKey],
  ])('is small for %s', (_name, work) =>
    expectCpuTimeBelow(MAX_COST, () => {
      for (const text of TEXTS) work(text);
    }),
  );
});
