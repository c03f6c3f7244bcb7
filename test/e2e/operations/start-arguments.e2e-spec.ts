import { ServiceProcess } from '../../support/app/service-process';

describe('node dist/main.js', () => {
  it.each([['--help'], ['backup', 'copy']])('does not start with the argument %s', async (...words) => {
    const service = await ServiceProcess.spawn({}, ...words);
    expect(await service.exited).toBe(1);
    expect(service.output).toBe(
      `Caret did not start. Unknown argument: ${words[0]}. Set environment variables instead; README.md lists them. ` +
        'Commands such as backup run with: npm run cli -- --help\n',
    );
  });
});
