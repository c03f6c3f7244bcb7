import { StrictValidationPipe } from '../../common/validation.pipe';
import { CostRequest } from './cost.dto';
import { COST_EXAMPLES } from './cost.examples';

const pipe = new StrictValidationPipe();
const check = (body: unknown) => pipe.transform(body, { type: 'body', metatype: CostRequest });

async function pointers(body: unknown): Promise<string[]> {
  const { errors } = (await check(body).catch((error: unknown) => error)) as {
    errors: { pointer: string; code: string }[];
  };
  return errors.map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('CostRequest', () => {
  it.each(Object.values(COST_EXAMPLES))('takes the example: $summary', async ({ value }) => {
    await expect(check(value)).resolves.toEqual(value);
  });

  it('points into the usage', async () => {
    expect(await pointers({ selector: 'a^b', usage: { prompt_tokens: -1 } })).toEqual([
      '/usage/prompt_tokens token_count',
    ]);
    expect(await pointers({ selector: 'a^b', usage: {} })).toEqual(['/usage usage']);
    expect(await pointers({ selector: 'a^b', usage: null })).toEqual(['/usage usage']);
  });

  it('needs a usage', async () => {
    expect(await pointers({ selector: 'a^b' })).toEqual(['/usage usage']);
  });

  it('refuses what is no selector, id or context, and fields that are not its own', async () => {
    const usage = { input: 1 };
    expect(await pointers({ selector: 5, model_id: null, context: [], usage, model: 'm' })).toEqual(
      expect.arrayContaining([
        '/model unknown_field',
        '/selector selector',
        '/model_id model_id',
        '/context context',
      ]),
    );
  });
});
