// Node opens its debugger on SIGUSR1, to every process of this user. Entry points import this file first.
process.on('SIGUSR1', () => undefined);
