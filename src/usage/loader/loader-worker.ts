import { parentPort, workerData } from 'node:worker_threads';
import type { LoaderRequest, LoaderSettings } from './loader-messages';
import { UsageLoader } from './usage-loader';

/** The entry point of the worker thread that loads journals. */
const loader = new UsageLoader(workerData as LoaderSettings, (event) => parentPort!.postMessage(event));

parentPort!.on('message', (request: LoaderRequest) => void loader.handle(request));
