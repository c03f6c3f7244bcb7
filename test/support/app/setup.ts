import 'reflect-metadata';

// An application starts in under half a second, but tests of faults wait for deadlines of three.
jest.setTimeout(30_000);
